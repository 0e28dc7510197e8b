// The score of one subject, with everything that it is made of. Pure; docs/karma.md explains the formulas.
import type { Sums } from './events.ts';
import { type Group, groupsOf, type Heard, impressionOf } from './hearsay.ts';

/** What this node saw itself. */
export type Direct = {
  /** Points for and against, as they weigh now. */
  readonly positive: number;
  readonly negative: number;
  /** D, from −1 to 1. */
  readonly value: number;
  /** c, from 0 to 1: how much of the score rests on own experience. */
  readonly confidence: number;
};

export type Tier = 'green' | 'yellow' | 'red';

/** Where the tiers begin: green from, red up to. */
export type Tiers = { readonly green: number; readonly red: number };

export type Score = {
  readonly subject: string;
  /** K, from −1 to 1. */
  readonly value: number;
  readonly tier: Tier;
  /** When this node's own settings decide, and nothing else counts. */
  readonly own: 'preferred' | 'blocked' | null;
  readonly direct: Direct;
  readonly hearsay: {
    /** I, from −1 to 1. */
    readonly value: number;
    /** Σw of the groups that count. */
    readonly weight: number;
    readonly groups: readonly Group[];
  };
};

/** Bad experience counts four times: trust is lost faster than won. */
const negativeWeight = 4;
/** So many points of either kind outweigh what is not known. */
const doubt = 20;
/** Others' word counts half of one's own. */
const hearsayShare = 0.5;

export function directOf({ positive, negative }: Pick<Sums, 'positive' | 'negative'>): Direct {
  const against = negativeWeight * negative;
  const whole = positive + against + doubt;
  return { positive, negative, value: (positive - against) / whole, confidence: (positive + against) / whole };
}

export type Known = {
  readonly subject: string;
  readonly sums: Pick<Sums, 'positive' | 'negative'>;
  /** What raters say of the subject, whoever they are. */
  readonly heard: readonly Heard[];
  /** By how much words against the subject count, after a pardon: 0 to 1. */
  readonly mercy: number;
  readonly own: Score['own'];
};

export function scoreOf({ subject, sums, heard, mercy, own }: Known, tiers: Tiers): Score {
  const direct = directOf(sums);
  const groups = groupsOf(heard, mercy);
  const hearsay = { ...impressionOf(groups), groups };
  const value = own === null ? blend(direct, hearsay.value) : own === 'preferred' ? 1 : -1;
  return { subject, value, tier: tierOf(value, tiers), own, direct, hearsay };
}

const blend = ({ value, confidence }: Direct, impression: number): number =>
  confidence * value + (1 - confidence) * hearsayShare * impression;

export const tierOf = (value: number, { green, red }: Tiers): Tier =>
  value >= green ? 'green' : value <= red ? 'red' : 'yellow';
