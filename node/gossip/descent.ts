// Anti-entropy by tree descent: reads a peer's tree from the top, only where its hashes differ from ours, and gives the
// announcements that we lack. Whatever the peer sends is bounded and checked by its hash; the door judges it afterwards.
import { emptyTree } from '../history/tree.ts';
import { announcementBytesMax } from '../records/announcement.ts';
import type { Answered } from './protocols.ts';
import { childrenOf, leafDepth } from './shape.ts';

export type DescentDeps = {
  /** Hash of our own tree at some digits, or blob of a server. */
  readonly ours: { at(digits: readonly string[]): string | undefined; get(id: string): string | undefined };
  /** Asks the peer; answers for a first part of the hashes, at least one. @throws RollcallError when it breaks the protocol */
  readonly fetch: (oids: readonly string[]) => Promise<Answered[]>;
  /**
   * Blobs that were refused lately and are not worth fetching again: `for good`, or `for now` when what is elsewhere in the
   * list decides.
   */
  readonly skip: (oid: string, id: string) => 'for good' | 'for now' | undefined;
  /** Whether a lowest tree of the peer, beside ours in its place, was read before and held nothing to take. */
  readonly isSettled?: (theirs: string, ours: string | undefined) => boolean;
  readonly settle?: (theirs: string, ours: string | undefined) => void;
  /** Judges what was fetched, some at a time. */
  readonly receive: (blobs: readonly Uint8Array[]) => Promise<void>;
  /** More blobs than this are not taken from one peer in one go. */
  readonly blobsMax: number;
};

export type DescentResult = {
  readonly fetched: number;
  readonly bytes: number;
  readonly requests: number;
  /** The longest row of requests that each had to wait for the answer to the one before. */
  readonly roundTrips: number;
  /** Objects that the peer no longer had: its list changed meanwhile. */
  readonly missing: number;
  /** Why the peer's tree is not one that an honest node has. */
  readonly malformed: string | undefined;
};

/** Hashes asked for at once: at 100,000 servers a tree is 1 KB on its way and a blob less than half of that. */
const askMax = 250;
/** Requests that are open at once: while one answer is judged, others are on their way. Each may be 1 MiB. */
const openMax = 4;

/** A tree at some digits, or an announcement, and how many requests had to be answered to know of it. */
type Wanted = { readonly oid: string; readonly digits: readonly string[] | undefined; readonly after: number };

/** `rootBody` is the peer's tree at the top, where it came with its hash. */
export async function descend(root: string, deps: DescentDeps, rootBody?: Uint8Array): Promise<DescentResult> {
  const descent = new Descent(deps);
  if (root !== emptyTree && root !== deps.ours.at([])) await descent.run(root, rootBody);
  return descent.result;
}

class Descent {
  readonly result: { -readonly [K in keyof DescentResult]: DescentResult[K] } = {
    fetched: 0,
    bytes: 0,
    requests: 0,
    roundTrips: 0,
    missing: 0,
    malformed: undefined,
  };
  readonly #deps: DescentDeps;
  /** Trees as far as they differ, which are 4,369 at most, and `blobsMax` blobs. */
  #queue: Wanted[] = [];
  #blobs = 0;

  constructor(deps: DescentDeps) {
    this.#deps = deps;
  }

  async run(root: string, rootBody: Uint8Array | undefined): Promise<void> {
    const top: Wanted = { oid: root, digits: [], after: 0 };
    if (rootBody) this.#tree(top, rootBody);
    else this.#queue.push(top);
    const open = new Set<Promise<void>>();
    while (this.result.malformed === undefined && this.#queue.length + open.size > 0) {
      while (this.#queue.length > 0 && open.size < openMax) {
        const request: Promise<void> = this.#ask(this.#queue.splice(0, askMax)).finally(() => open.delete(request));
        open.add(request);
      }
      await Promise.race(open);
    }
    await Promise.all(open);
  }

  async #ask(wanted: readonly Wanted[]): Promise<void> {
    const { result } = this;
    const answers = await this.#deps.fetch(wanted.map(({ oid }) => oid));
    result.requests++;
    const roundTrips = 1 + Math.max(...wanted.map(({ after }) => after));
    result.roundTrips = Math.max(result.roundTrips, roundTrips);
    const blobs: Uint8Array[] = [];
    for (const [i, answer] of answers.entries()) {
      const { digits } = wanted[i]!;
      result.bytes += answer?.body.length ?? 0;
      if (answer === null) result.missing++;
      else if (digits && answer.type === 'tree') this.#tree({ ...wanted[i]!, after: roundTrips }, answer.body);
      else if (digits) result.malformed = `a ${answer.type} where a tree should be`;
      else if (answer.type === 'blob' && answer.body.length <= announcementBytesMax) blobs.push(answer.body);
      else result.malformed = 'an object in the place of an announcement';
    }
    this.#queue.unshift(...wanted.slice(answers.length).map(rest => ({ ...rest, after: roundTrips })));
    if (result.malformed !== undefined || blobs.length === 0) return;
    result.fetched += blobs.length;
    await this.#deps.receive(blobs);
  }

  /** Asks for what is below a tree of the peer, as far as it is not here. */
  #tree({ oid: theirs, digits = [], after }: Wanted, body: Uint8Array): void {
    const { ours, skip, isSettled, settle, blobsMax } = this.#deps;
    const entries = childrenOf(body, digits);
    if (typeof entries === 'string') {
      this.result.malformed = entries;
      return;
    }
    if (digits.length < leafDepth) {
      for (const { name, oid } of entries) {
        const path = [...digits, name];
        const own = ours.at(path);
        if (oid !== own && !isSettled?.(oid, own)) this.#queue.push({ oid, digits: path, after });
      }
      return;
    }
    let isOpen = false;
    for (const { name, oid } of entries) {
      const id = name.slice(0, -'.json'.length);
      if (oid === ours.get(id)) continue;
      const skipped = skip(oid, id);
      if (skipped !== 'for good') isOpen = true;
      if (skipped !== undefined || this.#blobs === blobsMax) continue;
      this.#blobs++;
      this.#queue.push({ oid, digits: undefined, after });
    }
    if (!isOpen) settle?.(theirs, ours.at(digits));
  }
}
