// Games of the family: what programs call them and what announcements call them.

/** Tags of heartbeats of engines whose clients ask without a game's name. Source: dpmaster 2.2, games.c. */
export type Anonymous = {
  readonly gamename: string;
  readonly heartbeat: string;
  /** Says that the server stops. */
  readonly flatline?: string;
  readonly protocols: readonly string[];
  /** Clients expect empty and full servers without asking for them. */
  readonly everything?: true;
};

export const anonymous: readonly Anonymous[] = [
  { gamename: 'Quake3Arena', heartbeat: 'QuakeArena-1', protocols: ['66', '67', '68'] },
  { gamename: 'wolfmp', heartbeat: 'Wolfenstein-1', flatline: 'WolfFlatline-1', protocols: ['50', '59', '60'] },
  {
    gamename: 'et',
    heartbeat: 'EnemyTerritory-1',
    flatline: 'ETFlatline-1',
    protocols: ['72', '80', '83', '84'],
    everything: true,
  },
];

/**
 * Game ids that differ from the name in the protocol: by name and protocol, or by name. A game that is not here has its
 * name in lower case.
 */
const ids = new Map([
  ['Quake3Arena 71', 'openarena'],
  ['Quake3Arena', 'quake3arena'],
  ['wolfmp', 'rtcw'],
  ['et', 'enemyterritory'],
  ['DarkPlaces-Quake', 'quake1'],
]);

export const idOf = (gamename: string, protocol: string): string =>
  ids.get(`${gamename} ${protocol}`) ?? ids.get(gamename) ?? gamename;

/**
 * What a client of a game asks for, of games that people announce by hand too, with no word of the protocol in it.
 * Sources: qstat's configuration, the games' own.
 */
const spoken: Readonly<Record<string, { readonly gamename: string; readonly protocol: string }>> = {
  openarena: { gamename: 'Quake3Arena', protocol: '71' },
  quake3arena: { gamename: 'Quake3Arena', protocol: '68' },
  rtcw: { gamename: 'wolfmp', protocol: '60' },
  enemyterritory: { gamename: 'et', protocol: '84' },
  nexuiz: { gamename: 'Nexuiz', protocol: '3' },
  xonotic: { gamename: 'Xonotic', protocol: '3' },
  warsow: { gamename: 'Warsow', protocol: '22' },
  tremulous: { gamename: 'Tremulous', protocol: '69' },
  unvanquished: { gamename: 'UNVANQUISHED', protocol: '86' },
};

/** The name and protocol by which clients find an announced server; undefined when it is none of this family. */
export function spokenBy(
  game: string,
  attributes: Readonly<Record<string, string>>,
): { readonly gamename: string; readonly protocol: string } | undefined {
  const usual = Object.hasOwn(spoken, game) ? spoken[game] : undefined;
  const gamename = attributes.gamename ?? usual?.gamename;
  const protocol = attributes.protocol ?? usual?.protocol;
  return gamename !== undefined && protocol !== undefined ? { gamename, protocol } : undefined;
}
