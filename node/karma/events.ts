// What happened between this node and another, and what is left of it after a while. Pure.
import { fault, type ParseFault } from '../base/verdict.ts';
import { type Check, fieldsFault, matching, oneOf, orNull, peerId, textOf, time } from '../records/checks.ts';
import { actionForm } from '../records/opinion.ts';
import { appeal, forgive, pointsMax } from './actions.ts';

export type KarmaEvent = {
  /** An event that is told twice counts once. Automatic sources name theirs by subject, action and day. */
  readonly id: string;
  /** Peer id. */
  readonly subject: string;
  readonly action: string;
  /** As configured when it happened. */
  readonly points: number;
  /** Unix milliseconds. */
  readonly atMs: number;
  /** Who told: the person here, the game server, the prober, the judges of gossip, or two signed words that contradict. */
  readonly source: Source;
  readonly note: string | null;
  /** What others could check: hashes of two announcements, say. */
  readonly evidence: string | null;
};

export const sources = ['player', 'game', 'probe', 'validator', 'proof'] as const;
export type Source = (typeof sources)[number];

/** A sentence or two. */
export const noteGraphemesMax = 200;
/** Four hashes with words between them. */
export const evidenceGraphemesMax = 300;

const checks = {
  id: matching(/^[\x21-\x7e]{1,128}$/, '1 to 128 printable characters without spaces'),
  subject: peerId,
  action: matching(actionForm, 'the name of an action'),
  points: value =>
    Number.isInteger(value) && Math.abs(value as number) <= pointsMax ? undefined : `must be at most ${pointsMax}`,
  atMs: time,
  source: oneOf(...sources),
  note: orNull(textOf(noteGraphemesMax)),
  evidence: orNull(textOf(evidenceGraphemesMax)),
} satisfies Record<keyof KarmaEvent, Check>;

/** The first thing wrong with an event, whoever wrote it: a game, a person, or a damaged store. */
export function eventFault(raw: unknown, within = ''): ParseFault | undefined {
  const wrong = fieldsFault(raw, checks, within === '' ? 'event' : within.slice(0, -1), within);
  if (wrong) return wrong;
  const { action, points } = raw as KarmaEvent;
  if (points === 0 && !isPardon(action)) return fault('BAD_FIELD', `${within}points`, 'must not be 0');
  return undefined;
}

export const isPardon = (action: string): boolean => action === appeal.name || action === forgive.name;

/** How much of what is held against a subject stays after a pardon. */
export const shareLeft = (action: string): number => (action === forgive.name ? 0 : 0.5);

/** How fast points fade: good ones must be earned anew, bad ones are remembered for longer. */
export type Decay = { readonly positiveHalfLifeMs: number; readonly negativeHalfLifeMs: number };

/** Points so far as they weigh at one moment; both are counted upwards from 0. */
export type Sums = { readonly positive: number; readonly negative: number; readonly atMs: number };

export const noSums: Sums = { positive: 0, negative: 0, atMs: 0 };

/** What is left at a later moment. A clock that was put back changes nothing. */
export function faded({ positive, negative, atMs }: Sums, laterMs: number, decay: Decay): Sums {
  const ms = Math.max(0, laterMs - atMs);
  if (ms === 0) return { positive, negative, atMs };
  return {
    positive: positive * 0.5 ** (ms / decay.positiveHalfLifeMs),
    negative: negative * 0.5 ** (ms / decay.negativeHalfLifeMs),
    atMs: Math.max(atMs, laterMs),
  };
}

/** Sums after one more event. Points may come in any order, pardons hold for what came before them. */
export function after(sums: Sums, event: Pick<KarmaEvent, 'action' | 'points' | 'atMs'>, decay: Decay): Sums {
  const { action, points, atMs } = event;
  const now = faded(sums, atMs, decay);
  if (isPardon(action)) return { ...now, negative: now.negative * shareLeft(action) };
  const one = { positive: Math.max(points, 0), negative: Math.max(-points, 0), atMs };
  const late = faded(one, now.atMs, decay);
  return { positive: now.positive + late.positive, negative: now.negative + late.negative, atMs: now.atMs };
}
