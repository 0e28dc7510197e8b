// What others say of a subject, and how much of it counts. Pure. What one attacker can add is bounded, however many
// identities he makes: only raters known to be good count, those of one network as one.

/** What one rater says. */
export type Heard = {
  readonly rater: string;
  /** The rater's network, or whatever else stands for one owner. */
  readonly group: string;
  /** D of the rater, as this node sees it. */
  readonly direct: number;
  /** From −1 to 1. */
  readonly value: number;
  /** Sum of all that the rater says in favour of anybody. */
  readonly vouched: number;
};

export type Rater = Heard & {
  /** w, 0 when it does not count. */
  readonly weight: number;
  /** The value as it counts: vouches scaled to the budget. */
  readonly scaled: number;
  /** Why it does not count, in words; null when it does. */
  readonly why: string | null;
};

/** Raters of one network, who count as one. */
export type Group = {
  readonly group: string;
  readonly weight: number;
  /** o, after mercy. */
  readonly value: number;
  readonly counts: boolean;
  readonly why: string | null;
  readonly raters: readonly Rater[];
};

/** Raters known less well do not count. */
export const directMin = 0.3;
/** Who speaks against somebody must be known better, and must not be alone. */
export const negativeDirectMin = 0.6;
export const negativeGroupsMin = 2;
/** A rater's whole praise: who vouches for many vouches little for each. */
export const vouchBudget = 10;
/** w = 0.5·D */
const weightShare = 0.5;
/**
 * No group lifts the impression by more than this, so no owner of one good rater lifts anybody's karma by more than 0.05.
 * The budget alone would allow 0.15 to each of ten.
 */
export const groupLiftMax = 0.1;

export function groupsOf(heard: readonly Heard[], mercy: number): Group[] {
  const byGroup = Map.groupBy(heard.map(raterOf), ({ group }) => group);
  const groups = [...byGroup].map(([group, raters]) => groupOf(group, raters, mercy));
  const against = groups.filter(({ counts, value }) => counts && value < 0).length;
  if (against >= negativeGroupsMin) return groups;
  return groups.map(it =>
    it.counts && it.value < 0 ? { ...it, counts: false, why: 'is alone in speaking against it' } : it,
  );
}

/** I = (Σ w·o / Σ w) · (1 − 0.5^Σw), no group lifting it by more than `groupLiftMax`. */
export function impressionOf(groups: readonly Group[]): { value: number; weight: number } {
  const counting = groups.filter(({ counts }) => counts);
  const weight = counting.reduce((sum, it) => sum + it.weight, 0);
  const product = counting.reduce((sum, it) => sum + it.weight * it.value, 0);
  const limits = counting
    .filter(({ value }) => value > 0)
    .map(it => impression(product - it.weight * it.value, weight - it.weight) + groupLiftMax);
  return { value: Math.min(impression(product, weight), ...limits), weight };
}

/** Below this, differences of weights are rounding. */
const nothing = 1e-9;

const impression = (product: number, weight: number): number =>
  weight < nothing ? 0 : (product / weight) * (1 - 0.5 ** weight);

/** Rounded down: 0.599 is not 0.60 where that is the bound. */
const under = (direct: number): string => (Math.floor(direct * 100 + nothing) / 100).toFixed(2);

function raterOf(heard: Heard): Rater {
  const { direct, value, vouched } = heard;
  const scaled = value > 0 ? value * Math.min(1, vouchBudget / vouched) : value;
  const why =
    direct < directMin
      ? `is not known well enough here: D ${under(direct)} is below ${directMin}`
      : value < 0 && direct < negativeDirectMin
        ? `speaks against it and is not known well enough for that: D ${under(direct)} is below ${negativeDirectMin}`
        : null;
  return { ...heard, weight: why === null ? weightShare * direct : 0, scaled, why };
}

function groupOf(group: string, raters: readonly Rater[], mercy: number): Group {
  const weights = raters.reduce((sum, { weight }) => sum + weight, 0);
  if (weights === 0) return { group, weight: 0, value: 0, counts: false, why: raters[0]!.why, raters };
  const mean = raters.reduce((sum, { weight, scaled }) => sum + weight * scaled, 0) / weights;
  const value = mean < 0 ? mean * mercy : mean;
  const counts = mean > 0 || mercy > 0;
  const why = counts ? null : 'speaks against it, and it is forgiven here';
  return { group, weight: Math.max(...raters.map(({ weight }) => weight)), value, counts, why, raters };
}
