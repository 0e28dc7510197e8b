// DDNet's master server, all of it but the sockets: who registered, what proves his port, and servers.json.
import { type Address, formatAddress } from '../../base/address.ts';
import type { ChallengeBook } from '../challenges.ts';
import type { FamilyDeps } from '../family.ts';
import type { Answer, Request } from '../http.ts';
import type { Groups, Row } from '../listing.ts';
import type { Outcome, Registration } from '../registry.ts';
import { addressesOf, versionsOf } from '../teeworlds/lists.ts';
import type { Version } from '../teeworlds/wire.ts';
import type { Udp } from '../udp.ts';
import {
  formatChallenge,
  formatError,
  formatServers,
  formatStatus,
  type Info,
  type ListedServer,
  parseSaid,
  type Said,
  type Status,
} from './wire.ts';

const registerPath = '/ddnet/15/register';
const listPath = '/ddnet/15/servers.json';
/** 3 MB of JSON. The original has some 1,500. */
const serversMax = 8_192;
const group = 'any';

/** A registered server. One speaks both versions at one port, and tells about itself in either. */
type Entry = {
  readonly address: Address;
  readonly secret: string;
  readonly serial: number;
  readonly info: Info;
  readonly versions: ReadonlySet<Version>;
};

type Register = Extract<Said, { action: 'register' }>;

export class DdnetMaster {
  readonly #deps: Pick<FamilyDeps, 'registry' | 'groups' | 'counters'>;
  readonly #tokens: ChallengeBook;
  readonly #ask: Udp['ask'];
  readonly #groups: Groups;
  readonly #lists = new WeakMap<readonly Row[], Buffer>();
  /** By address: no more than there are registered. */
  readonly #entries = new Map<string, Entry>();

  constructor(deps: Pick<FamilyDeps, 'registry' | 'groups' | 'counters'>, tokens: ChallengeBook, ask: Udp['ask']) {
    this.#deps = deps;
    this.#tokens = tokens;
    this.#ask = ask;
    this.#groups = deps.groups(announcement => (versionsOf(announcement).length > 0 ? [group] : []));
  }

  answer({ from, method, path, headers, body }: Request): Answer {
    const { counters } = this.#deps;
    const reading = method === 'GET' || method === 'HEAD';
    if (path === listPath) {
      if (!reading) return { status: 405, headers: { allow: 'GET, HEAD' } };
      counters.add('queries');
      return { status: 200, headers: json, body: this.#list() };
    }
    if (path !== registerPath) return { status: 404, body: `here are ${listPath} and ${registerPath}\n` };
    if (method !== 'POST') return { status: 405, headers: { allow: 'POST' } };
    counters.add('heartbeats');
    const said = parseSaid(headers, body);
    if (!said.ok) {
      counters.add('malformed');
      return refusal(said.message);
    }
    const address = { ...from, port: said.value.port };
    return said.value.action === 'delete'
      ? this.#delete(address, said.value)
      : this.#register(address, from, said.value);
  }

  /** Forgets whom the registry does not know any more. */
  tick(): void {
    for (const [key, { address }] of this.#entries) if (!this.#deps.registry.has(address)) this.#entries.delete(key);
  }

  #register(address: Address, from: Address, said: Register): Answer {
    const { challengeToken, version } = said;
    const token = this.#tokens.issue(address, version);
    const proved = challengeToken !== undefined && this.#tokens.holds(address, challengeToken, version);
    // Also to who has the token of the last hour, before that runs out.
    if (challengeToken !== token) this.#ask(address, formatChallenge(said, token));
    if (proved) return this.#proved(address, from, said);
    if (challengeToken !== undefined) this.#deps.counters.add('challenge-failed');
    return accepted('need_challenge');
  }

  #proved(address: Address, from: Address, { version, secret, serial, info }: Register): Answer {
    const key = formatAddress(address);
    const known = this.#entries.get(key);
    const held = known?.secret === secret ? known : undefined;
    const newest = info ?? held?.info;
    if (!newest || (!info && serial > held!.serial)) return accepted('need_info');
    const entry: Entry = {
      address,
      secret,
      serial: Math.max(serial, held?.serial ?? serial),
      info: held && serial < held.serial ? held.info : newest,
      versions: new Set([...(held?.versions ?? []), version]),
    };
    const outcome = this.#deps.registry.register(address, from, registrationOf(entry));
    if (outcome !== 'new' && outcome !== 'changed' && outcome !== 'kept') return refusal(reasons[outcome]);
    this.#entries.set(key, entry);
    return accepted('success');
  }

  /** It takes back one version after the other, when it stops. */
  #delete(address: Address, { version, secret }: Said): Answer {
    const key = formatAddress(address);
    const entry = this.#entries.get(key);
    if (entry?.secret !== secret || !entry.versions.has(version)) return refusal('could not find registered server');
    const left = entry.versions.difference(new Set([version]));
    if (left.size > 0) this.#entries.set(key, { ...entry, versions: left });
    else {
      this.#entries.delete(key);
      this.#deps.registry.withdraw(address);
    }
    return accepted('success');
  }

  /** Kept for as long as the list is the same: a request costs a look-up. */
  #list(): Buffer {
    const rows = this.#groups.get(group);
    const kept = this.#lists.get(rows);
    if (kept) return kept;
    const bytes = Buffer.from(formatServers(listedOf(rows)));
    this.#lists.set(rows, bytes);
    return bytes;
  }
}

const json = { 'content-type': 'application/json' } as const;
const accepted = (status: Status): Answer => ({ status: 200, headers: json, body: formatStatus(status) });
const refusal = (message: string): Answer => ({ status: 400, headers: json, body: formatError(message) });

const reasons: Readonly<Record<Exclude<Outcome, 'new' | 'changed' | 'kept'>, string>> = {
  'foreign-address': 'the address is not yours',
  unreachable: 'nobody could join a server at your address',
  'too-many-there': 'too many servers at your address',
  full: 'this master server is full',
  barred: 'a rule bars this server',
};

const registrationOf = ({ info, versions }: Entry): Registration => ({
  game: 'ddnet',
  name: info.name,
  version: info.version,
  attributes: {
    protocol: [...versions].sort().join(' '),
    gametype: info.gametype,
    password: info.passworded ? 'yes' : '',
  },
});

/** An address that two announcements name is told once, with the first of them. */
function listedOf(rows: readonly Row[]): ListedServer[] {
  const told = new Set<string>();
  const servers: ListedServer[] = [];
  for (const row of rows) {
    if (servers.length === serversMax) break;
    const addresses = [...addressesOf([row]).keys()]
      .flatMap(address => versionsOf(row).map(version => `tw-${version}+udp://${address}`))
      .filter(address => !told.has(address));
    if (addresses.length === 0) continue;
    for (const address of addresses) told.add(address);
    servers.push({
      addresses,
      name: row.name,
      version: row.version,
      gametype: row.attributes.gametype ?? '',
      passworded: row.attributes.password === 'yes',
      map: row.observed?.map ?? '',
      players: row.observed?.players ?? 0,
      room: row.observed?.maxPlayers ?? 0,
    });
  }
  return servers;
}
