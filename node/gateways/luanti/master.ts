// Luanti's server list, all of it but the sockets: announcements that a question to the game's port confirms, and the list.
import ipaddr from 'ipaddr.js';
import { type Address, formatAddress } from '../../base/address.ts';
import { messageOf } from '../../base/errors.ts';
import { minute } from '../../base/time.ts';
import { Bars } from '../bars.ts';
import type { Checks } from '../checks.ts';
import type { FamilyDeps } from '../family.ts';
import { Faults, isListed, reasons } from '../faults.ts';
import { fieldsOf } from '../form.ts';
import type { Request, Answer as Response } from '../http.ts';
import type { Groups, Row } from '../listing.ts';
import { type Entry, entryOf, game, type Protocols, registrationOf } from './facts.ts';
import { type Reports, reportAfter } from './reports.ts';
import { type Announce, carriedOver, isRefusal, parseAnnounce } from './wire.ts';

/** The JSON in a form of either encoding, with some fields beside it. */
export const bodyBytesMax = 16 * 1024;
/** Ten times as many as there ever were; about 4 MB. */
const serversMax = 4_096;
/** A fault is told with the next announcement, five minutes later. The master keeps it for as long. */
const faultKeepMs = 10 * minute;
/** Versions of clients that ask at one time: each has a list of its own. */
const variantsMax = 8;

type Lists = { readonly entries: readonly Entry[]; readonly variants: Map<string, Buffer> };
type Update = Exclude<Announce, { readonly action: 'delete' }>;

export type LuantiDeps = Pick<FamilyDeps, 'registry' | 'groups' | 'barred' | 'counters' | 'monotonic' | 'log'>;

export class LuantiMaster {
  readonly #deps: LuantiDeps;
  readonly #checks: Checks;
  readonly #bars: Bars;
  readonly #reports: Reports;
  readonly #groups: Groups;
  readonly #lists = new WeakMap<readonly Row[], Lists>();
  readonly #faults = new Faults(faultKeepMs);
  readonly #most = { servers: 0, clients: 0 };

  constructor(deps: LuantiDeps, checks: Checks, reports: Reports) {
    this.#deps = deps;
    this.#checks = checks;
    this.#bars = new Bars(deps);
    this.#reports = reports;
    // By hand they are announced under the old name of the game as well.
    this.#groups = deps.groups(it => (it.game === game || it.game === 'minetest' ? [game] : []));
  }

  /** `serverlist_url` may have a path of its own. */
  answer(request: Request): Response {
    const { path, query, method } = request;
    const [, page] = /\/([a-z]+)$/.exec(path) ?? [];
    if (page === 'announce') return this.#announced(request);
    if (method !== 'GET' && method !== 'HEAD') return said(405, 'Only /announce takes anything.');
    if (page === 'list') return this.#list(query);
    // Newer clients put servers of their continent first. Nobody's place is looked up here.
    if (page === 'geoip') return { status: 200, headers: jsonHeaders, body: '{"continent":null}' };
    return said(404, 'There are /announce and /list.');
  }

  tick(): void {
    this.#reports.sweep(this.#deps.monotonic());
  }

  #announced(request: Request): Response {
    const { registry, counters, monotonic } = this.#deps;
    counters.add('heartbeats');
    const text = fieldsOf(request)?.get('json');
    const it = text === undefined ? missing : parseAnnounce(text);
    if (isRefusal(it)) {
      counters.add('malformed');
      return said(it.status, it.text);
    }
    const { from } = request;
    if (this.#bars.has(from.host)) return said(403, 'Banned (IP).');
    const address = { ...from, port: it.port };
    if (it.action === 'delete') return this.#deleted(address);
    const before = this.#reports.get(address, monotonic());
    // What registered before this node started again has no other way to come back.
    if (it.action === 'update' && !registry.has(address) && it.told.uptime === 0)
      return said(200, 'Server to update not found.');
    if (it.action === 'update' && before && before.told.uptime > it.told.uptime)
      return said(400, 'Detected non-monotonic uptime.');
    const fault = this.#faults.get(address, monotonic());
    if (isForeign(it.address, from))
      this.#fault(address, `Requester IP ${from.host} does not match host ${it.address}`);
    else
      this.#confirm(address, from, it).catch(error => this.#deps.log(`${formatAddress(address)}: ${messageOf(error)}`));
    return fault
      ? said(409, `${filed}, but the previous request encountered the following error:\n${fault}`)
      : said(202, `${filed}.`);
  }

  #deleted(address: Address): Response {
    this.#checks.cancel(address);
    this.#reports.delete(address);
    return said(200, this.#deps.registry.withdraw(address) ? 'Removed from server list.' : 'Server not found.');
  }

  async #confirm(address: Address, from: Address, { action, told }: Update): Promise<void> {
    const { registry, monotonic } = this.#deps;
    const found = await this.#checks.check(address);
    if (found === 'cancelled') return;
    if (typeof found === 'string') {
      this.#fault(
        address,
        found === 'silent' ? `Server ${from.host} port ${address.port} did not respond to ping` : reasons[found],
      );
      return;
    }
    const before = this.#reports.get(address, monotonic());
    const now = action === 'start' ? { ...told, uptime: 0 } : before ? carriedOver(told, before.told) : told;
    const outcome = registry.register(address, from, registrationOf(now));
    if (!isListed(outcome)) {
      this.#fault(address, reasons[outcome]);
      return;
    }
    this.#faults.delete(address);
    this.#reports.set(address, reportAfter(before, now, monotonic(), found.rttMs));
  }

  #fault(address: Address, text: string): void {
    this.#faults.set(address, text, this.#deps.monotonic());
  }

  #list(query: URLSearchParams): Response {
    this.#deps.counters.add('queries');
    const [min, max] = ['proto_version_min', 'proto_version_max'].map(name => numberIn(query, name));
    const { entries, variants } = this.#entries();
    const key = `${min} ${max}`;
    const body = variants.get(key) ?? this.#format(entries, { min: min ?? 0, max: max ?? Number.POSITIVE_INFINITY });
    if (variants.size < variantsMax) variants.set(key, body);
    return { status: 200, headers: jsonHeaders, body };
  }

  #entries(): Lists {
    const { monotonic } = this.#deps;
    const rows = this.#groups.get(game);
    const kept = this.#lists.get(rows);
    if (kept) return kept;
    const reportOf = (address: Address) => this.#reports.get(address, monotonic());
    const entries = rows.slice(0, serversMax).flatMap(row => entryOf(row, reportOf) ?? []);
    const lists = { entries, variants: new Map<string, Buffer>() };
    this.#lists.set(rows, lists);
    this.#most.servers = Math.max(this.#most.servers, entries.length);
    this.#most.clients = Math.max(this.#most.clients, clientsOf(entries));
    return lists;
  }

  /** Those that a client of these versions can join, and those that do not say. */
  #format(entries: readonly Entry[], client: Protocols): Buffer {
    const list = entries.filter(({ protocols: it }) => !it || (it.min <= client.max && it.max >= client.min));
    const total = { servers: list.length, clients: clientsOf(list) };
    const head = JSON.stringify({ total, total_max: this.#most });
    return Buffer.from(`${head.slice(0, -1)},"list":[${list.map(({ json }) => json).join()}]}`);
  }
}

const filed = 'Request has been filed';
const missing = { status: 400, text: 'Missing field: json.' } as const;
const jsonHeaders = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-cache' };
const said = (status: number, text: string): Response => ({ status, body: text });

const clientsOf = (entries: readonly Entry[]): number => entries.reduce((sum, { clients }) => sum + clients, 0);

const numberIn = (query: URLSearchParams, name: string): number | undefined =>
  /^[0-9]{1,9}$/.test(query.get(name) ?? '') ? Number(query.get(name)) : undefined;

/** A name may well be the sender's: whatever it says, who speaks is listed by his address. */
const isForeign = (address: string, { host }: Address): boolean =>
  ipaddr.isValid(address) && ipaddr.process(address).toString() !== ipaddr.process(host).toString();
