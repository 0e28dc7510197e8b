// What DDNet's servers and clients say to their master server over HTTP, and the datagram that proves a port. Pure. Sources:
// DDNet's mastersrv (main.rs), register.cpp and serverinfo.cpp.
import { fromUtf8 } from '../../base/bytes.ts';
import { fault, type Parsed, parsed } from '../../base/verdict.ts';
import type { Version } from '../teeworlds/wire.ts';

/**
 * What a server says every 15 s, in headers; what it tells of itself is the body, when that is new:
 *
 *     POST /ddnet/15/register
 *     Address: tw-0.6+udp://connecting-address.invalid:8303
 *     Secret: 81fa3955-6f83-4290-818d-31c0906b1118
 *     Challenge-Secret: 81fa3955-6f83-4290-818d-31c0906b1118:tw0.6/ipv4
 *     Challenge-Token: once it was told one
 *     Connless-Token: 1a2b3c4d, for 0.7 only
 *     Info-Serial: 3
 *     Action: delete, when it stops
 */
export type Said = {
  readonly version: Version;
  readonly port: number;
  readonly secret: string;
} & (
  | { readonly action: 'delete' }
  | {
      readonly action: 'register';
      readonly challengeSecret: string;
      readonly challengeToken: string | undefined;
      readonly connlessToken: Buffer | undefined;
      readonly serial: number;
      readonly info: Info | undefined;
    }
);

/** What is kept of a body; who plays is asked over UDP. */
export type Info = {
  readonly name: string;
  readonly version: string;
  readonly gametype: string;
  readonly passworded: boolean;
};

/** DDNet's servers have a buffer of 16 KiB for it, later ones of 32. */
export const bodyBytesMax = 32 * 1024;
/** The original's. */
const headerCharactersMax = 64;

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A fault names the header. */
export function parseSaid(headers: Headers, body: Buffer): Parsed<Said> {
  const at = /^tw-(0\.[67])\+udp:\/\/connecting-address\.invalid:([1-9][0-9]{0,4})$/.exec(text(headers, 'address'));
  const port = Number(at?.[2]);
  if (!at || port > 65_535) {
    return wrong('Address', 'must be tw-0.6+udp://connecting-address.invalid:PORT, or tw-0.7+udp');
  }
  const version = at[1] as Version;
  const secret = text(headers, 'secret');
  if (secret === '') return wrong('Secret', 'is missing or longer than 64 characters');
  const action = text(headers, 'action') || 'register';
  if (action === 'delete') return parsed({ action, version, port, secret });
  if (action !== 'register') return wrong('Action', 'must be register or delete');
  const challengeSecret = text(headers, 'challenge-secret');
  if (challengeSecret === '') return wrong('Challenge-Secret', 'is missing or longer than 64 characters');
  const serial = text(headers, 'info-serial');
  if (!/^-?[0-9]{1,15}$/.test(serial)) return wrong('Info-Serial', 'must be a number');
  const connless = text(headers, 'connless-token');
  if (version === '0.7' && !/^[0-9a-f]{8}$/i.test(connless)) {
    return wrong('Connless-Token', 'must be eight hexadecimal digits for tw-0.7+udp');
  }
  const info = body.length === 0 ? parsed(undefined) : parseInfo(headers, body);
  if (!info.ok) return info;
  return parsed({
    action,
    version,
    port,
    secret,
    challengeSecret,
    challengeToken: text(headers, 'challenge-token') || undefined,
    connlessToken: version === '0.7' ? Buffer.from(connless, 'hex') : undefined,
    serial: Number(serial),
    info: info.value,
  });
}

function parseInfo(headers: Headers, body: Buffer): Parsed<Info> {
  if (!/^application\/json(?:;|$)/i.test(text(headers, 'content-type'))) {
    return wrong('Content-Type', 'must be application/json');
  }
  let json: unknown;
  try {
    json = JSON.parse(fromUtf8(body) ?? '');
  } catch {
    return wrong('body', 'is not JSON');
  }
  const it = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>;
  const { name, version, game_type: gametype, passworded } = it;
  if (typeof name !== 'string') return wrong('body', 'has no text "name"');
  if (typeof version !== 'string') return wrong('body', 'has no text "version"');
  if (typeof gametype !== 'string') return wrong('body', 'has no text "game_type"');
  return parsed({ name, version, gametype, passworded: passworded === true });
}

/** Empty when it is not there, or not what a header of this protocol can be. */
function text(headers: Headers, name: string): string {
  const value = headers[name];
  return typeof value === 'string' && value.length <= headerCharactersMax && /^[\x20-\x7e]*$/.test(value) ? value : '';
}

const wrong = (where: string, what: string) => fault('BAD_REGISTRATION', where, what);

export type Status = 'success' | 'need_challenge' | 'need_info';
export const formatStatus = (status: Status): string => `${JSON.stringify({ status })}\n`;
export const formatError = (message: string): string => `${JSON.stringify({ status: 'error', message })}\n`;

/**
 * What proves that a server hears what is sent to its port:
 *
 *     0.6   ff*10 "chal" <Challenge-Secret> 00 <token> 00
 *     0.7   21 <Connless-Token> ff*8 "chal" …
 */
export function formatChallenge({ challengeSecret, connlessToken }: Challenged, token: string): Buffer {
  const head = connlessToken
    ? Buffer.concat([Buffer.from([0x21]), connlessToken, Buffer.alloc(8, 0xff)])
    : Buffer.alloc(10, 0xff);
  return Buffer.concat([head, Buffer.from(`chal${challengeSecret}\0${token}\0`)]);
}

type Challenged = Pick<Extract<Said, { action: 'register' }>, 'challengeSecret' | 'connlessToken'>;

export type ListedServer = Info & {
  /** `tw-0.6+udp://203.0.113.7:8303` */
  readonly addresses: readonly string[];
  readonly map: string;
  readonly players: number;
  readonly room: number;
};

/** Places that DDNet's client has for those who play; it counts them. */
const clientsMax = 128;

/**
 *     {"servers":[{"addresses":["tw-0.6+udp://203.0.113.7:8303"],"info":{"max_clients":64,"max_players":64,"passworded":false,
 *     "game_type":"DDraceNetwork","name":"Bob's","map":{"name":"Multeasymap"},"version":"0.6.4, 18.1","clients":[…]}}]}
 *
 * Clients count `clients`. A node knows how many there are, and not who: they have no names.
 */
export const formatServers = (servers: readonly ListedServer[]): string =>
  JSON.stringify({
    servers: servers.map(({ addresses, name, version, gametype, passworded, map, players, room }) => {
      const there = Math.min(players, clientsMax);
      const max = Math.max(room, there);
      return {
        addresses,
        info: {
          max_clients: max,
          max_players: max,
          passworded,
          game_type: gametype,
          name,
          map: { name: map },
          version,
          clients: Array.from({ length: there }, () => somebody),
        },
      };
    }),
  });

const somebody = { name: '', clan: '', country: -1, score: 0, is_player: true };
