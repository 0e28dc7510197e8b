// What a Teeworlds or DDNet server says of itself when it is asked. Pure. Sources: CServer::GenerateServerInfo of 0.7,
// CServer::SendServerInfo of 0.6 and of DDNet.
import { fromUtf8 } from '../../base/bytes.ts';
import type { Version } from './wire.ts';

/**
 * Behind `inf3`, or `iext` in DDNet's longer form. Texts end with 00; in 0.6 numbers are texts too.
 *
 *     0.6    token  version  name  map  type  flags  players  room  clients  room …
 *     iext   token  version  name  map  <crc>  <size>  type  flags  players  room  clients  room …
 *     0.7    token  version  name  <host name>  map  type  flags  <skill>  players  room  clients  room …
 *
 * Then those who play, whose names nobody here wants to know.
 */
export type Info = {
  readonly token: number;
  readonly version: string;
  readonly name: string;
  readonly map: string;
  readonly gametype: string;
  readonly passworded: boolean;
  /** All who are there, spectators too, and for how many there is room. */
  readonly clients: number;
  readonly maxClients: number;
};

/** Texts of 256 bytes at most in all versions. */
const textBytesMax = 256;
/** No engine of the family has room for more than 128; some modified ones count otherwise. */
const clientsMax = 1_024;
const passwordFlag = 1;

/** Undefined when it is cut short or says what cannot be. */
export function parseInfo(body: Buffer, form: Version | 'iext'): Info | undefined {
  const reader = new Reader(body);
  const number = form === '0.7' ? () => reader.int() : () => reader.decimal();
  const token = number();
  const [version, name] = [reader.text(), reader.text()];
  if (form === '0.7') reader.text();
  const map = reader.text();
  if (form === 'iext') [reader.decimal(), reader.decimal()];
  const gametype = reader.text();
  const flags = number();
  if (form === '0.7') number();
  const [, , clients, maxClients] = [number(), number(), number(), number()];
  if (reader.failed || clients < 0 || clients > clientsMax || maxClients < 1 || maxClients > clientsMax) {
    return undefined;
  }
  const passworded = (flags & passwordFlag) !== 0;
  return { token, version, name, map, gametype, passworded, clients, maxClients };
}

class Reader {
  failed = false;
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  text(): string {
    const end = this.#bytes.indexOf(0, this.#at);
    if (end < 0 || end - this.#at > textBytesMax) this.failed = true;
    if (this.failed) return '';
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end + 1;
    return fromUtf8(bytes) ?? bytes.toString('latin1');
  }

  decimal(): number {
    const text = this.text();
    if (!/^-?[0-9]{1,10}$/.test(text)) this.failed = true;
    return Number(text);
  }

  /** Six bits and a sign, then seven bits a byte, the lowest first; the highest bit says that more follow. */
  int(): number {
    const first = this.#byte();
    let value = first & 0x3f;
    for (let shift = 6, more = first; (more & 0x80) !== 0 && shift < 32 && !this.failed; shift += 7) {
      more = this.#byte();
      value |= (more & 0x7f) << shift;
    }
    return (first & 0x40) === 0 ? value : ~value;
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) this.failed = true;
    return byte ?? 0;
  }
}
