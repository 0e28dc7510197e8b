// The first page: what a player is shown before he has the list. He asks the first peer that answers for the announcements
// that stand first there, and checks each as he checks all others.
import { fromUtf8, utf8 } from '../base/bytes.ts';
import { messageOf, RollcallError } from '../base/errors.ts';
import { type Monotonic, minute, second } from '../base/time.ts';
import { fault, type Parsed, parsed } from '../base/verdict.ts';
import { filterLengthMax, parseFilter } from '../list/filter.ts';
import type { Network } from '../network/port.ts';
import { formatAnswer, formBytes, parseAnswer } from './answer-form.ts';
import { batchBytesOf, formatBatch, parseBatch } from './batch.ts';
import type { Door } from './door.ts';

export const queryProtocol = (list: string): string => `/rollcall/${list}/query/2`;

/**
 * Which of the servers that a peer shows by default, as JSON: `{"game":"openarena","filter":"players>0","limit":200}`; `game`
 * and `filter` may be missing. The answer are their announcements, the best first, as in a gossiped batch, deflated as a
 * whole; nothing when there are none.
 */
export type Query = { readonly game?: string; readonly filter?: string; readonly limit: number };

/** A screen and more. */
export const pageItemsMax = 200;
const gameLengthMax = 64;
/** A filter of characters that take six bytes each in JSON, and the rest. */
export const queryBytesMax = 6 * filterLengthMax + 256;
/** A peer that is slower is overtaken by the comparison of lists. */
const requestTimeoutMs = 5 * second;

/** Questions of one peer in a minute: a player asks once, and again when he looks for something else. */
export const queriesPerMinuteMax = 12;
/** Peers that asked within the last minute; more than are ever connected. */
const askersMax = 1_024;
/** Peers asked at a time, until one has answered. */
const askedAtOnceMax = 3;

export function formatQuery({ game, filter, limit }: Query): Uint8Array {
  return utf8(JSON.stringify({ game, filter, limit }));
}

export function parseQuery(bytes: Uint8Array): Parsed<Query> {
  let raw: unknown;
  try {
    raw = JSON.parse(fromUtf8(bytes) ?? '');
  } catch {
    return fault('BAD_QUERY', 'query', 'is not JSON');
  }
  if (typeof raw !== 'object' || raw === null) return fault('BAD_QUERY', 'query', 'is no object');
  const { game, filter, limit, ...others } = raw as Record<string, unknown>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return fault('BAD_QUERY', unknown.slice(0, gameLengthMax), 'is not known');
  if (game !== undefined && !(typeof game === 'string' && game.length <= gameLengthMax))
    return fault('BAD_QUERY', 'game', `must be text of at most ${gameLengthMax} characters`);
  if (!Number.isSafeInteger(limit) || (limit as number) < 1 || (limit as number) > pageItemsMax)
    return fault('BAD_QUERY', 'limit', `must be 1 to ${pageItemsMax}`);
  const query = { ...(game === undefined ? {} : { game }), limit: limit as number };
  if (filter === undefined) return parsed(query);
  if (typeof filter !== 'string') return fault('BAD_QUERY', 'filter', 'must be text');
  const wrong = parseFilter(filter);
  return wrong.ok ? parsed({ ...query, filter }) : fault('BAD_QUERY', 'filter', wrong.message);
}

export type FirstPageDeps = {
  readonly network: Pick<Network, 'serve' | 'request' | 'onPeer'>;
  readonly door: Pick<Door, 'receive'>;
  /** Announcements that this node shows first. @throws RollcallError when it has too much to do */
  readonly page: (query: Query) => Promise<readonly Uint8Array[]>;
  /** Whether there is nothing here to show. */
  readonly isWanted: () => boolean;
  readonly listName: string;
  readonly monotonic: Monotonic;
  readonly log: (message: string) => void;
};

export class FirstPage {
  readonly #deps: FirstPageDeps;
  /** How often peers asked in the minute that began then. */
  readonly #askers = new Map<string, { readonly sinceMs: number; count: number }>();
  readonly #here = Promise.withResolvers<void>();
  /** Peers that would be asked if those that are being asked had nothing. */
  #waiting: string[] = [];
  #asking = 0;

  constructor(deps: FirstPageDeps) {
    this.#deps = deps;
    const { network, listName } = deps;
    const protocol = queryProtocol(listName);
    network.serve(protocol, (body, from) => this.#answer(body, from), { requestBytesMax: queryBytesMax });
    network.onPeer(protocol, peer => {
      this.#waiting = [...this.#waiting.filter(other => other !== peer), peer].slice(-askersMax);
      this.#next();
    });
  }

  /** Resolves once a first page came in. */
  get here(): Promise<void> {
    return this.#here.promise;
  }

  /** Takes in what a peer shows first; gives how many announcements were new. @throws RollcallError when it breaks the protocol */
  async ask(peer: string, query: Query): Promise<number> {
    const { network, door, listName } = this.#deps;
    const answer = await network.request(peer, queryProtocol(listName), formatQuery(query), {
      timeoutMs: requestTimeoutMs,
      answerBytesMax: formBytes + batchBytesOf(query.limit),
    });
    if (answer.length === 0) return 0;
    const whole = parseAnswer(answer, batchBytesOf(query.limit));
    const blobs = whole.ok ? parseBatch(whole.value, query.limit) : whole;
    if (!blobs.ok) throw new RollcallError(blobs.code, blobs.message);
    let taken = 0;
    for (const blob of blobs.value) {
      const [received] = await door.receive([blob]);
      // Who sends one that is wrong may have made up the others.
      if (received?.verdict.action === 'reject')
        throw new RollcallError(received.verdict.code, 'it sent a bad announcement');
      if (received?.verdict.action === 'accept') taken++;
    }
    return taken;
  }

  #next(): void {
    if (!this.#deps.isWanted()) this.#waiting = [];
    while (this.#waiting.length > 0 && this.#asking < askedAtOnceMax) {
      this.#asking++;
      void this.#begin(this.#waiting.shift()!).finally(() => {
        this.#asking--;
        this.#next();
      });
    }
  }

  async #begin(peer: string): Promise<void> {
    const { monotonic, log } = this.#deps;
    const askedAtMs = monotonic();
    try {
      const taken = await this.ask(peer, { limit: pageItemsMax });
      log(`first page from ${peer}: ${taken} servers in ${Math.round(monotonic() - askedAtMs)} ms`);
      if (taken > 0) this.#here.resolve();
    } catch (error) {
      log(`no first page from ${peer}: ${messageOf(error)}`);
    }
  }

  async #answer(body: Uint8Array, from: string): Promise<Uint8Array> {
    if (!this.#mayAsk(from))
      throw new RollcallError('TOO_OFTEN', `more than ${queriesPerMinuteMax} questions a minute`);
    const query = parseQuery(body);
    if (!query.ok) throw new RollcallError(query.code, query.message);
    const page = (await this.#deps.page(query.value)).slice(0, query.value.limit);
    return page.length === 0 ? noBytes : formatAnswer(formatBatch(page), true);
  }

  #mayAsk(peer: string): boolean {
    const now = this.#deps.monotonic();
    const held = this.#askers.get(peer);
    if (held && now - held.sinceMs < minute) return ++held.count <= queriesPerMinuteMax;
    this.#askers.delete(peer);
    if (this.#askers.size >= askersMax) this.#askers.delete(this.#askers.keys().next().value!);
    this.#askers.set(peer, { sinceMs: now, count: 1 });
    return true;
  }
}

const noBytes = new Uint8Array();
