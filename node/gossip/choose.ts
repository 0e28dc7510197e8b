// Whom to compare lists with: rather those of good karma, but always by chance, so that nobody can be sure to be asked, or
// to be the only one. Pure.

export type Candidate = { readonly peer: string; readonly karma: number };

/** So much of the chance is the same for everybody; karma decides over the rest. */
export const uniformShare = 0.5;

/** Up to `count` different peers, as they were drawn; those of negative karma only when there is nobody else. */
export function choosePeers(candidates: readonly Candidate[], count: number, random: () => number): string[] {
  const sound = candidates.filter(({ karma }) => karma >= 0);
  const left = [...(sound.length > 0 ? sound : candidates)];
  const chosen: string[] = [];
  while (chosen.length < count && left.length > 0) chosen.push(left.splice(draw(left, random()), 1)[0]!.peer);
  return chosen;
}

/** The index at which the chances so far pass `at`, which lies between 0 and 1. */
function draw(candidates: readonly Candidate[], at: number): number {
  const worth = candidates.map(({ karma }) => Math.max(karma, 0));
  const whole = worth.reduce((sum, it) => sum + it, 0);
  const uniform = 1 / candidates.length;
  let passed = 0;
  const index = worth.findIndex(it => {
    passed += whole === 0 ? uniform : uniformShare * uniform + (1 - uniformShare) * (it / whole);
    return at < passed;
  });
  // Rounding may leave the last chance a hair short of 1.
  return index < 0 ? candidates.length - 1 : index;
}
