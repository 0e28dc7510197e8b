// Opinions: judged as gossip brings them, and asked for by whoever comes late: each rater repeats his every ten minutes only.
import { messageOf, RollcallError } from '../base/errors.ts';
import { type Monotonic, minute, second } from '../base/time.ts';
import { fault, type Parsed, parsed } from '../base/verdict.ts';
import { type OpinionBook, ratersMax } from '../karma/opinion-book.ts';
import type { Network } from '../network/port.ts';
import { opinionsBytesMax } from '../records/opinion.ts';
import { opinionsTopic } from './topics.ts';

export const opinionsProtocol = (list: string): string => `/rollcall/${list}/opinions/1`;

/** 16 of the largest batches, some 200 typical ones: a fraction of a second to check. */
export const opinionsAnswerBytesMax = 16 * opinionsBytesMax;
/** What the first peers withhold others tell. */
export const answersWanted = 3;
/** What was said since then has been repeated by gossip in the meantime. */
export const answersGoodForMs = 10 * minute;
const requestTimeoutMs = 10 * second;

export type OpinionExchangeDeps = {
  readonly network: Pick<Network, 'join' | 'serve' | 'request' | 'onPeer'>;
  readonly listName: string;
  readonly book: Pick<OpinionBook, 'receive' | 'held'>;
  /** What this node itself said last. */
  readonly own: () => Uint8Array | undefined;
  /** K of a peer. */
  readonly karma: (peer: string) => number;
  /** Scores may be others now. */
  readonly changed: () => void;
  /** A peer answered what no honest node does. */
  readonly rejected: (peer: string) => void;
  readonly monotonic: Monotonic;
  readonly pause: () => Promise<void>;
  readonly log: (message: string) => void;
};

export class OpinionExchange {
  readonly #deps: OpinionExchangeDeps;
  /** When peers answered with anything. */
  #answeredAtMs: readonly number[] = [];
  #asking = 0;

  constructor(deps: OpinionExchangeDeps) {
    this.#deps = deps;
    const { network, listName, book, own, changed } = deps;
    network.join(opinionsTopic(listName), async data => {
      const verdict = book.receive(data);
      if (verdict.action === 'accept') changed();
      return verdict;
    });
    const said = () => formatBatches([own() ?? [], book.held()].flat());
    network.serve(opinionsProtocol(listName), async () => said(), { requestBytesMax: 0 });
    network.onPeer(opinionsProtocol(listName), peer => void this.#meet(peer));
  }

  /** Asks a new peer, unless enough have answered lately. Never throws: one that fails is none that answered. */
  async #meet(peer: string): Promise<void> {
    const { monotonic, karma, log } = this.#deps;
    this.#answeredAtMs = this.#answeredAtMs.filter(atMs => monotonic() - atMs < answersGoodForMs);
    if (this.#answeredAtMs.length + this.#asking >= answersWanted || karma(peer) < 0) return;
    this.#asking++;
    try {
      const { batches, news } = await this.#ask(peer);
      if (batches > 0) this.#answeredAtMs = [...this.#answeredAtMs, monotonic()];
      if (news > 0) log(`took the opinions of ${news} raters from ${peer}`);
    } catch (error) {
      log(`could not ask ${peer} for opinions: ${messageOf(error)}`);
    } finally {
      this.#asking--;
    }
  }

  async #ask(peer: string): Promise<{ batches: number; news: number }> {
    const { network, listName, book, changed, rejected, pause } = this.#deps;
    const limits = { answerBytesMax: opinionsAnswerBytesMax, timeoutMs: requestTimeoutMs };
    const answer = await network.request(peer, opinionsProtocol(listName), new Uint8Array(), limits);
    const batches = parseBatches(answer);
    if (!batches.ok) throw new RollcallError(batches.code, batches.message);
    let news = 0;
    for (const bytes of batches.value) {
      const verdict = book.receive(bytes);
      if (verdict.action === 'reject') {
        rejected(peer);
        throw new RollcallError(verdict.code, 'it answered with opinions that no honest node passes on');
      }
      if (verdict.action === 'accept') news++;
      // Each takes up to a millisecond to read and check.
      await pause();
    }
    if (news > 0) changed();
    return { batches: batches.value.length, news };
  }
}

/** One batch after the other: each is a line. Stops before the answer grows past its limit. */
export function formatBatches(batches: readonly Uint8Array[]): Uint8Array {
  const fitting: Uint8Array[] = [];
  let size = 0;
  for (const batch of batches) {
    size += batch.length;
    if (size > opinionsAnswerBytesMax) break;
    fitting.push(batch);
  }
  return Buffer.concat(fitting);
}

/** The batches as they are; each is judged by itself. */
export function parseBatches(bytes: Uint8Array): Parsed<Uint8Array[]> {
  const batches: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(newline, at) + 1;
    if (end === 0) return fault('BAD_ANSWER', 'opinions', 'are cut short');
    if (end - at > opinionsBytesMax) return fault('BAD_ANSWER', 'opinions', 'hold a line that is too long');
    // Those held, and what the answerer says itself.
    if (batches.length > ratersMax) return fault('BAD_ANSWER', 'opinions', `are of more than ${ratersMax + 1} raters`);
    batches.push(bytes.subarray(at, end));
    at = end;
  }
  return parsed(batches);
}

const newline = 10;
