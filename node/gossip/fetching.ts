// Fetches objects by their hashes from several peers at once: whoever is free is asked for what nobody is being asked for,
// and what one lacks the others are asked for.
import { messageOf } from '../base/errors.ts';
import { fault, type Parsed, parsed } from '../base/verdict.ts';
import { batches } from '../history/diff.ts';
import type { GitObject } from '../history/objects.ts';
import type { Answered } from './protocols.ts';

export type FetchingDeps = {
  /** Peers that may have what is missing, the likeliest first; asked for whenever one more could be busy. */
  readonly peers: () => readonly string[];
  /** Asks a peer; answers for a first part of the hashes, at least one. Checks each against its hash. @throws RollcallError */
  readonly fetch: (peer: string, oids: readonly string[]) => Promise<Answered[]>;
  /** Keeps what was fetched. */
  readonly keep: (objects: readonly Fetched[]) => Promise<void>;
};

export type Fetched = GitObject & { readonly oid: string };

/** Hashes asked of one peer in one request: of a short list so few that several peers have work, */
const askMin = 250;
/** … of a long one so many that an answer is worth opening a stream and syncing the store: announcements take 350 KB. */
const askMax = 1_000;
/** Requests into which a list is cut, as far as both allow. */
const asksWanted = 32;
/** Requests that are open at once. */
const busyMax = 4;
/** … with one peer: while one answer is kept, the next is on its way. */
const perPeerMax = 2;

type Chunk = { readonly oids: readonly string[]; readonly lackedBy: ReadonlySet<string> };

/**
 * Resolves when all is kept. Code OBJECTS_MISSING when no peer has the rest now, BAD_TREE for an object that `fits` refuses:
 * its hash says that this very one was meant.
 */
export async function fetchAll(
  oids: readonly string[],
  fits: (object: GitObject) => boolean,
  { peers, fetch, keep }: FetchingDeps,
): Promise<Parsed<undefined>> {
  const askedAtOnce = Math.min(askMax, Math.max(askMin, Math.ceil(oids.length / asksWanted)));
  let queue: Chunk[] = [...batches(oids, askedAtOnce)].map(oids => ({ oids, lackedBy: new Set() }));
  const busy = new Map<Promise<void>, string>();
  const failed = new Set<string>();
  const timesAsked = new Map<string, number>();
  const askedLess = (a: string, b: string) => (timesAsked.get(a) ?? 0) - (timesAsked.get(b) ?? 0);
  let wrong: string | undefined;
  let why = 'no peer is connected';

  const ask = async (peer: string, { oids, lackedBy }: Chunk) => {
    const answers = await fetch(peer, oids).catch(error => {
      why = messageOf(error);
      return [];
    });
    const found = answers.flatMap((answer, i) => (answer ? [{ ...answer, oid: oids[i]! }] : []));
    const lacking = oids.filter((_, i) => answers[i] === null);
    if (answers.length === 0) failed.add(peer);
    if (lacking.length > 0) {
      why = `${peer} lacks ${lacking[0]}`;
      queue.push({ oids: lacking, lackedBy: new Set([...lackedBy, peer]) });
    }
    if (answers.length < oids.length) queue.push({ oids: oids.slice(answers.length), lackedBy });
    wrong ??= found.find(object => !fits(object))?.oid;
    if (wrong === undefined && found.length > 0) await keep(found);
  };

  const openWith = (peer: string) => [...busy.values()].filter(other => other === peer).length;
  /** Who answers a little at a time gets no more than his turn. */
  const next = () => {
    const free = peers().filter(peer => !failed.has(peer) && openWith(peer) < perPeerMax);
    for (const peer of free.sort(askedLess)) {
      const chunk = queue.find(({ lackedBy }) => !lackedBy.has(peer));
      if (chunk) return { peer, chunk };
    }
    return undefined;
  };

  while (wrong === undefined) {
    for (let turn = next(); turn && busy.size < busyMax; turn = next()) {
      const { peer, chunk } = turn;
      queue = queue.filter(other => other !== chunk);
      timesAsked.set(peer, (timesAsked.get(peer) ?? 0) + 1);
      const request: Promise<void> = ask(peer, chunk).finally(() => busy.delete(request));
      busy.set(request, peer);
    }
    if (busy.size === 0) break;
    await Promise.race(busy.keys());
  }
  if (wrong !== undefined) return fault('BAD_TREE', 'tree', `${wrong} is no object of a list`);
  return queue.length > 0 ? fault('OBJECTS_MISSING', 'tree', `cannot be had yet: ${why}`) : parsed(undefined);
}
