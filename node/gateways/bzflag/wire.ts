// What BZFlag servers and clients ask of a list server, the game information that goes with it, and the bytes that ask a server
// itself. Pure. Sources: BZFlag's bzfls.php, ListServerLink.cxx and Ping.cxx, and what Debian's bzflag-server was seen to send.

/**
 * A server's name for itself. Without a port it is the usual one; `0.0.0.0` stands for wherever the request comes from:
 *
 *     203.0.113.7:5154      play.example.org
 */
export function parseNamePort(text: string): { readonly name: string; readonly port: number } | undefined {
  const [, name, digits = '5154'] = /^([a-z0-9.-]{0,253})(?::([0-9]{1,5}))?$/i.exec(text) ?? [];
  const port = Number(digits);
  return name === undefined || port < 1 || port > 65_535 ? undefined : { name: name.toLowerCase(), port };
}

/** The protocol: `BZFS0221`. */
export const isVersion = (text: string): boolean => /^BZFS[0-9]{4}$/.test(text);

/**
 * Style, options, shots and limits, then room and players by team, as 58 digits of hex: eight numbers of 16 bits, thirteen of 8.
 *
 *     0000 0010 0001 0000 0000 0000 0000 0000  0c 00 0c 00 0c 00 0c 00 0c 00 0c 00 c8
 */
export type GameInfo = {
  /** Type, options, shots, shake wins, shake time-out, most points of a player, most of a team, most seconds. */
  readonly rules: readonly number[];
  readonly room: number;
  /** Rogues, red, green, blue, purple, observers. */
  readonly teams: readonly Team[];
};
export type Team = { readonly players: number; readonly room: number };

const rulesCount = 8;
const teamsCount = 6;
const gameInfoLength = rulesCount * 4 + (1 + 2 * teamsCount) * 2;

export function parseGameInfo(hex: string): GameInfo | undefined {
  if (hex.length !== gameInfoLength || !/^[0-9a-f]+$/.test(hex)) return undefined;
  const bytes = Buffer.from(hex, 'hex');
  const after = rulesCount * 2;
  return {
    rules: Array.from({ length: rulesCount }, (_, i) => bytes.readUInt16BE(2 * i)),
    room: bytes[after]!,
    teams: Array.from({ length: teamsCount }, (_, i) => ({
      players: bytes[after + 1 + 2 * i]!,
      room: bytes[after + 2 + 2 * i]!,
    })),
  };
}

export function formatGameInfo({ rules, room, teams }: GameInfo): string {
  const bytes = Buffer.from([room, ...teams.flatMap(({ players, room }) => [players, room])]);
  return rules.map(rule => rule.toString(16).padStart(4, '0')).join('') + bytes.toString('hex');
}

/** The same game with nobody in it: what is the same from day to day. */
export const emptied = (info: GameInfo): GameInfo => ({
  ...info,
  teams: info.teams.map(it => ({ ...it, players: 0 })),
});

/** The same game with so many players. In which teams they are nobody told: they are shown as rogues. */
export const filled = (info: GameInfo, players: number): GameInfo => {
  const [rogues, ...others] = emptied(info).teams;
  return { ...info, teams: [{ ...rogues!, players: Math.min(players, 0xff) }, ...others] };
};

/** A server of which only the room is known. */
export const plainInfo = (room: number): GameInfo => {
  const most = Math.min(room, 0xff);
  const teams = Array.from({ length: teamsCount }, () => ({ players: 0, room: most }));
  return { rules: Array.from({ length: rulesCount }, () => 0), room: most, teams };
};

export type Listed = {
  readonly host: string;
  readonly port: number;
  readonly version: string;
  readonly info: GameInfo;
  readonly title: string;
};

/** `203.0.113.7:5154 BZFS0221 <58 hex> 203.0.113.7 title`, one server a line. */
export const formatList = (servers: readonly Listed[]): string =>
  servers
    .map(
      ({ host, port, version, info, title }) => `${host}:${port} ${version} ${formatGameInfo(info)} ${host} ${title}\n`,
    )
    .join('');

/** Over TCP: who connects says this first, and is told the server's protocol and an id. */
export const greeting = Buffer.from('BZFLAG\r\n\r\n');
/** A message without data: how is the game? */
export const queryGame = Buffer.from('00007167', 'hex');
/** The greeting's answer: `BZFS0221` and a byte, `ff` when nobody else gets in. */
const helloBytes = 9;
/** Length 44, `qg`, then type, options, room, shots, players of six teams, room of six teams, six limits, 16 bits each. */
const gameBytes = 48;
/** A full server ends here, and is up all the same. */
const noPlace = 0xff;

export type State = { readonly version: string; readonly players: number | null; readonly room: number | null };

/**
 * What a server has answered so far: `more` when it is not all there, undefined when it is no BZFlag server. Messages of other
 * kinds come in between: each is a length, a code of two letters, and so many bytes.
 */
export function parseState(bytes: Buffer): State | 'more' | undefined {
  const seen = Math.min(bytes.length, 4);
  if (bytes.toString('latin1', 0, seen) !== 'BZFS'.slice(0, seen)) return undefined;
  if (bytes.length < helloBytes) return 'more';
  const version = bytes.toString('latin1', 0, 8);
  if (!isVersion(version)) return undefined;
  if (bytes[8] === noPlace) return { version, players: null, room: null };
  let at = helloBytes;
  while (bytes.length >= at + 4) {
    const end = at + 4 + bytes.readUInt16BE(at);
    if (bytes.toString('latin1', at + 2, at + 4) === 'qg')
      return end - at === gameBytes ? gameOf(version, bytes, at) : undefined;
    at = end;
  }
  return 'more';
}

function gameOf(version: string, bytes: Buffer, at: number): State | 'more' {
  if (bytes.length < at + gameBytes) return 'more';
  const number = (i: number) => bytes.readUInt16BE(at + 4 + 2 * i);
  // Observers do not play.
  const players = [4, 5, 6, 7, 8].reduce((sum, i) => sum + number(i), 0);
  return { version, players, room: number(2) };
}
