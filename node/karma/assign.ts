// Who looks at which server: a few online nodes each, chosen anew every epoch by rendezvous hashing, the trusted ones more
// often. Every node works it out for itself and asks only the servers that fall to it. Pure.
import { hash } from 'node:crypto';

export type Candidate = {
  readonly peer: string;
  /** Network or owner: of one group a server gets one observer. */
  readonly group: string;
  /** K as this node sees it; its own is 1. */
  readonly karma: number;
};

export type WeighedCandidate = Candidate & { readonly weight: number };

/** All strangers together get this share of the work: enough to earn trust, too little to hide a server. */
export const strangersShareMax = 0.25;

/** Which epoch it is. Its number is in the hash, so nobody observes one server for long. */
export const epochAt = (now: number, epochMs: number): number => Math.floor(now / epochMs);

/** How much of the work falls to each. Who is below `red` gets none; a crowd of strangers from one network gets one share. */
export function weigh(candidates: readonly Candidate[], red: number): WeighedCandidate[] {
  const welcome = candidates.filter(({ karma }) => karma > red);
  const trusted = welcome.filter(({ karma }) => karma > 0);
  const strangers = Map.groupBy(
    welcome.filter(({ karma }) => karma <= 0),
    ({ group }) => group,
  );
  const trust = trusted.reduce((sum, { karma }) => sum + karma, 0);
  const whole = trust > 0 ? (trust * strangersShareMax) / (1 - strangersShareMax) : 1;
  return [
    ...trusted.map(it => ({ ...it, weight: it.karma })),
    ...[...strangers.values()].flatMap(group =>
      group.map(it => ({ ...it, weight: whole / strangers.size / group.length })),
    ),
  ];
}

export type Place = { readonly list: string; readonly epoch: number; readonly server: string };

/** The `count` observers of a server, the first one first. Weighted rendezvous: when one goes, only its servers move. */
export function observersOf(place: Place, candidates: readonly WeighedCandidate[], count: number): string[] {
  const drawn = candidates
    .map(it => ({ ...it, draw: -Math.log(chanceOf(place, it.peer)) / it.weight }))
    .sort((a, b) => a.draw - b.draw || (a.peer < b.peer ? -1 : 1));
  const groups = new Set<string>();
  const chosen: string[] = [];
  for (const { peer, group } of drawn) {
    if (chosen.length === count) break;
    if (groups.has(group)) continue;
    groups.add(group);
    chosen.push(peer);
  }
  return chosen;
}

/** 48 bits of a hash as a number between 0 and 1, neither of them included. */
function chanceOf({ list, epoch, server }: Place, peer: string): number {
  const digest = hash('sha256', `rollcall/observe/1\n${list}\n${epoch}\n${server}\n${peer}\n`, 'buffer');
  return (digest.readUIntBE(0, 6) + 0.5) / 2 ** 48;
}
