// The lines of Cube 2's master server and of Red Eclipse's, which grew out of it, and the datagram that asks a server how it
// is. Pure. Sources: Sauerbraten's and Red Eclipse's master.cpp, and what Debian's cube2-server was seen to send.
import { tidyText } from '../../base/text.ts';

/**
 * What comes in over TCP, one a line:
 *
 *     regserv 28785                                  Cube 2: a server, every hour, on a connection that it holds open
 *     server 28801 * 229 "Bob's place" 0 "stable"    Red Eclipse: port, own address or *, version, name, statistics, branch
 *     list      GET /list HTTP/1.1                   a client
 *     update    version                              Red Eclipse's: version and list, version alone
 *     reqauth 7 bob      reqserverauth bob           a server asks who a player is, or tells who it is itself
 */
export type Line =
  | { readonly kind: 'register'; readonly dialect: Dialect; readonly port: number; readonly words: ServerWords }
  | { readonly kind: 'list'; readonly version: boolean; readonly servers: boolean }
  | { readonly kind: 'auth'; readonly id: string; readonly server: boolean }
  | { readonly kind: 'quiet' };

export type Dialect = 'cube2' | 'redeclipse';

/** What only Red Eclipse's servers say. */
export type ServerWords = {
  readonly address: string;
  readonly version: string;
  readonly name: string;
  readonly branch: string;
};

/** The masters' own bound for what they read. */
export const inputBytesMax = 4_096;
const wordsMax = 24;

/** Undefined when a line means nothing. */
export function parseLine(text: string): Line | undefined {
  const http = text.startsWith('GET /');
  const words = wordsOf(http ? text.slice('GET /'.length) : text);
  const [command, first = '', second = '*', third = ''] = words;
  if (command === 'list' || command === 'update' || command === 'version') {
    return { kind: 'list', version: command !== 'list', servers: command !== 'version' };
  }
  if (http) return undefined;
  if (command === 'regserv' || command === 'server') {
    const port = /^[0-9]{1,5}$/.test(first) ? Number(first) : 0;
    // The port for questions is the next one.
    if (port < 1 || port > 65_534) return undefined;
    const dialect = command === 'regserv' ? 'cube2' : 'redeclipse';
    const [, , , , name = '', , branch = ''] = words;
    return { kind: 'register', dialect, port, words: { address: second, version: third, name, branch } };
  }
  if (command === 'reqauth' || command === 'reqserverauth') {
    return /^[0-9]{1,10}$|^$/.test(command === 'reqauth' ? first : '')
      ? { kind: 'auth', id: first, server: command === 'reqserverauth' }
      : undefined;
  }
  // Answers to challenges that were never set, statistics, and the rest of an HTTP request.
  return command === undefined || quiet.has(command) ? { kind: 'quiet' } : undefined;
}

const quiet = new Set(['confauth', 'confserverauth', 'quick', 'reqauthstats', 'stats']);

/** Cube script's words: bare, or in quotes with `^n`, `^t`, `^f`, `^"`, `^^`. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const [it, quoted, bare] of text.matchAll(/;|"((?:\^.|[^"^])*)"?|([^\s";]+)/g)) {
    // A second command behind the first: the masters read one a line.
    if (it === ';') break;
    words.push(quoted === undefined ? bare! : quoted.replace(/\^(.)/g, (_, it: string) => escapes[it] ?? it));
    if (words.length === wordsMax) break;
  }
  return words;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', f: '\f' };

const escaped = (text: string): string =>
  `"${text.replace(/["^\n\t\f]/g, it => `^${{ '\n': 'n', '\t': 't', '\f': 'f' }[it] ?? it}`)}"`;

/** `addserver 203.0.113.7 28785`, one a server, and a NUL at the end. */
export const formatCube2List = (servers: readonly ListedServer[]): Buffer =>
  Buffer.from(`${servers.map(({ host, port }) => `addserver ${host} ${port}\n`).join('')}\0`, 'latin1');

/** `addserver 203.0.113.7 28801 0 "Bob's place" "" "" "stable"` behind `clearservers`. */
export const formatRedEclipseList = (servers: readonly ListedServer[]): Buffer =>
  Buffer.from(
    [
      'clearservers\n',
      ...servers.map(
        ({ host, port, name, branch }) =>
          `addserver ${host} ${port} 0 ${escaped(latin1(name))} "" "" ${escaped(latin1(branch))}\n`,
      ),
    ].join(''),
    'latin1',
  );

export type ListedServer = {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  readonly branch: string;
};

/** What the engine's own character set has not, and what would end a line. */
const latin1 = (text: string): string => text.replace(/[^\x20-\x7e\xa0-\xff]/g, '?');

/** `addgban 203.0.113` bars that /24 from playing; other lengths are written with a slash. */
export const formatBans = (ranges: readonly string[]): string =>
  ['cleargbans\n', ...ranges.flatMap(range => banOf(range)).map(ban => `addgban ${ban}\n`)].join('');

function banOf(range: string): string[] {
  const [, address, bits] = /^(\d+\.\d+\.\d+\.\d+)(?:\/(\d+))?$/.exec(range) ?? [];
  if (address === undefined) return [];
  const length = Number(bits ?? 32);
  return [length > 0 && length % 8 === 0 ? address.split('.', length / 8).join('.') : `${address}/${length}`];
}

/** What a server tells of itself over UDP, on the port above the game's. */
export type Info = {
  readonly players: number;
  /** Cube 2: version, mode, time left, room, … Red Eclipse: version, mode, mutators, time left, room, … */
  readonly attributes: readonly number[];
  readonly map: string;
  readonly name: string;
};

/** More than any of the family has; extended answers, which have other forms, are not asked for. */
const attributesMax = 64;

/**
 * An answer is the question, byte for byte, then numbers and texts as the engine packs them:
 *
 *     <question> 00 05 80 04 01 00 00 0c 00 00 "name" 00      nobody plays, 5 attributes: 260, 0, 0, 12, 0
 */
export function parseInfo(bytes: Buffer, question: Uint8Array): Info | undefined {
  if (!bytes.subarray(0, question.length).equals(question)) return undefined;
  const reader = new Reader(bytes, question.length);
  const [players, count] = [reader.int(), reader.int()];
  if (players < 0 || count < 0 || count > attributesMax) return undefined;
  const attributes = Array.from({ length: count }, () => reader.int());
  const [map, name] = [reader.text(), reader.text()];
  return reader.overrun ? undefined : { players, attributes, map, name };
}

class Reader {
  overrun = false;
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** One byte; behind 80 two, behind 81 four, little-endian. */
  int(): number {
    const first = this.#take(1)?.readInt8() ?? 0;
    if (first === -128) return this.#take(2)?.readInt16LE() ?? 0;
    if (first === -127) return this.#take(4)?.readInt32LE() ?? 0;
    return first;
  }

  /** Each character is a number; 0 ends it. */
  text(): string {
    const characters: number[] = [];
    for (let it = this.int(); it !== 0 && !this.overrun; it = this.int()) characters.push(it & 0xff);
    return Buffer.from(characters).toString('latin1');
  }

  #take(length: number): Buffer | undefined {
    const end = this.#at + length;
    if (end > this.#bytes.length) this.overrun = true;
    const bytes = this.overrun ? undefined : this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }
}

/** Names and maps without colours: `\f3`, and Red Eclipse's `\f[0xFF0000]`, `\f{icon}`, `\f(icon)`. */
export const plainText = (text: string, graphemesMax: number): string =>
  tidyText(text.replace(/\f(?:\[[^\]]*\]|\{[^}]*\}|\([^)]*\)|.|$)/g, ''), graphemesMax);
