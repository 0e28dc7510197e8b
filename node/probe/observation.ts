// What this node saw of a game server. Never part of the history: held in memory for a while, then forgotten.

/** What a server said when it was asked. `null`: it did not say, or nothing plausible. */
export type Answer = {
  readonly players: number | null;
  readonly maxPlayers: number | null;
  readonly map: string | null;
  readonly rttMs: number | null;
};

/** What was learned at one endpoint, asked in one protocol; without an answer the server is down. */
export type Sighting = {
  readonly protocol: string;
  readonly answer: Answer | undefined;
  readonly at: number;
  /** When the first of the silences was noted that no answer has ended since. */
  readonly silentSince: number | null;
};

/** The shape that players and programs see (`Observed` of the API). */
export type Observation = Answer & {
  readonly up: boolean;
  /** Unix milliseconds. */
  readonly at: number;
  /** How many nodes this rests on: this one. */
  readonly observers: number;
  /** What only several sights, or a claim beside them, can show. */
  readonly flags: readonly [];
  /** Since when all of it is silent; `null` while it is up. */
  readonly downSince: number | null;
};

const alone = { observers: 1, flags: [] } as const;

const silence: Answer = { players: null, maxPlayers: null, map: null, rttMs: null };

/** One server may have several endpoints (IPv4 and IPv6), the best first: it is up if one of them answers. */
export function observationOf(sightings: readonly Sighting[]): Observation | null {
  const up = sightings.find(sighting => sighting.answer);
  if (up) return { up: true, ...up.answer!, at: up.at, ...alone, downSince: null };
  if (sightings.length === 0) return null;
  const at = Math.max(...sightings.map(sighting => sighting.at));
  const downSince = Math.max(...sightings.map(({ silentSince }) => silentSince ?? at));
  return { up: false, ...silence, at, ...alone, downSince };
}
