// The families' own ways to ask a server how it is, for the prober: where gamedig knows none.
import type { Monotonic } from '../base/time.ts';
import type { Query } from '../probe/games.ts';
import type { Answer } from '../probe/observation.ts';
import type { Question } from '../probe/prober.ts';
import { families } from './families.ts';
import type { NativeProbe } from './family.ts';

/** No protocol of gamedig is called so. */
const prefix = 'gateway ';
const probes = new Map<string, NativeProbe>(
  families.flatMap(({ name, probe }) => (probe ? [[`${prefix}${name}`, probe] as const] : [])),
);

/** By game: how to ask its servers. */
export const nativeQueries: ReadonlyMap<string, Query> = new Map(
  [...probes].flatMap(([protocol, { games, portOf }]) =>
    games.map(game => [game, { protocol, port: portOf }] as const),
  ),
);

type Ask = (question: Question) => Promise<Answer | undefined>;

/** Asks in a family's own way where the question says so, and otherwise as `ask` does. */
export const askingNatively =
  (ask: Ask, monotonic: Monotonic, timeoutMs: number): Ask =>
  async question => {
    const { ip, port, protocol } = question;
    const probe = probes.get(protocol);
    return probe ? probe.ask({ ip, port, timeoutMs, monotonic }) : ask(question);
  };
