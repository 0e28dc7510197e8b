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
  readonly roundTrips: number;
  /** Objects that the peer no longer had: its list changed meanwhile. */
  readonly missing: number;
  /** Why the peer's tree is not one that an honest node has. */
  readonly malformed: string | undefined;
};

/** Hashes asked for at once: trees are at most 700 B, blobs 2 KiB, so an answer holds most of them. */
const askMax = 1_000;

type Step = { readonly digits: readonly string[]; readonly oid: string };

export async function descend(root: string, deps: DescentDeps): Promise<DescentResult> {
  const { ours, fetch, skip, isSettled, settle, receive, blobsMax } = deps;
  let bytes = 0;
  let roundTrips = 0;
  let missing = 0;
  let fetched = 0;
  let malformed: string | undefined;

  /** Asks until each hash is answered, and hands the answers on in parts. */
  const ask = async (
    oids: readonly string[],
    each: (answers: readonly Answered[], from: number) => void | Promise<void>,
  ) => {
    for (let at = 0; at < oids.length && malformed === undefined; ) {
      const answers = await fetch(oids.slice(at, at + askMax));
      roundTrips++;
      for (const answer of answers) bytes += answer?.body.length ?? 0;
      missing += answers.filter(answer => answer === null).length;
      await each(answers, at);
      at += answers.length;
    }
  };

  let steps: Step[] = root === emptyTree || root === ours.at([]) ? [] : [{ digits: [], oid: root }];
  const blobs: string[] = [];
  for (let depth = 0; depth <= leafDepth && steps.length > 0; depth++) {
    const next: Step[] = [];
    const level = steps;
    await ask(
      level.map(step => step.oid),
      (answers, from) => {
        answers.forEach((answer, i) => {
          if (answer === null) return;
          const { digits } = level[from + i]!;
          const entries =
            answer.type === 'tree' ? childrenOf(answer.body, digits) : `a ${answer.type} where a tree should be`;
          if (typeof entries === 'string') malformed = entries;
          else if (depth < leafDepth) {
            for (const { name, oid } of entries) {
              const path = [...digits, name];
              const own = ours.at(path);
              if (oid !== own && !isSettled?.(oid, own)) next.push({ digits: path, oid });
            }
          } else {
            let isOpen = false;
            for (const { name, oid } of entries) {
              const id = name.slice(0, -'.json'.length);
              if (oid === ours.get(id)) continue;
              const skipped = skip(oid, id);
              if (skipped !== 'for good') isOpen = true;
              if (skipped === undefined) blobs.push(oid);
            }
            if (!isOpen) settle?.(level[from + i]!.oid, ours.at(digits));
          }
        });
      },
    );
    steps = next;
  }
  if (blobs.length > blobsMax) blobs.length = blobsMax;
  await ask(blobs, async answers => {
    const bodies = answers.flatMap(answer => (answer ? [answer.body] : []));
    if (
      answers.some(answer => answer && answer.type !== 'blob') ||
      bodies.some(body => body.length > announcementBytesMax)
    ) {
      malformed = 'an object in the place of an announcement';
      return;
    }
    fetched += bodies.length;
    await receive(bodies);
  });
  return { fetched, bytes, roundTrips, missing, malformed };
}
