// One-shot requests over libp2p streams: one length-prefixed request, one length-prefixed answer, then the stream ends.
import type { Connection, Stream, StreamHandler } from '@libp2p/interface';
import { messageOf, RollcallError } from '../base/errors.ts';
import { second } from '../base/time.ts';
import type { Answer, RequestLimits } from './port.ts';
import { endStream, readMessage, writeMessage } from './stream.ts';

/** Requests of one peer that are answered at a time, over all protocols; the next one is reset. An honest node has a handful. */
export const inboundRequestsMax = 32;
/** From the first byte of a request to the last of its answer: a peer that reads or writes slower is given up. */
export const serveTimeoutMs = 30 * second;

export type RequestsDeps = {
  readonly handle: (protocol: string, handler: StreamHandler) => void;
  /** The open connections to a peer. */
  readonly connections: (peer: string) => readonly Connection[];
  readonly log: (message: string) => void;
};

export class Requests {
  readonly #deps: RequestsDeps;
  readonly #inbound = new Map<string, number>();

  constructor(deps: RequestsDeps) {
    this.#deps = deps;
  }

  serve(protocol: string, answer: Answer, limits: { readonly requestBytesMax: number }): void {
    this.#deps.handle(protocol, async (stream, connection) => {
      const from = connection.remotePeer.toString();
      const timer = setTimeout(() => stream.abort(new Error('took too long')), serveTimeoutMs);
      try {
        await this.#counted(from, async () => {
          const body = await readMessage(stream, limits.requestBytesMax);
          await writeMessage(stream, await answer(body, from));
        });
      } catch (error) {
        this.#deps.log(`no answer to ${from} on ${protocol}: ${messageOf(error)}`);
      } finally {
        clearTimeout(timer);
        endStream(stream);
      }
    });
  }

  async request(peer: string, protocol: string, body: Uint8Array, limits: RequestLimits): Promise<Uint8Array> {
    const connection = this.#deps.connections(peer)[0];
    if (!connection) throw new RollcallError('PEER_GONE', `not connected to ${peer}`);
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), limits.timeoutMs);
    let stream: Stream | undefined;
    try {
      const opened = await connection.newStream(protocol, { signal: late.signal });
      stream = opened;
      late.signal.addEventListener('abort', () => endStream(opened));
      // Reading begins before the request is out: the answer may be there at once.
      const [answer] = await Promise.all([readMessage(opened, limits.answerBytesMax), writeMessage(opened, body)]);
      return answer;
    } catch (error) {
      if (late.signal.aborted) {
        throw new RollcallError('TIMED_OUT', `${peer} gave no answer on ${protocol} within ${limits.timeoutMs} ms`);
      }
      throw asRollcallError(error, peer, protocol);
    } finally {
      clearTimeout(timer);
      if (stream) endStream(stream);
    }
  }

  async #counted(from: string, task: () => Promise<void>): Promise<void> {
    const open = this.#inbound.get(from) ?? 0;
    if (open >= inboundRequestsMax) throw new Error(`${open} requests are open already`);
    this.#inbound.set(from, open + 1);
    try {
      await task();
    } finally {
      const left = this.#inbound.get(from)! - 1;
      if (left > 0) this.#inbound.set(from, left);
      else this.#inbound.delete(from);
    }
  }
}

function asRollcallError(error: unknown, peer: string, protocol: string): RollcallError {
  if (error instanceof RollcallError && error.code === 'TOO_LARGE') {
    return new RollcallError('TOO_LARGE', `the answer of ${peer} on ${protocol} is too large: ${error.message}`);
  }
  if (error instanceof Error && error.name === 'UnsupportedProtocolError') {
    return new RollcallError('UNSUPPORTED', `${peer} does not speak ${protocol}`, { cause: error });
  }
  return new RollcallError('PEER_GONE', `${peer} ended ${protocol} without an answer: ${messageOf(error)}`, {
    cause: error,
  });
}
