// The plain JSON list, for games that have no master protocol of their own: what a server announces, the datagram that it sends
// back, and the list. Pure.
import { tidyText } from '../../base/text.ts';
import { attributesMax, fieldFault } from '../../records/announcement.ts';
import type { Row } from '../listing.ts';

/**
 * Posted to `/announce` at the start, every minute from then on, and with `"state":"left"` at the end. `game`, `port` and `name`
 * have to be there:
 *
 *     {"game":"mygame","port":5000,"name":"Bob's","version":"1.2","tags":["ctf"],"attributes":{"mode":"ranked"}}
 */
export type Announce = {
  readonly game: string;
  readonly port: number;
  readonly name: string;
  readonly version: string;
  readonly tags: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  readonly state: 'up' | 'left';
};

const defaults = { version: '', tags: [], attributes: {}, state: 'up' };
const names = ['game', 'port', 'name', 'version', 'tags', 'attributes', 'state'] as const;
/** The datagram that servers send back, as a protocol to ask in. */
export const ownQuery = 'rollcall';
/** `gateway` and `query` are added. */
const ownAttributesMax = attributesMax - 2;

/** A string says what is wrong, and where. */
export function parseAnnounce(text: string): Announce | string {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return 'the body is not JSON';
  }
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return 'the body is not an object';
  const fields = new Map<string, unknown>(Object.entries({ ...defaults, ...raw }));
  for (const name of fields.keys())
    if (!names.some(it => it === name)) return `"${tidyText(name, 40)}" is not one of ${names.join(', ')}`;
  for (const name of names) {
    if (!fields.has(name)) return `${name} is missing`;
    const value = fields.get(name);
    const fault = name === 'port' ? portFault(value) : fieldFault(name, value);
    if (fault !== undefined) return `${name} ${fault}`;
  }
  const announce = Object.fromEntries(fields) as Announce;
  const count = Object.keys(announce.attributes).length;
  return count > ownAttributesMax ? `attributes are ${count}, and at most ${ownAttributesMax} have room` : announce;
}

const portFault = (port: unknown): string | undefined =>
  Number.isInteger(port) && (port as number) >= 1 && (port as number) <= 65_535
    ? undefined
    : 'must be a whole number from 1 to 65535';

/** `rollcall 9vqYkq2yqXr0wQ3h`: sent over UDP to the port of the game, by gateways and by whoever wants to know who plays. */
export const formatQuestion = (token: string): Buffer => Buffer.from(`rollcall ${token}`);

export type State = {
  readonly players: number | null;
  readonly maxPlayers: number | null;
  readonly map: string | null;
};

/** A longer answer would make game servers an amplifier. */
export const answerBytesMax = 256;
const playersMax = 100_000;
const mapGraphemesMax = 64;

/**
 * The question, byte for byte, and if the game likes, how it is:
 *
 *     rollcall 9vqYkq2yqXr0wQ3h
 *     {"players":3,"maxPlayers":16,"map":"castle"}
 */
export function parseAnswer(bytes: Buffer, question: Buffer): State | undefined {
  if (bytes.length > answerBytesMax || !bytes.subarray(0, question.length).equals(question)) return undefined;
  const told = jsonOf(bytes.toString('utf8', question.length));
  const map = typeof told.map === 'string' ? tidyText(told.map, mapGraphemesMax) : '';
  return { players: countOf(told.players), maxPlayers: countOf(told.maxPlayers) || null, map: map || null };
}

function jsonOf(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return {};
  }
}

const countOf = (value: unknown): number | null =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= playersMax ? (value as number) : null;

/** One server a line, its address first, for programs that read lines. `null`: nobody has seen that yet. */
export const formatList = (game: string, rows: readonly Row[]): string =>
  `{"game":${JSON.stringify(game)},"servers":[\n${rows.map(serverLine).join(',\n')}\n]}\n`;

const serverLine = ({ addresses, name, version, tags, attributes, observed }: Row): string =>
  JSON.stringify({
    address: addresses[0],
    name,
    version,
    up: observed?.up ?? null,
    players: observed?.players ?? null,
    maxPlayers: observed?.maxPlayers ?? null,
    map: observed?.map ?? null,
    tags,
    attributes,
    addresses,
  });
