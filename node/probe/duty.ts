// When this node is to ask at a place, given who else does. Pure.
import { backOffMs } from './ledger.ts';
import type { Duty } from './prober.ts';

export type Watch = {
  /** It falls to this node in this epoch. */
  readonly mine: boolean;
  /** How often this node looks for itself at what others observe; null: not at all. */
  readonly ownEveryMs: number | null;
  /** When it does so first. */
  readonly ownFirstMs: number;
  readonly listedAtMs: number;
  /** When this node last asked. */
  readonly askedAtMs: number | undefined;
  /** When another who counts last saw it. */
  readonly seenAtMs: number | undefined;
  /** For how long it had been silent when it was last seen; 0 when it answered. */
  readonly silentMs: number;
  /** From 0 to 1, another for each node: who of those who miss an observer steps in first. */
  readonly lateness: number;
  readonly epochEndsAtMs: number;
};

/** So many intervals without a word from anybody, and the observers are taken to be missing. */
export const missedIntervals = 1.5;
/** The first who steps in publishes what he sees, and spares the others the question. */
const spreadIntervals = 0.5;

export function dutyOf(it: Watch, now: number, intervalMs: number): Duty {
  const asked = it.askedAtMs ?? Number.NEGATIVE_INFINITY;
  const seen = it.seenAtMs ?? Number.NEGATIVE_INFINITY;
  if (it.mine) {
    // Who observes it already keeps his own pace. Who takes over goes on where the others stop, without a gap or a rush.
    if (now - asked < 2 * intervalMs) return { atMs: asked + intervalMs, firm: false };
    return { atMs: Math.max(asked, seen) + intervalMs, firm: true };
  }
  const gapMs = backOffMs(it.silentMs, intervalMs);
  const missedAtMs = Math.max(seen, it.listedAtMs) + (missedIntervals + spreadIntervals * it.lateness) * gapMs;
  const atMs = Math.min(Math.max(missedAtMs, asked + gapMs), ownLookAtMs(it));
  return { atMs: Math.min(atMs, it.epochEndsAtMs), firm: false };
}

function ownLookAtMs({ ownEveryMs, ownFirstMs, askedAtMs }: Watch): number {
  if (ownEveryMs === null) return Number.POSITIVE_INFINITY;
  return askedAtMs === undefined ? ownFirstMs : askedAtMs + ownEveryMs;
}

/**
 * When each steps in, from 0 to 1, by a share drawn for each: few of them early, however many they are, so that most hear the first
 * before their time comes. Source: RFC 5401, section 4.2, exponentially distributed timers.
 */
export const latenessOf = (share: number, crowd: number): number =>
  crowd <= 1 ? 0 : Math.max(0, 1 + Math.log(share) / Math.log(crowd));
