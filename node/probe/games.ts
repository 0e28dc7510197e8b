// Which of gamedig's protocols a listed server is asked in, and at which port.
import type * as gamedig from 'gamedig';

/** Its table alone: its entry loads what speaks all its protocols as well, 250 modules that every start would wait for. */
const { games }: Pick<typeof gamedig, 'games'> = await import(new URL('games.js', import.meta.resolve('gamedig')).href);

export type Query = { readonly protocol: string; readonly port: (gamePort: number) => number };

/**
 * How to ask this server, or undefined when we cannot. The announcement may say so itself: attribute `query` is the id
 * of a game that gamedig knows, `query-port` the port that answers questions when it is not where that game has it.
 */
export function queryOf(game: string, attributes: Readonly<Record<string, string>>): Query | undefined {
  const type = attributes.query ?? game;
  const id = Object.hasOwn(games, type) ? type : (aliases.get(type) ?? oldIds.get(type));
  if (id === undefined) return undefined;
  const { options } = games[id]!;
  const protocol = standIns.get(options.protocol) ?? options.protocol;
  if (!direct.has(protocol)) return undefined;
  const stated = attributes['query-port'];
  if (stated !== undefined)
    return /^[1-9][0-9]{0,4}$/.test(stated) ? { protocol, port: () => Number(stated) } : undefined;
  const { port: usual, port_query: fixed, port_query_offset: offset } = options;
  const away = typeof offset === 'number' ? offset : (offset?.[0] ?? 0);
  return { protocol, port: port => (fixed !== undefined && port === usual ? fixed : port + away) };
}

/**
 * Protocols that ask the server itself, at the given address and nothing else, over UDP or plain TCP. All others are left
 * out: fixed central hosts (minetest, factorio, beammp, discord, …) never contact the server, and HTTP ones follow
 * redirects to wherever the answer says. Read in gamedig 5.3.3's protocols/.
 */
const direct = new Set([
  ...['armagetron', 'ase', 'doom3', 'ffow', 'gamespy1', 'gamespy2', 'gamespy3', 'goldsrc', 'jc2mp', 'mafia2mp'],
  ...['mafia2online', 'minecraftbedrock', 'minecraftvanilla', 'mumbleping', 'openttd', 'quake1', 'quake2', 'quake3'],
  ...['samp', 'unreal2', 'ut3', 'valve', 'vcmp', 'warsow', 'xonotic'],
]);

/** One question instead of several, for protocols that only add details which are not used here. */
const standIns = new Map([
  ['minecraft', 'minecraftvanilla'],
  ['dayz', 'valve'],
  ['toxikk', 'valve'],
]);

/** Usual ids of games that gamedig names otherwise. */
const aliases = new Map([
  ['quake3arena', 'q3a'],
  ['quake3', 'q3a'],
  ['ioquake3', 'q3a'],
  ['quake1', 'quake'],
  ['quakeworld', 'quake'],
  ['urban-terror', 'urbanterror'],
  ['armagetron', 'armagetronadvanced'],
  ['armagetronad', 'armagetronadvanced'],
  ['murmur', 'mumble'],
  ['minecraft-java', 'minecraft'],
  ['minecraft-bedrock', 'mbe'],
  ['tf2', 'teamfortress2'],
  ['gmod', 'garrysmod'],
  ['ut2004', 'unrealtournament2004'],
  ['ut3', 'unrealtournament3'],
]);

/** Ids that gamedig had before its version 5. */
const oldIds = new Map(
  Object.entries(games).flatMap(([id, { extra }]) =>
    extra?.old_id === undefined ? [] : [[extra.old_id, id] as const],
  ),
);
