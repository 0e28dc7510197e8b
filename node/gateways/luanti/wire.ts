// The JSON that Luanti (Minetest) servers announce, the list that clients ask for, and the datagrams that show whether a
// server is there. Pure. Sources: Luanti's own server list (server.py), and what Debian's minetest-server was seen to send.

/** The master's own bound. */
export const jsonLengthMax = 8_192;

/**
 * `start` and `delete` once, `update` every five minutes:
 *
 *     {"action":"start","address":"203.0.113.7","port":30000,"name":"Bob's","description":"…","version":"5.6.1","gameid":"minetest",
 *      "clients":1,"clients_max":10,"clients_list":["bob"],"proto_min":37,"proto_max":41,"uptime":0,"game_time":0,"mods":["dye"],…}
 *     {"action":"delete","address":"203.0.113.7","port":30000}
 */
export type Announce =
  | { readonly action: 'delete'; readonly port: number }
  | {
      readonly action: 'start' | 'update';
      readonly port: number;
      /** Empty: the sender's own. */
      readonly address: string;
      readonly told: Told;
    };

/** What a server says of itself, in the master's own words. */
export type Told = {
  readonly name: string;
  readonly description: string;
  readonly version: string;
  readonly gameid: string;
  readonly clients: number;
  readonly clients_max: number;
  readonly uptime: number;
  readonly game_time: number;
  readonly proto_min: number;
  readonly proto_max: number;
  readonly lag?: number;
  readonly clients_list?: readonly string[];
  readonly url?: string;
} & { readonly [flag in Flag]?: boolean } & StartOnly;

/** Told with `start` only; the master keeps them through every `update`. */
type StartOnly = { readonly mapgen?: string; readonly privs?: string; readonly mods?: readonly string[] };

export const flags = ['can_see_far_names', 'creative', 'damage', 'dedicated', 'password', 'pvp', 'rollback'] as const;
export type Flag = (typeof flags)[number];
const startOnly = ['dedicated', 'rollback', 'mapgen', 'privs', 'can_see_far_names', 'mods'] as const;

type Kind = 'string' | 'count' | 'number' | 'strings' | 'boolean';
type Field = readonly [name: string, kind: Kind, needed: boolean];

const fields: readonly Field[] = [
  ...['name', 'description', 'version', 'gameid'].map(name => [name, 'string', true] as const),
  ...['clients', 'clients_max', 'uptime', 'game_time', 'proto_min', 'proto_max'].map(
    name => [name, 'count', true] as const,
  ),
  ['lag', 'number', false],
  ['clients_list', 'strings', false],
  ['mods', 'strings', false],
  ...['mapgen', 'url', 'privs'].map(name => [name, 'string', false] as const),
  ...flags.map(name => [name, 'boolean', false] as const),
];

/** A refusal, as the master gives it. */
export type Refusal = { readonly status: 400 | 413; readonly text: string };
const refusal = (text: string): Refusal => ({ status: 400, text });

export const isRefusal = (it: Announce | Refusal): it is Refusal => 'status' in it;

export function parseAnnounce(text: string): Announce | Refusal {
  if (text.length > jsonLengthMax) return { status: 413, text: 'JSON data is too big.' };
  const json = jsonOf(text);
  if (json === undefined) return refusal('Unable to process JSON data.');
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return refusal('JSON data is not an object.');
  const given = new Map<string, unknown>(Object.entries(json));
  const action = given.get('action');
  if (action !== 'start' && action !== 'update' && action !== 'delete') return refusal('Invalid action field.');
  const port = count(given.get('port') ?? defaultPort);
  if (port === undefined || port < 1 || port > 65_535) return refusal('Invalid port field: not from 1 to 65535.');
  if (action === 'delete') return { action, port };
  const address = given.get('address') ?? '';
  if (typeof address !== 'string') return refusal('Invalid address field: not a string.');
  const told: Record<string, unknown> = {};
  for (const [name, kind, needed] of fields) {
    if (!given.has(name) && !needed) continue;
    const value = readers[kind](given.get(name));
    if (value === undefined) return refusal(`JSON data does not conform to schema: ${name} is not ${expected[kind]}.`);
    told[name] = value;
  }
  return { action, port, address, told: tidy(told as Told) };
}

const defaultPort = 30_000;

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Old servers send numbers and flags as strings. */
const count = (value: unknown): number | undefined => {
  const number = typeof value === 'string' && /^[0-9]{1,15}$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number) && (number as number) >= 0 ? (number as number) : undefined;
};

const readers: Readonly<Record<Kind, (value: unknown) => unknown>> = {
  string: value => (typeof value === 'string' ? value : undefined),
  count,
  number: value => (typeof value === 'number' && value >= 0 ? value : undefined),
  // Names of players and mods hold no white space, nor what is not seen.
  strings: value =>
    Array.isArray(value) && value.every(it => typeof it === 'string' && /^[^\s\p{C}']+$/u.test(it))
      ? [...new Set(value as string[])]
      : undefined,
  boolean: value =>
    typeof value === 'string' ? /^(?:true|1)$/i.test(value) : typeof value === 'boolean' ? value : undefined,
};

const expected: Readonly<Record<Kind, string>> = {
  string: 'a string',
  count: 'a whole number from 0',
  number: 'a number from 0',
  strings: 'a list of names',
  boolean: 'true or false',
};

/** As the master tidies: links are links, and who plays is counted. */
function tidy({ url, ...told }: Told): Told {
  const link = url !== undefined && /^https?:\/\/[^\s\p{C}']+$/u.test(url) ? { url } : {};
  const counted = told.clients_list ? { clients: told.clients_list.length } : {};
  return { ...told, ...link, ...counted };
}

/** What an update leaves out stays as it was when the server started. */
export function carriedOver(told: Told, before: Told): Told {
  const kept = startOnly.flatMap(name => (before[name] === undefined ? [] : [[name, before[name]] as const]));
  return { ...told, ...Object.fromEntries(kept) };
}

/** A packet without data, of nobody yet: the server gives whoever sends it a peer id. */
export const hello = Buffer.from('4f45740300000001', 'hex');

/**
 * `4f 45 74 03 00 01 00 03 ff dc 00 01 <peer id>`: from the server, reliable, control, the id that it gave. It is repeated
 * until the peer acknowledges it or leaves.
 */
export function parsePeerId(bytes: Buffer): number | undefined {
  if (bytes.length < 14 || bytes.readUInt32BE(0) !== 0x4f457403 || bytes.readUInt16BE(4) !== 1) return undefined;
  return bytes[11] === 1 ? bytes.readUInt16BE(12) : undefined;
}

/** The peer of that id leaves. */
export const formatBye = (peerId: number): Buffer =>
  Buffer.from([0x4f, 0x45, 0x74, 0x03, peerId >> 8, peerId & 0xff, 0, 0, 3]);
