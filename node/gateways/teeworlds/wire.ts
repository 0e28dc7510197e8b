// The datagrams of Teeworlds' master servers, 0.6 and 0.7. Pure. Sources: mastersrv.h and network.cpp of both, and what
// Debian's teeworlds-server 0.7.5 was seen to send.
import ipaddr from 'ipaddr.js';
import type { Address } from '../../base/address.ts';

export type Version = '0.6' | '0.7';

/**
 * Both versions say the same words, behind `ff ff ff ff`; what stands before that differs:
 *
 *     0.6   ff ff ff ff ff ff                       what it is does not matter, but for the flag of a connectionless datagram
 *     0.7   21 <token of the receiver> <token of the sender>
 *
 * In 0.7 nobody is heard before he has asked for a token, and repeats it:
 *
 *     04 00 00 ff ff ff ff 05 <own token> + zeros to 520 bytes      a request: padded, so that the answer is smaller
 *     04 00 00 <own token> 05 <token for whoever has that address>
 */
export type Message =
  /** `own`: what the sender wants to see before whatever is sent to him. */
  | { readonly kind: 'token'; readonly own: Buffer }
  | {
      readonly kind: 'word';
      readonly word: Word;
      /** In 0.7 what the sender was told, in hex; in 0.6 empty. */
      readonly token: string;
      readonly own: Buffer;
      readonly body: Buffer;
    };

/**
 *     cou2 → siz2 <servers, 2 bytes>      bea2 <port, 2 bytes>, every 15 s      fwok      fwer
 *     req2 → lis2 <address, 16 bytes; port, 2 bytes>…      gie3 <token> → inf3 <token> …
 *
 * `fw??` and `fw!!` asked whether a server can be reached: here `gie3` does, which proves more.
 */
export type Word = (typeof words)[number];
const words = ['bea2', 'cou2', 'req2', 'inf3', 'fw!!', 'siz2', 'lis2', 'gie3', 'fwok', 'fwer'] as const;

/** NET_MAX_PACKETSIZE. */
export const packetBytesMax = 1_400;
/** What has to come with a token request: NET_TOKENREQUEST_DATASIZE behind eight bytes. */
export const tokenRequestBytes = 8 + 512;
const prefix = Buffer.alloc(4, 0xff);
const header06 = Buffer.alloc(6, 0xff);
const tokenBytes = 4;
const headerBytes = { '0.6': header06.length, '0.7': 1 + 2 * tokenBytes } as const;
/** In 0.6 the second bit of the upper half, in 0.7 the connectionless flag with version 1. */
const connectionless = { '0.6': (flags: number) => (flags & 0x20) !== 0, '0.7': (flags: number) => flags === 0x21 };
const control = 0x04;
const tokenMessage = 0x05;
const nobody = Buffer.alloc(0);

/** Undefined when a datagram means nothing. */
export function parse(bytes: Buffer, version: Version): Message | undefined {
  if (version === '0.7' && bytes[0] === control) return parseToken(bytes);
  const begin = headerBytes[version];
  if (bytes.length < begin + 8 || !connectionless[version](bytes[0]!)) return undefined;
  if (!bytes.subarray(begin, begin + 4).equals(prefix)) return undefined;
  const text = bytes.toString('latin1', begin + 4, begin + 8);
  const word = words.find(it => it === text);
  if (!word) return undefined;
  const tokens = version === '0.7' ? bytes.subarray(1, begin) : nobody;
  const token = tokens.toString('hex', 0, tokenBytes);
  return { kind: 'word', word, token, own: tokens.subarray(tokenBytes), body: bytes.subarray(begin + 8) };
}

function parseToken(bytes: Buffer): Message | undefined {
  const asks = bytes.length >= tokenRequestBytes && bytes.subarray(3, 7).equals(prefix) && bytes[7] === tokenMessage;
  return asks ? { kind: 'token', own: bytes.subarray(8, 8 + tokenBytes) } : undefined;
}

/** The answer to a token request: `own` is the sender's, `token` what he has to repeat. */
export const formatToken = (own: Uint8Array, token: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([control, 0, 0]), own, Buffer.from([tokenMessage]), token]);

export const formatTokenRequest = (own: Uint8Array): Buffer =>
  Buffer.concat([formatToken(prefix, own), Buffer.alloc(tokenRequestBytes)]).subarray(0, tokenRequestBytes);

/** What a game server answers to a token request that carried `own`. */
export function parseTokenAnswer(bytes: Buffer, own: Uint8Array): Buffer | undefined {
  const begin = formatToken(own, nobody);
  return bytes.length === begin.length + tokenBytes && bytes.subarray(0, begin.length).equals(begin)
    ? bytes.subarray(begin.length)
    : undefined;
}

/** What stands before a word. 0.7: the receiver's token first. */
export const header = (theirs?: Uint8Array, ours?: Uint8Array): Buffer =>
  theirs && ours ? Buffer.concat([Buffer.from([0x21]), theirs, ours]) : header06;

export const formatWord = (head: Uint8Array, word: Word, body: Uint8Array = nobody): Buffer =>
  Buffer.concat([head, prefix, Buffer.from(word), body]);

/** One server in `lis2`: IPv6, or IPv4 as `::ffff:203.0.113.7`, and the port, big-endian. */
export function formatEntry({ host, port }: Address): Buffer {
  const ip = ipaddr.parse(host);
  const bytes = ip instanceof ipaddr.IPv4 ? ip.toIPv4MappedAddress().toByteArray() : ip.toByteArray();
  return Buffer.from([...bytes, port >> 8, port & 0xff]);
}
