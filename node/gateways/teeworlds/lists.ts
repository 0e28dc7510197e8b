// Which listed servers a client of each version is told of, kept as packets for as long as the list is the same.
import { type Address, parseAddress } from '../../base/address.ts';
import type { Groups, Row } from '../listing.ts';
import { formatEntry, type Version } from './wire.ts';

/** The versions that a server of this game speaks, when its announcement does not say so. */
const spoken: Readonly<Record<string, string>> = { teeworlds: '0.7', 'teeworlds-0.6': '0.6', ddnet: '0.6' };
/** As many fit into 1,400 bytes. The masters' own number. */
const serversPerPacket = 75;
/** 55 packets, which is three times what the masters sent: clients read them as they come. */
const serversMax = 4_096;

/** None for a game of another family. The attribute is `0.6`, `0.7` or `0.6 0.7`. */
export function versionsOf({ game, attributes }: Pick<Row, 'game' | 'attributes'>): readonly string[] {
  if (!Object.hasOwn(spoken, game)) return [];
  return (attributes.protocol ?? spoken[game]!).split(' ').filter(it => it === '0.6' || it === '0.7');
}

/** Each address once: one server may have registered at several gateways. Names cannot be told. */
export function addressesOf(rows: readonly Row[]): Map<string, Address> {
  const addresses = new Map<string, Address>();
  for (const text of rows.flatMap(row => row.addresses)) {
    const address = parseAddress(text);
    if (address.ok && address.value.kind !== 'name') addresses.set(text, address.value);
    if (addresses.size === serversMax) break;
  }
  return addresses;
}

export type Listed = { readonly count: number; readonly bodies: readonly Buffer[] };

export class Lists {
  readonly #groups: Pick<Groups, 'get'>;
  readonly #kept = new WeakMap<readonly Row[], Listed>();

  constructor(groups: Pick<Groups, 'get'>) {
    this.#groups = groups;
  }

  /** Bodies of `lis2`. */
  of(version: Version): Listed {
    const rows = this.#groups.get(version);
    const kept = this.#kept.get(rows);
    if (kept) return kept;
    const entries = [...addressesOf(rows).values()].map(formatEntry);
    const bodies: Buffer[] = [];
    for (let at = 0; at < entries.length; at += serversPerPacket) {
      bodies.push(Buffer.concat(entries.slice(at, at + serversPerPacket)));
    }
    const listed = { count: entries.length, bodies };
    this.#kept.set(rows, listed);
    return listed;
  }
}
