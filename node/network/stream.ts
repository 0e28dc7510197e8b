// One message in, one message out, over a libp2p stream. Waiting ends when the stream ends, so aborting it ends all.
import type { Stream } from '@libp2p/interface';
import { RollcallError } from '../base/errors.ts';
import { FrameParser, formatFrame } from './frame.ts';

/**
 * Reads the one frame that the other side sends.
 * @throws RollcallError TOO_LARGE, BAD_FRAME or PEER_GONE
 */
export async function readMessage(stream: Stream, bytesMax: number): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const parser = new FrameParser(bytesMax);
  const ended = (): void => reject(new RollcallError('PEER_GONE', 'the peer ended the stream without a whole message'));
  const onMessage = (event: { data: { subarray(): Uint8Array } }): void => {
    try {
      const whole = parser.push(event.data.subarray());
      if (whole) resolve(whole);
    } catch (error) {
      reject(error);
    }
  };
  stream.addEventListener('message', onMessage);
  // `end` comes when the other side has closed and everything was read, `close` when the stream broke.
  stream.addEventListener('end', ended);
  stream.addEventListener('close', ended);
  try {
    if (stream.readableEnded || (stream.status !== 'open' && stream.readBufferLength === 0)) ended();
    return await promise;
  } finally {
    stream.removeEventListener('message', onMessage);
    stream.removeEventListener('end', ended);
    stream.removeEventListener('close', ended);
  }
}

/** Sends one frame and says that nothing more follows; resolves when the transport has it. */
export async function writeMessage(stream: Stream, body: Uint8Array): Promise<void> {
  const broken = new AbortController();
  const onClose = (): void => broken.abort();
  // Without the signal, `close` of a stream that breaks while the transport is busy would wait for ever.
  stream.addEventListener('close', onClose);
  try {
    stream.send(formatFrame(body));
    await stream.close({ signal: broken.signal });
  } finally {
    stream.removeEventListener('close', onClose);
  }
}

/** Leaves nothing half-open; a stream that both sides have closed is not touched by it. */
export const endStream = (stream: Stream): void => stream.abort(new Error('done with this stream'));
