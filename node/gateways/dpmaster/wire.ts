// The bytes of dpmaster and of Quake III's master, which it grew out of. Pure.
// Source: dpmaster's doc/techinfo.txt, and what OpenArena and qstat were seen to send.
import type { Address } from '../../base/address.ts';

/**
 * What comes in, behind `ff ff ff ff`:
 *
 *     heartbeat QuakeArena-1\n                              a server, every few minutes
 *     infoResponse\n\protocol\71\clients\0\…\challenge\…    a server that was asked
 *     getservers 71 empty full                              a client that names no game
 *     getservers Nexuiz 3 empty full gametype=ctf           a client that does
 *     getserversExt Quake3Arena 71 empty full ipv4 ipv6     the same for both kinds of addresses
 */
export type Message =
  | { readonly kind: 'heartbeat'; readonly tag: string }
  | { readonly kind: 'info'; readonly info: ReadonlyMap<string, string> }
  | { readonly kind: 'query'; readonly query: Query };

export type Query = {
  readonly extended: boolean;
  /** Undefined when the client names no game: then its protocol says which. */
  readonly gamename: string | undefined;
  readonly protocol: string;
  readonly empty: boolean;
  readonly full: boolean;
  readonly gametype: string | undefined;
  readonly ipv4: boolean;
  readonly ipv6: boolean;
};

/** dpmaster's own limit for what it reads. */
export const packetBytesMax = 2_048;
/** … and for what it sends: it fits every path. */
export const responseBytesMax = 1_400;
/** dpmaster reads values of at most 255 bytes; a map name or host name is far shorter. */
const valueLengthMax = 255;
/** More pairs than any engine sends in an infoResponse. */
const pairsMax = 64;
const tagLengthMax = 63;
/** Further words of a query mean nothing to anybody. */
const wordsMax = 16;

const prefix = Buffer.from([0xff, 0xff, 0xff, 0xff]);

/** Undefined when the bytes are none of these. */
export function parse(bytes: Buffer): Message | undefined {
  if (bytes.length > packetBytesMax || !bytes.subarray(0, prefix.length).equals(prefix)) return undefined;
  // Engines of 1999: one byte is one character.
  const text = bytes.toString('latin1', prefix.length);
  const [, word, rest = ''] = /^(heartbeat |infoResponse\n|getserversExt |getservers )(.*)$/s.exec(text) ?? [];
  if (word === 'heartbeat ') return heartbeat(rest);
  if (word === 'infoResponse\n') return info(rest);
  if (word === undefined) return undefined;
  return query(rest, word === 'getserversExt ');
}

function heartbeat(rest: string): Message | undefined {
  const [, tag] = /^([\x21-\x7e]+)[\n\0 ]*$/.exec(rest) ?? [];
  return tag !== undefined && tag.length <= tagLengthMax ? { kind: 'heartbeat', tag } : undefined;
}

function info(rest: string): Message | undefined {
  // Some engines end it with a NUL or a line feed, or begin a second line with players.
  const [line = ''] = rest.split(/[\n\0]/, 1);
  const [before, ...parts] = line.split('\\');
  if (before !== '' || parts.length % 2 !== 0 || parts.length > 2 * pairsMax) return undefined;
  const pairs = new Map<string, string>();
  for (let i = 0; i < parts.length; i += 2) {
    const [key, value] = [parts[i]!, parts[i + 1]!];
    if (key.length > valueLengthMax || value.length > valueLengthMax) return undefined;
    // As dpmaster has it, the first one counts.
    if (!pairs.has(key)) pairs.set(key, value);
  }
  return { kind: 'info', info: pairs };
}

const gametypeWords: Readonly<Record<string, string>> = { ffa: '0', tourney: '1', team: '3', ctf: '4' };

function query(rest: string, extended: boolean): Message | undefined {
  const words = rest.split(/[\s\0]+/).filter(word => word !== '');
  if (words.length > wordsMax) return undefined;
  // ioquake3 names no game even in some extended questions.
  const anonymous = isProtocol(words[0] ?? '');
  const [gamename, protocol = ''] = anonymous ? [undefined, words[0]] : words;
  if (!isProtocol(protocol)) return undefined;
  const options = words.slice(anonymous ? 1 : 2);
  const has = (option: string) => options.includes(option);
  const gametype = options.map(gametypeOf).findLast(it => it !== undefined);
  const either = !has('ipv4') && !has('ipv6');
  return {
    kind: 'query',
    query: {
      extended,
      gamename,
      protocol: String(Number(protocol)),
      empty: has('empty'),
      full: has('full'),
      gametype,
      ipv4: !extended || either || has('ipv4'),
      ipv6: extended && (either || has('ipv6')),
    },
  };
}

const isProtocol = (word: string): boolean => /^-?[0-9]{1,9}$/.test(word);

const gametypeOf = (option: string): string | undefined =>
  option.startsWith('gametype=')
    ? option.slice('gametype='.length)
    : Object.hasOwn(gametypeWords, option)
      ? gametypeWords[option]
      : undefined;

/** `getinfo <challenge>`: printable characters without `\ / ; " %`. */
export const formatGetInfo = (challenge: string): Buffer =>
  Buffer.concat([prefix, Buffer.from(`getinfo ${challenge}`, 'latin1')]);

/** One server in an answer: `\` and IPv4, or `/` and IPv6, then the port, big-endian. */
export function formatEntry({ kind, host, port }: Address): Buffer {
  const address = kind === 'ipv6' ? ipv6Bytes(host) : Buffer.from(host.split('.').map(Number));
  return Buffer.concat([Buffer.from(kind === 'ipv6' ? '/' : '\\'), address, Buffer.from([port >> 8, port & 0xff])]);
}

/** RFC 5952 text, as all our addresses are, to 16 bytes. */
function ipv6Bytes(host: string): Buffer {
  const [head = '', tail] = host.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':').map(group => Number.parseInt(group, 16)));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const zeros = tail === undefined ? [] : Array<number>(8 - before.length - after.length).fill(0);
  return Buffer.from([...before, ...zeros, ...after].flatMap(group => [group >> 8, group & 0xff]));
}

/** The packets of an answer: entries in order, as many packets as they take, the end marked in the last one only. */
export function formatServers(entries: readonly Uint8Array[], extended: boolean): Buffer[] {
  const header = Buffer.concat([prefix, Buffer.from(extended ? 'getserversExtResponse' : 'getserversResponse')]);
  const packets: Buffer[] = [];
  let parts: Uint8Array[] = [header];
  let size = header.length;
  const flush = () => {
    packets.push(Buffer.concat(parts));
    parts = [header];
    size = header.length;
  };
  for (const entry of [...entries, endOfTransmission]) {
    if (size + entry.length > responseBytesMax) flush();
    parts.push(entry);
    size += entry.length;
  }
  flush();
  return packets;
}

const endOfTransmission = Buffer.from('\\EOT\0\0\0', 'latin1');
