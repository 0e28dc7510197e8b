// Reads announcements as they are nearly always written: canonical, in printable ASCII without escapes. One pass over the
// bytes does what decoding, JSON.parse, formatting again and comparing do, in a third of the time. It takes nothing that
// they would refuse, and leaves to them whatever it does not know.
import { utf8 } from '../base/encoding.ts';
import type { Announcement } from './announcement.ts';

/**
 * The fields of an announcement in canonical form, yet to be judged: any text may stand in them, and any number of up to 15
 * digits. Undefined for all else, be it wrong or only unusual.
 */
export function readUsual(bytes: Uint8Array): Announcement | undefined {
  const read = new Reader(bytes);
  const announcer = read.text(heads.announcer);
  const server = read.text(heads.server);
  const game = read.text(heads.game);
  const name = read.text(heads.name);
  const addresses = read.texts(heads.addresses);
  const state = read.text(heads.state);
  const version = read.text(heads.version);
  const tags = read.texts(heads.tags);
  const attributes = read.pairs(heads.attributes);
  const issuedAt = read.number(heads.issuedAt);
  const expiresAt = read.number(heads.expiresAt);
  const signature = read.text(heads.signature);
  read.pass(end);
  if (!read.isWhole || (state !== 'up' && state !== 'left')) return undefined;
  return { announcer, server, game, name, addresses, state, version, tags, attributes, issuedAt, expiresAt, signature };
}

/** What stands before the value of each field, and behind the last. */
const heads = {
  announcer: utf8('{\n  "announcer": '),
  server: utf8(',\n  "server": '),
  game: utf8(',\n  "game": '),
  name: utf8(',\n  "name": '),
  addresses: utf8(',\n  "addresses": '),
  state: utf8(',\n  "state": '),
  version: utf8(',\n  "version": '),
  tags: utf8(',\n  "tags": '),
  attributes: utf8(',\n  "attributes": '),
  issuedAt: utf8(',\n  "issuedAt": '),
  expiresAt: utf8(',\n  "expiresAt": '),
  signature: utf8(',\n  "signature": '),
};
const end = utf8('\n}\n');
const noTexts = utf8('[]');
const textsBegin = utf8('[\n    ');
const textsEnd = utf8('\n  ]');
const noPairs = utf8('{}');
const pairsBegin = utf8('{\n    ');
const pairsEnd = utf8('\n  }');
const next = utf8(',\n    ');
const colon = utf8(': ');

const [quote, backslash, comma, zero] = [0x22, 0x5c, 0x2c, 0x30];
/** Behind the bytes that are read stands one that fits nowhere. */
const nothing = 0;
/** What is read is copied to here first: a view of each announcement would be as much garbage as half of what is read of it. */
let room = Buffer.allocUnsafeSlow(4_096);
/** 10^15 is exact, and lies 30,000 years ahead. */
const digitsMax = 15;

/** Goes through bytes from the front. Once something is not as expected it stays where it is, and is never whole. */
class Reader {
  readonly #bytes: Buffer;
  readonly #length: number;
  #at = 0;
  #failed = false;

  constructor(bytes: Uint8Array) {
    if (bytes.length >= room.length) room = Buffer.allocUnsafeSlow(bytes.length + 1);
    room.set(bytes);
    room[bytes.length] = nothing;
    this.#bytes = room;
    this.#length = bytes.length;
  }

  /** Everything was as expected, and nothing is left. */
  get isWhole(): boolean {
    return !this.#failed && this.#at === this.#length;
  }

  /** Whether these bytes come next; then they are behind. */
  pass(expected: Uint8Array): void {
    if (this.#failed) return;
    if (this.#isNext(expected)) this.#at += expected.length;
    else this.#failed = true;
  }

  text(head: Uint8Array): string {
    this.pass(head);
    return this.#text();
  }

  texts(head: Uint8Array): string[] {
    this.pass(head);
    if (this.#isNext(noTexts)) {
      this.pass(noTexts);
      return [];
    }
    this.pass(textsBegin);
    let texts = [this.#text()];
    while (this.#hasMore()) {
      this.pass(next);
      // A new array of just this length: one that grows, or is spread, keeps room for 16 more.
      texts = texts.concat([this.#text()]);
    }
    this.pass(textsEnd);
    return texts;
  }

  /** Keys in ascending order; none that JavaScript would treat as something else than a name. */
  pairs(head: Uint8Array): Record<string, string> {
    this.pass(head);
    const pairs: Record<string, string> = {};
    if (this.#isNext(noPairs)) {
      this.pass(noPairs);
      return pairs;
    }
    this.pass(pairsBegin);
    for (let before = ''; !this.#failed; ) {
      const key = this.#text();
      // `__proto__` would set no field, and numbers would come first, whatever stands before them.
      if (key <= before || !startsWithLetter(key)) this.#failed = true;
      this.pass(colon);
      const value = this.#text();
      if (this.#failed) break;
      pairs[key] = value;
      if (!this.#hasMore()) break;
      this.pass(next);
      before = key;
    }
    this.pass(pairsEnd);
    return pairs;
  }

  number(head: Uint8Array): number {
    this.pass(head);
    const start = this.#at;
    let value = 0;
    for (let digit = this.#digit(); digit >= 0 && digit <= 9; digit = this.#digit()) {
      value = value * 10 + digit;
      this.#at++;
    }
    const length = this.#at - start;
    // No time begins with a zero.
    if (length === 0 || length > digitsMax || this.#bytes[start] === zero) this.#failed = true;
    return value;
  }

  /** A copy: part of a decoded text would keep all of it in memory. */
  #text(): string {
    const bytes = this.#bytes;
    if (this.#failed || bytes[this.#at] !== quote) {
      this.#failed = true;
      return '';
    }
    const start = this.#at + 1;
    let at = start;
    for (let byte = bytes[at]; byte !== quote; byte = bytes[++at]) {
      if (byte === undefined || byte < 0x20 || byte > 0x7e || byte === backslash) {
        this.#failed = true;
        return '';
      }
    }
    this.#at = at + 1;
    return bytes.toString('latin1', start, at);
  }

  #digit(): number {
    return (this.#bytes[this.#at] ?? 0) - zero;
  }

  #hasMore(): boolean {
    return !this.#failed && this.#bytes[this.#at] === comma;
  }

  #isNext(expected: Uint8Array): boolean {
    const bytes = this.#bytes;
    for (let i = 0; i < expected.length; i++) if (bytes[this.#at + i] !== expected[i]) return false;
    return true;
  }
}

const startsWithLetter = (key: string): boolean => key >= 'a' && key < '{';
