// OpenTTD's servers as the network's list has them, and as clients are told of them.
import { hash } from 'node:crypto';
import { type Address, formatAddress, parseAddress } from '../../base/address.ts';
import type { Row } from '../listing.ts';
import type { Registration } from '../registry.ts';
import { dayOfYear, type GameInfo, landscapes, yearOfDay } from './game-info.ts';
import type { ListedServer } from './wire.ts';

export const game = 'openttd';
/** 1 MB, sent over TCP. The original has some hundreds. */
const serversMax = 8_192;

/** The same at every gateway: a player who was given the code finds the server wherever he asks. 48 bits. */
export const codeOf = (address: Address): string =>
  `+${hash('sha256', formatAddress(address), 'hex').slice(0, 12).toUpperCase()}`;

export function registrationOf(info: GameInfo): Registration {
  return {
    game,
    name: info.name,
    version: info.revision,
    attributes: {
      landscape: info.landscape,
      size: `${info.width}x${info.height}`,
      began: String(yearOfDay(info.began)),
      password: info.passworded ? 'yes' : '',
    },
  };
}

export type Addressed = { readonly row: Row; readonly address: Address };

/** The first address of each: one server is one line. */
export function addressed(rows: readonly Row[]): Addressed[] {
  const found: Addressed[] = [];
  for (const row of rows) {
    const address = parseAddress(row.addresses[0] ?? '');
    if (found.length < serversMax && address.ok) found.push({ row, address: address.value });
  }
  return found;
}

export function serverOf({ row: { name, version, attributes, observed }, address }: Addressed): ListedServer {
  const [, width = '0', height = '0'] = /^(\d{1,4})x(\d{1,4})$/.exec(attributes.size ?? '') ?? [];
  const year = /^\d{1,7}$/.test(attributes.began ?? '') ? Number(attributes.began) : 0;
  return {
    where: formatAddress(address),
    info: {
      name,
      revision: version,
      passworded: attributes.password === 'yes',
      clients: observed?.players ?? 0,
      clientsMax: observed?.maxPlayers ?? 0,
      width: Number(width),
      height: Number(height),
      landscape: landscapes.find(it => it === attributes.landscape) ?? 'temperate',
      dedicated: true,
      began: dayOfYear(year),
    },
  };
}
