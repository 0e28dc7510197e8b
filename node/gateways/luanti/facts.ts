// What of a Luanti server becomes part of its announcement, and how a listed server is told to clients.
import { type Address, parseAddress } from '../../base/address.ts';
import { tidyText } from '../../base/text.ts';
import { second } from '../../base/time.ts';
import { attributeGraphemesMax } from '../../records/announcement.ts';
import type { Row } from '../listing.ts';
import type { Registration } from '../registry.ts';
import type { Report } from './reports.ts';
import { flags, type Told } from './wire.ts';

export const game = 'luanti';
/** An announcement holds 2,048 bytes: of that names, keys and signature take about half. */
const longBytesMax = 320;
const shortBytesMax = 96;

export const registrationOf = (told: Told): Registration => ({
  game,
  name: told.name,
  version: told.version,
  attributes: {
    description: cut(told.description, longBytesMax),
    flags: flags.filter(flag => told[flag]).join(' '),
    gameid: cut(told.gameid, shortBytesMax),
    mapgen: cut(told.mapgen ?? '', shortBytesMax),
    mods: wholeWords(told.mods ?? []),
    privs: cut(told.privs ?? '', shortBytesMax),
    'proto-max': String(told.proto_max),
    'proto-min': String(told.proto_min),
    url: (told.url?.length ?? 0) <= shortBytesMax ? (told.url ?? '') : '',
  },
});

/** As many as fit whole: other nodes' clients see the first of a long list. */
function wholeWords(words: readonly string[]): string {
  let text = '';
  for (const word of words.map(it => cut(it, shortBytesMax))) {
    if (text.length + 1 + word.length > attributeGraphemesMax || Buffer.byteLength(text + word) >= longBytesMax) break;
    text += text === '' ? word : ` ${word}`;
  }
  return text;
}

function cut(text: string, bytesMax: number): string {
  const clean = tidyText(text, attributeGraphemesMax);
  // The end of what was cut in the middle of a character is not shown.
  const bytes = Buffer.from(clean);
  return bytes.length <= bytesMax
    ? clean
    : bytes
        .toString('utf8', 0, bytesMax)
        .replace(/\u{fffd}+$/u, '')
        .trim();
}

export type Protocols = { readonly min: number; readonly max: number };

export type Entry = { readonly json: string; readonly clients: number; readonly protocols: Protocols | undefined };

/** One server of the list, in the master's words; what nobody knows of it is left out. `null`: clients cannot join it. */
export function entryOf(row: Row, reportOf: (address: Address) => Report | undefined): Entry | null {
  const address = parseAddress(row.addresses[0] ?? '');
  if (!address.ok) return null;
  const { attributes, observed } = row;
  const report = reportOf(address.value);
  const [min, max] = [numberOf(attributes['proto-min']), numberOf(attributes['proto-max'])];
  const on = new Set((attributes.flags ?? '').split(' '));
  const clients = report?.told.clients ?? observed?.players ?? undefined;
  const pingMs = report?.pingMs ?? observed?.rttMs ?? undefined;
  const json = JSON.stringify({
    address: address.value.host,
    port: address.value.port,
    name: row.name,
    description: attributes.description ?? '',
    version: row.version,
    gameid: attributes.gameid ?? '',
    mapgen: attributes.mapgen,
    url: attributes.url,
    privs: attributes.privs,
    proto_min: min,
    proto_max: max,
    ...(attributes.flags === undefined ? {} : Object.fromEntries(flags.map(flag => [flag, on.has(flag)]))),
    mods: report?.told.mods ?? attributes.mods?.split(' '),
    clients,
    clients_max: report?.told.clients_max ?? observed?.maxPlayers ?? undefined,
    ...(report ? toldOf(report) : {}),
    ping: pingMs === undefined ? undefined : pingMs / second,
  });
  return { json, clients: clients ?? 0, protocols: min === undefined || max === undefined ? undefined : { min, max } };
}

const toldOf = ({ told, startedAtMs, atMs, updates, clientsTotal, clientsTop }: Report) => ({
  clients_list: told.clients_list,
  clients_top: clientsTop,
  uptime: told.uptime,
  game_time: told.game_time,
  lag: told.lag,
  start: Math.floor(startedAtMs / second),
  update_time: Math.floor(atMs / second),
  updates,
  total_clients: clientsTotal,
  pop_v: Math.round(clientsTotal / updates),
});

const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^[0-9]{1,9}$/.test(text) ? Number(text) : undefined;
