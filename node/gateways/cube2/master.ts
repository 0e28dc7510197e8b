// The master server of Cube 2 and Red Eclipse, all of it but the sockets: registrations that a ping confirms, lists, bans.
import { type Address, formatAddress, parseAddress } from '../../base/address.ts';
import { second } from '../../base/time.ts';
import { nameGraphemesMax } from '../../records/announcement.ts';
import type { ChallengeBook } from '../challenges.ts';
import type { FamilyDeps } from '../family.ts';
import type { Groups, Row } from '../listing.ts';
import type { Registration } from '../registry.ts';
import type { Connection } from '../tcp.ts';
import type { Udp } from '../udp.ts';
import {
  type Dialect,
  formatBans,
  formatCube2List,
  formatRedEclipseList,
  type Info,
  type Line,
  type ListedServer,
  parseInfo,
  parseLine,
  plainText,
} from './wire.ts';

/** Sauerbraten's master: five pings, three seconds apart. */
const pingsMax = 5;
const pingGapMs = 3 * second;
/** 0.3 MB, which clients of that time read at once. */
const serversMax = 8_192;
/** A server that hears of more would spend its time with them; maintainers' rules are few. */
const bansMax = 1_000;
/** New rules reach servers that hold their connection within this time; until then nobody looks for them. */
const bansMs = 10 * second;

const gameOf: Readonly<Record<Dialect, string>> = { cube2: 'sauerbraten', redeclipse: 'redeclipse' };
/** Games of the engine whose servers are asked on the game's own port, behind two bytes that tell questions from the game. */
const askedInGame: ReadonlySet<string> = new Set(['tesseract']);
const inGame = Buffer.from([0xff, 0xff]);

type CubeMasterDeps = Pick<FamilyDeps, 'registry' | 'groups' | 'barred' | 'counters' | 'monotonic' | 'game'>;

type Waiting = {
  readonly address: Address;
  /** Whom to tell; nobody when a registered server is only asked whether it is still there. */
  readonly connection: Connection | undefined;
  readonly said: Extract<Line, { kind: 'register' }> | undefined;
  readonly pings: number;
  readonly atMs: number;
};

export class CubeMaster {
  readonly #deps: CubeMasterDeps;
  readonly #game: string;
  readonly #dialect: Dialect;
  readonly #timeoutMs: number;
  readonly #pings: ChallengeBook;
  readonly #ask: Udp['ask'];
  readonly #groups: Groups;
  readonly #lists = new WeakMap<readonly Row[], Buffer>();
  /** By the address that answers pings. One for each connection, and for each registered server, at most. */
  readonly #waiting = new Map<string, Waiting>();
  /** Bans as they were handed out last. */
  #bans = '';
  #bansUntilMs = 0;
  /** Servers by the connection that they hold open. */
  readonly #held = new Map<Connection, Address>();

  constructor(deps: CubeMasterDeps, dialect: Dialect, timeoutMs: number, pings: ChallengeBook, ask: Udp['ask']) {
    this.#deps = deps;
    this.#dialect = dialect;
    this.#timeoutMs = timeoutMs;
    this.#pings = pings;
    this.#ask = ask;
    const wanted = deps.game ?? gameOf[dialect];
    this.#game = wanted;
    this.#groups = deps.groups(({ game }) => (game === wanted ? [game] : []));
  }

  /** Takes whole lines from what a connection has sent so far; gives how many bytes they were. */
  read(connection: Connection, buffered: Buffer): number {
    let taken = 0;
    for (let end = endOf(buffered, 0); end >= 0 && !connection.closed.aborted; end = endOf(buffered, taken)) {
      const line = parseLine(buffered.toString('latin1', taken, end).trim());
      taken = end + 1;
      if (line) this.#line(connection, line);
      else this.#deps.counters.add('malformed');
    }
    return taken;
  }

  #line(connection: Connection, line: Line): void {
    const { counters } = this.#deps;
    if (line.kind === 'list') {
      counters.add('queries');
      const redEclipse = this.#dialect === 'redeclipse';
      if (redEclipse && line.version) connection.send(`setversion ${redEclipseVersion}\n`);
      if (line.servers || !redEclipse) connection.send(this.#list());
      connection.end();
    } else if (line.kind === 'register') this.#register(connection, line);
    // Players' keys are the old masters' own: here nobody is known by one.
    else if (line.kind === 'auth') connection.send(line.server ? 'failserverauth\n' : `failauth ${line.id}\n`);
  }

  #register(connection: Connection, line: Extract<Line, { kind: 'register' }>): void {
    this.#deps.counters.add('heartbeats');
    const { host, kind } = connection.from;
    const { port, words, dialect } = line;
    if (dialect !== this.#dialect)
      connection.send(refused(this.#dialect, `this is the master server of ${this.#game}`));
    else if (words.address !== '*' && words.address !== host && dialect === 'redeclipse') {
      connection.send(refused(dialect, `server IP '${words.address}' does not match origin '${host}'`));
    } else {
      if (dialect === 'redeclipse')
        connection.send(`echo "server registered (port ${port}), sending ping request (on port ${port + 1})"\n`);
      connection.keep(this.#timeoutMs);
      this.#ping({ address: { kind, host, port }, connection, said: line, pings: 0, atMs: 0 });
    }
  }

  /** A datagram from where pings go: good when it begins with the ping that was sent there. */
  pong(from: Address, bytes: Buffer): void {
    const { counters, registry } = this.#deps;
    const key = formatAddress(from);
    const it = this.#waiting.get(key);
    const challenge = bytes.toString('latin1', 0, pingBytes);
    if (!it || !this.#pings.holds(from, challenge)) {
      counters.add('challenge-failed');
      return;
    }
    const info = parseInfo(bytes, Buffer.from(challenge, 'latin1'));
    if (!info) {
      counters.add('malformed');
      return;
    }
    this.#waiting.delete(key);
    if (!it.connection || !it.said) {
      registry.heard(it.address);
      return;
    }
    const outcome = registry.register(it.address, it.connection.from, this.#registration(it.said, info));
    if (outcome === 'new' || outcome === 'changed' || outcome === 'kept') this.#welcome(it.connection, it.address);
    else it.connection.send(refused(this.#dialect, reasons[outcome]));
  }

  /** Pings again who has not answered; who never does is not listed, or no longer. */
  tick(): void {
    const { monotonic, registry, counters } = this.#deps;
    this.#spreadBans();
    for (const [key, it] of this.#waiting) {
      if (monotonic() < it.atMs + pingGapMs) continue;
      if (it.pings < pingsMax) this.#ping(it);
      else {
        this.#waiting.delete(key);
        const { port } = this.#infoOf(it.address);
        it.connection?.send(refused(this.#dialect, `no answer to a ping on port ${port}`));
        if (registry.withdraw(it.address)) counters.add('fell-silent');
      }
    }
  }

  recheck(address: Address): void {
    if (!this.#deps.registry.has(address) || this.#waiting.has(formatAddress(this.#infoOf(address)))) return;
    this.#ping({ address, connection: undefined, said: undefined, pings: 0, atMs: 0 });
  }

  #ping(it: Waiting): void {
    const to = this.#infoOf(it.address);
    const ping = Buffer.from(this.#pings.issue(to), 'latin1');
    this.#ask(to, askedInGame.has(this.#game) ? Buffer.concat([inGame, ping]) : ping);
    this.#waiting.set(formatAddress(to), { ...it, pings: it.pings + 1, atMs: this.#deps.monotonic() });
  }

  #welcome(connection: Connection, address: Address): void {
    if (this.#dialect === 'cube2') connection.send(`succreg\n${this.#bansNow()}`);
    else connection.send(`echo "ping reply confirmed (on port ${address.port + 1}), server is now listed"\n`);
    if (this.#held.has(connection)) return;
    this.#held.set(connection, address);
    // It may only have lost its connection, so it is asked.
    connection.closed.addEventListener('abort', () => {
      this.#held.delete(connection);
      this.recheck(address);
    });
  }

  #bansNow(): string {
    return formatBans(this.#deps.barred().slice(0, bansMax));
  }

  /** Servers hold their connection open to hear this too. */
  #spreadBans(): void {
    const now = this.#deps.monotonic();
    if (this.#dialect !== 'cube2' || now < this.#bansUntilMs) return;
    this.#bansUntilMs = now + bansMs;
    const bans = this.#bansNow();
    if (bans === this.#bans) return;
    this.#bans = bans;
    for (const connection of this.#held.keys()) connection.send(bans);
  }

  #registration({ words }: Extract<Line, { kind: 'register' }>, { attributes, name }: Info): Registration {
    return {
      game: this.#game,
      name: plainText(words.name || name, nameGraphemesMax),
      version: words.version,
      attributes: { protocol: String(attributes[0] ?? ''), branch: plainText(words.branch, branchGraphemesMax) },
    };
  }

  #infoOf(address: Address): Address {
    return askedInGame.has(this.#game) ? address : { ...address, port: address.port + 1 };
  }

  #list(): Buffer {
    const rows = this.#groups.get(this.#game);
    const kept = this.#lists.get(rows);
    if (kept) return kept;
    const servers = rows.flatMap(serverOf).slice(0, serversMax);
    const bytes = this.#dialect === 'cube2' ? formatCube2List(servers) : formatRedEclipseList(servers);
    this.#lists.set(rows, bytes);
    return bytes;
  }
}

/** Challenges of cube2.ts have as many characters. */
const pingBytes = 8;
const branchGraphemesMax = 16;
/** The version that needs no update notice: clients compare it with their own, and say so when theirs is older. */
const redEclipseVersion = '0 0';

/** The engine speaks IPv4 and names. */
function serverOf({ addresses, name, attributes }: Row): ListedServer[] {
  for (const text of addresses) {
    const address = parseAddress(text);
    if (!address.ok || address.value.kind === 'ipv6') continue;
    const { host, port } = address.value;
    return [{ host, port, name, branch: attributes.branch ?? '?' }];
  }
  return [];
}

const reasons = {
  'foreign-address': 'the address is not yours',
  unreachable: 'nobody could join a server at your address',
  'too-many-there': 'too many servers at your address',
  full: 'this master server is full',
  barred: 'a rule bars this server',
} as const;

const refused = (dialect: Dialect, why: string): string =>
  dialect === 'cube2' ? `failreg ${why}\n` : `error "${why}, server will not be listed"\n`;

const endOf = (bytes: Buffer, from: number): number => {
  const at = bytes.subarray(from).findIndex(byte => byte === 0x0a || byte === 0);
  return at < 0 ? -1 : from + at;
};
