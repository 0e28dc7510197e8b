// What karma changes elsewhere, as plain functions of K.

/** Gossipsub's application score: −50 at K −0.5, where one invalid message costs 100 (network/scoring.ts). */
export const gossipScoreOf = (karma: number): number => 100 * karma;

/** The best get four times the quota, the worst a quarter. */
export const quotaGrowthMax = 4;

/** A quota grown or shrunk by karma, at least 1. */
export const quotaOf = (base: number, karma: number): number =>
  Math.max(1, Math.floor(base * quotaGrowthMax ** Math.min(1, Math.max(-1, karma))));

/** A stranger's word is better than none, and worth less than that of anybody with a green karma. */
export const strangerWeight = 0.02;

/** How much a peer's observations count: nothing from `red` down. */
export const observerWeightOf = (karma: number, red: number): number =>
  karma <= red ? 0 : Math.max(karma, strangerWeight);
