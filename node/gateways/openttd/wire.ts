// The packets of OpenTTD's game coordinator. Pure. Sources: tcp_coordinator.h, and what Debian's openttd 13.0 was seen to send.
import { formatGameInfo, type GameInfo, parseGameInfo } from './game-info.ts';
import { Reader, Writer } from './packet.ts';

/** Of the coordinator's protocol: NETWORK_COORDINATOR_VERSION was 1 in OpenTTD 12 and is 6 since 13. */
const versionMax = 255;

/**
 * What comes in. Each packet is its length (two bytes, little-endian, itself counted), its type, and numbers and texts:
 *
 *     01 REGISTER        version  kind of game  port  invite code  secret      texts are empty the first time
 *     03 UPDATE          version  game info, every 30 s
 *     04 LISTING         version  version of the game info  revision
 *     06 CONNECT         version  invite code
 *     08 CONNECT_FAILED  version  token  tracking number
 *     0a CONNECTED       version  token
 *     0d STUN_RESULT     version  token …
 */
export type Said =
  | { readonly kind: 'register'; readonly game: 'local' | 'public' | 'invite-only'; readonly port: number }
  | { readonly kind: 'update'; readonly info: GameInfo }
  | { readonly kind: 'listing'; readonly infoVersion: number }
  | { readonly kind: 'connect'; readonly code: string }
  | { readonly kind: 'connect-failed'; readonly token: string }
  | { readonly kind: 'quiet' };

const games = ['local', 'public', 'invite-only'] as const;
/** NETWORK_INVITE_CODE_LENGTH and NETWORK_TOKEN_LENGTH; secrets are as long. */
const textBytesMax = 64;
/** TCP_MTU. */
export const packetBytesMax = 32_767;
const headBytes = 3;

/** `bytes` is how long the first packet is; 0 when there is no whole one yet; undefined when there never will be. */
export function packetLength(buffered: Buffer): number | undefined {
  if (buffered.length < 2) return 0;
  const length = buffered.readUInt16LE();
  if (length < headBytes || length > packetBytesMax) return undefined;
  return length <= buffered.length ? length : 0;
}

/** Undefined when a packet means nothing. */
export function parse(packet: Buffer): Said | undefined {
  const reader = new Reader(packet.subarray(headBytes));
  const type = packet[2]!;
  const version = reader.uint8();
  const said = version >= 1 && version <= versionMax ? saidIn(type, reader) : undefined;
  return reader.failed ? undefined : said;
}

function saidIn(type: number, reader: Reader): Said | undefined {
  switch (type) {
    case 0x01: {
      const [game, port] = [games[reader.uint8()], reader.uint16()];
      reader.text(textBytesMax);
      reader.text(textBytesMax);
      return game && port > 0 ? { kind: 'register', game, port } : undefined;
    }
    case 0x03: {
      const info = parseGameInfo(reader);
      return info && { kind: 'update', info };
    }
    case 0x04:
      return { kind: 'listing', infoVersion: reader.uint8() };
    case 0x06:
      return { kind: 'connect', code: reader.text(textBytesMax) };
    case 0x08:
      return { kind: 'connect-failed', token: reader.text(textBytesMax) };
    case 0x0a:
    case 0x0d:
      return { kind: 'quiet' };
    default:
      return undefined;
  }
}

/** What the client calls a failure: 1, a registration; 2, an invite code that there is not. */
export type Failure = 1 | 2;
export const formatError = (failure: Failure, detail: string): Buffer =>
  new Writer(0x00).uint8(failure).text(detail).packet();

/** How others can connect: as they are, or, as far as this coordinator can tell, not at all. */
export type Connection = 'isolated' | 'direct';
export const formatAck = (code: string, secret: string, connection: Connection): Buffer =>
  new Writer(0x02)
    .text(code)
    .text(secret)
    .uint8(connection === 'direct' ? 2 : 1)
    .packet();

export const formatConnecting = (token: string, code: string): Buffer =>
  new Writer(0x07).text(token).text(code).packet();
export const formatConnectFailed = (token: string): Buffer => new Writer(0x09).text(token).packet();
/** The number tells tries apart; there is only one. */
export const formatDirectConnect = (token: string, host: string, port: number): Buffer =>
  new Writer(0x0b).text(token).uint8(0).text(host).uint16(port).packet();

/** SEND_MTU_SHORT of old clients; they read as many packets as there are. */
const listingBytesMax = 1_460;

export type ListedServer = { readonly where: string; readonly info: GameInfo };

/** `<count, 2 bytes>`, then for each `203.0.113.7:3979` and its game info; a packet with none ends it. */
export function formatListing(servers: readonly ListedServer[], infoVersion: number): Buffer {
  const packets: Buffer[] = [];
  let entries: Buffer[] = [];
  let size = 0;
  const flush = () => {
    packets.push(new Writer(0x05).uint16(entries.length).bytes(Buffer.concat(entries)).packet());
    entries = [];
    size = 0;
  };
  for (const { where, info } of servers) {
    const entry = formatGameInfo(new Writer(0).text(where), info, infoVersion).body();
    if (entries.length > 0 && headBytes + 2 + size + entry.length > listingBytesMax) flush();
    entries.push(entry);
    size += entry.length;
  }
  if (entries.length > 0) flush();
  flush();
  return Buffer.concat(packets);
}

/** What a game server is asked at its own port, and its answer: the game info, and nothing else. */
export const gameInfoQuestion = new Writer(0x07).packet();
export function parseGameInfoAnswer(packet: Buffer): GameInfo | undefined {
  return packet[2] === 0x06 ? parseGameInfo(new Reader(packet.subarray(headBytes))) : undefined;
}
