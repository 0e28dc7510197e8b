// Who looks at which server: a few online nodes each, chosen anew every epoch by rendezvous hashing, the trusted ones more
// often. Every node works it out for itself and asks only the servers that fall to it. Pure.
import { hash } from 'node:crypto';

export type Candidate = {
  readonly peer: string;
  /** Network or owner: of one group a server gets one observer. */
  readonly group: string;
  /** K as this node sees it; its own is that of the best. */
  readonly karma: number;
};

export type WeighedCandidate = Candidate & { readonly weight: number };

/** All strangers together get this share of the work: enough to earn trust, too little to hide a server. */
export const strangersShareMax = 0.25;

/** Which epoch it is for a host. Its number is in the hash, so nobody observes one server for long. */
export function epochAt(now: number, epochMs: number, phaseMs: number): { epoch: number; endsAtMs: number } {
  const epoch = Math.floor((now - phaseMs) / epochMs);
  return { epoch, endsAtMs: (epoch + 1) * epochMs + phaseMs };
}

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

export type Place = {
  readonly list: string;
  readonly epoch: number;
  /** Of the server's first address: all servers on one machine have the same observers, however many there are. */
  readonly host: string;
};

type Drawn = { readonly peer: string; readonly group: string; readonly draw: number };

/** Draws observers among the same candidates for many hosts: each of them is hashed once, and so is each host. */
export class Lot {
  readonly #candidates: readonly (WeighedCandidate & { readonly high: number; readonly low: number })[];

  constructor(candidates: readonly WeighedCandidate[]) {
    this.#candidates = candidates.map(it => ({ ...it, ...wordsOf(`rollcall/observer/1\n${it.peer}\n`) }));
  }

  /** The `count` observers of a host, the first one first. Weighted rendezvous: when one goes, only its hosts move. */
  observersOf({ list, epoch, host }: Place, count: number): string[] {
    const { high, low } = wordsOf(`rollcall/observe/2\n${list}\n${epoch}\n${host}\n`);
    const chosen: Drawn[] = [];
    for (const { peer, group, weight, high: peerHigh, low: peerLow } of this.#candidates) {
      const chance = chanceOf(high ^ peerHigh, low ^ peerLow);
      // 1 − x is at most −log x: most need no logarithm to be out.
      if (chosen.length === count && (1 - chance) / weight > chosen[count - 1]!.draw) continue;
      const draw = -Math.log(chance) / weight;
      take(chosen, { peer, group, draw }, count);
    }
    return chosen.map(({ peer }) => peer);
  }
}

/** Keeps the best of each group, at most `count` of them, in order. */
function take(chosen: Drawn[], next: Drawn, count: number): void {
  const rival = chosen.findIndex(({ group }) => group === next.group);
  if (rival >= 0) {
    if (!precedes(next, chosen[rival]!)) return;
    chosen.splice(rival, 1);
  }
  const at = chosen.findIndex(other => precedes(next, other));
  chosen.splice(at < 0 ? chosen.length : at, 0, next);
  if (chosen.length > count) chosen.pop();
}

const precedes = (a: Drawn, b: Drawn): boolean => a.draw < b.draw || (a.draw === b.draw && a.peer < b.peer);

/** Where in an epoch a host changes its observers: not all of them at one moment. */
export const phaseOf = (list: string, host: string, epochMs: number): number =>
  (wordsOf(`rollcall/phase/1\n${list}\n${host}\n`).high / 2 ** 32) * epochMs;

/** The first 64 bits of a hash. */
function wordsOf(text: string): { high: number; low: number } {
  const digest = hash('sha256', text, 'buffer');
  return { high: digest.readUInt32BE(0), low: digest.readUInt32BE(4) };
}

/** Two words mixed into a number between 0 and 1, neither of them included. */
function chanceOf(high: number, low: number): number {
  const first = mixed(high ^ Math.imul(mixed(low), 0x9e3779b1));
  const second = mixed(low ^ first);
  return ((first >>> 0) * 2 ** 20 + (second >>> 12) + 0.5) / 2 ** 52;
}

/** Every bit of the outcome depends on every bit of the word. Source: MurmurHash3's fmix32, public domain. */
function mixed(word: number): number {
  const a = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  const b = Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return b ^ (b >>> 16);
}
