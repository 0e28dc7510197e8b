// Answers to `getservers`, kept as packets for as long as the list is the same: a question costs two look-ups.
import { parseAddress } from '../../base/address.ts';
import type { Groups, Row } from '../listing.ts';
import { anonymous, spokenBy } from './games.ts';
import { formatEntry, formatServers, type Query } from './wire.ts';

/** dpmaster's own limit. With it an answer has 20 packets for IPv4; clients of that time keep fewer. */
const serversMax = 4_096;
/** Different questions about one group whose answers are kept: all filters, with a handful of game types. */
const answersMax = 128;

/** The groups of an announced server: of its game and protocol, and of its protocol alone, for clients that name no game. */
export function keysOf({ game, attributes }: Pick<Row, 'game' | 'attributes'>): string[] {
  const it = spokenBy(game, attributes);
  return it ? [keyOf(it.gamename, it.protocol), keyOf('', it.protocol)] : [];
}

export class Answers {
  readonly #groups: Pick<Groups, 'get'>;
  readonly #kept = new WeakMap<readonly Row[], Map<string, readonly Buffer[]>>();

  constructor(groups: Pick<Groups, 'get'>) {
    this.#groups = groups;
  }

  to(query: Query): readonly Buffer[] {
    const game = anonymous.find(({ gamename, protocols }) =>
      query.gamename === undefined ? protocols.includes(query.protocol) : gamename === query.gamename,
    );
    const wanted = game?.everything ? { ...query, empty: true, full: true } : query;
    const rows = this.#groups.get(keyOf(query.gamename ?? game?.gamename ?? '', query.protocol));
    const kept = this.#kept.get(rows) ?? new Map<string, readonly Buffer[]>();
    this.#kept.set(rows, kept);
    const { extended, empty, full, gametype, ipv4, ipv6 } = wanted;
    const key = [extended, empty, full, ipv4, ipv6, gametype ?? '\0'].join();
    const held = kept.get(key);
    if (held) return held;
    const packets = formatServers(entriesOf(rows, wanted), extended);
    if (kept.size < answersMax) kept.set(key, packets);
    return packets;
  }
}

function entriesOf(rows: readonly Row[], query: Query): Buffer[] {
  const entries: Buffer[] = [];
  for (const row of rows) {
    if (!fits(row, query)) continue;
    for (const text of row.addresses) {
      const address = parseAddress(text);
      if (!address.ok || address.value.kind === 'name' || !query[address.value.kind]) continue;
      if (entries.length === serversMax) return entries;
      entries.push(formatEntry(address.value));
    }
  }
  return entries;
}

/** Of a server that nobody has asked yet nobody knows whether it is empty or full: it is shown. */
function fits({ observed, attributes }: Row, { empty, full, gametype }: Query): boolean {
  const { players = null, maxPlayers = null } = observed ?? {};
  if (!empty && players === 0) return false;
  if (!full && players !== null && maxPlayers !== null && players >= maxPlayers) return false;
  return gametype === undefined || (attributes.gametype ?? '0') === gametype;
}

/** No game's name holds a space. */
const keyOf = (gamename: string, protocol: string): string => `${gamename} ${protocol}`;
