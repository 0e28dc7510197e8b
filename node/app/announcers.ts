// Who announces what: which servers each announcer has, kept with each change of the list, and what the API tells of them.
import type {
  AnnouncerDetail,
  AnnouncerRow,
  AnnouncersPage,
  AnnouncersQuery,
  KarmaJson,
  Observed,
} from '../api/port.ts';
import { RollcallError } from '../base/errors.ts';
import { type Clock, day, second } from '../base/time.ts';
import { batches } from '../history/diff.ts';
import { announcerLog } from '../history/log.ts';
import type { Store } from '../history/store.ts';
import { isPeerId } from '../identity/keys.ts';
import type { Change } from '../list/change.ts';
import { Crowd } from '../list/crowd.ts';
import type { Verified } from '../records/verified.ts';

export type AnnouncersDeps = {
  readonly store: Store;
  readonly endorsed: (server: string) => boolean;
  readonly observed: (server: string) => Observed | null;
  readonly since: (server: string) => number | undefined;
  readonly karma: {
    value(peer: string): number;
    brief(peer: string): AnnouncerRow['karma'];
    explain(peer: string): Pick<KarmaJson, 'events'>;
  };
  readonly connected: () => Iterable<string>;
  readonly clock: Clock;
  readonly pause: () => Promise<void>;
};

/** What is worth sorting all by; karma, games and connections are looked up for those who are shown. */
type Sums = Pick<AnnouncerRow, 'announcer' | 'servers' | 'endorsed' | 'players' | 'since'>;

/** Sums are at most so old: to make them of 100,000 servers takes 0.2 s. */
const freshMs = 5 * second;
/** Servers, or announcers, looked at before the event loop gets a turn: 5 ms. */
const sliceMax = 1_000;
const limitDefault = 100;
const gamesMax = 10;
const daysShown = 30;
/** Commits read for one announcer: 30 days of one in two minutes. */
const commitsMax = 20_000;

export class Announcers {
  readonly #deps: AnnouncersDeps;
  readonly #servers = new Map<string, Crowd<Verified>>();
  #sums: { readonly atMs: number; readonly all: Promise<Sums[]> } | undefined;

  constructor(deps: AnnouncersDeps) {
    this.#deps = deps;
  }

  /** How many have servers on the list. */
  get count(): number {
    return this.#servers.size;
  }

  /** To be told of each change of the list. */
  changed(changes: readonly Change[]): void {
    for (const { before, after } of changes) {
      if (before?.announcement.state === 'up') this.#remove(before);
      if (after?.announcement.state === 'up') this.#add(after);
    }
  }

  /** How many servers somebody has. */
  sizeOf(announcer: string): number {
    return this.#servers.get(announcer)?.size ?? 0;
  }

  /** Those with most servers, first. */
  async largest(limit: number): Promise<string[]> {
    const all = [...(await this.#all())].sort(orders.get('-servers'));
    return all.slice(0, limit).map(({ announcer }) => announcer);
  }

  /** @throws RollcallError BAD_SORT */
  async page({
    sort = '-servers',
    limit = limitDefault,
    offset = 0,
    filter,
  }: AnnouncersQuery): Promise<AnnouncersPage> {
    const byKarma = sort === 'karma' || sort === '-karma';
    const order = orders.get(sort);
    if (!order && !byKarma)
      throw new RollcallError('BAD_SORT', `sort: "${sort}" is none of ${[...fields, 'karma'].join(', ')}`);
    const all = await this.#all();
    const wanted = filter ? all.filter(it => this.#matches(it.announcer, filter.toLowerCase())) : [...all];
    if (order) wanted.sort(order);
    const found = order ? wanted : await this.#inOrderOfKarma(wanted, sort === '-karma');
    const connected = new Set(this.#deps.connected());
    const rows = found.slice(offset, offset + limit).map(sums => this.#row(sums, connected));
    return { total: found.length, announcers: rows };
  }

  /** Also of somebody whose servers are gone, as long as the history knows them. @throws RollcallError BAD_PEER */
  async detail(announcer: string): Promise<AnnouncerDetail | undefined> {
    const { store, clock, connected, karma } = this.#deps;
    if (!isPeerId(announcer))
      throw new RollcallError('BAD_PEER', `announcer: "${announcer}" is no peer id (12D3KooW…)`);
    const today = Math.floor(clock() / day);
    const from = (today - daysShown + 1) * day;
    const commits = await announcerLog(store, announcer, from, commitsMax);
    if (commits.length === 0 && !this.#servers.has(announcer)) {
      if ((await announcerLog(store, announcer, 0, 1)).length === 0) return undefined;
    }
    const days = { from, joined: zeros(), left: zeros(), changed: zeros() };
    for (const { atMs, ...tally } of commits) {
      // A clock that was set back must not name a day that does not exist.
      const at = Math.min(Math.floor((atMs - from) / day), daysShown - 1);
      for (const kind of ['joined', 'left', 'changed'] as const) days[kind][at]! += tally[kind];
    }
    const equivocations = karma.explain(announcer).events.flatMap(({ action, atMs, evidence }) => {
      const [, kept, dropped] = /^([0-9a-f]{40}) ([0-9a-f]{40})$/.exec(evidence ?? '') ?? [];
      return action === 'equivocation' && kept && dropped ? [{ atMs, kept, dropped }] : [];
    });
    const sums = this.#sumOf(announcer, this.#servers.get(announcer) ?? []);
    return { ...this.#row(sums, new Set(connected())), days, equivocations };
  }

  #add(item: Verified): void {
    const { announcer } = item.announcement;
    const servers = this.#servers.get(announcer) ?? new Crowd();
    servers.add(item);
    this.#servers.set(announcer, servers);
  }

  #remove(item: Verified): void {
    const { announcer } = item.announcement;
    const servers = this.#servers.get(announcer);
    servers?.delete(item);
    if (servers?.size === 0) this.#servers.delete(announcer);
  }

  #all(): Promise<readonly Sums[]> {
    const now = this.#deps.clock();
    // The clock may have been set back.
    if (!this.#sums || Math.abs(now - this.#sums.atMs) >= freshMs) this.#sums = { atMs: now, all: this.#sumAll() };
    return this.#sums.all;
  }

  async #sumAll(): Promise<Sums[]> {
    const all: Sums[] = [];
    let looked = 0;
    for (const [announcer, servers] of [...this.#servers]) {
      all.push(this.#sumOf(announcer, servers));
      looked += servers.size;
      if (looked < sliceMax) continue;
      looked = 0;
      await this.#deps.pause();
    }
    return all;
  }

  #sumOf(announcer: string, servers: Iterable<Verified>): Sums {
    const { endorsed, observed, since } = this.#deps;
    const sums = { announcer, servers: 0, endorsed: 0, players: 0, since: Number.POSITIVE_INFINITY };
    for (const { id } of servers) {
      sums.servers++;
      if (endorsed(id)) sums.endorsed++;
      sums.players += believedPlayers(observed(id)) ?? 0;
      sums.since = Math.min(sums.since, since(id) ?? Number.POSITIVE_INFINITY);
    }
    return { ...sums, since: Number.isFinite(sums.since) ? sums.since : null };
  }

  #row(sums: Sums, connected: ReadonlySet<string>): AnnouncerRow {
    const { announcer } = sums;
    const karma = this.#deps.karma.brief(announcer);
    return { ...sums, karma, connected: connected.has(announcer), games: this.#gamesOf(announcer) };
  }

  #gamesOf(announcer: string): string[] {
    const counts = new Map<string, number>();
    for (const { announcement } of this.#servers.get(announcer) ?? []) {
      counts.set(announcement.game, (counts.get(announcement.game) ?? 0) + 1);
    }
    const games = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    return games.slice(0, gamesMax).map(([game]) => game);
  }

  #matches(announcer: string, part: string): boolean {
    if (announcer.toLowerCase().includes(part)) return true;
    for (const { announcement } of this.#servers.get(announcer) ?? [])
      if (announcement.game.includes(part)) return true;
    return false;
  }

  async #inOrderOfKarma(all: readonly Sums[], down: boolean): Promise<Sums[]> {
    const scored: { readonly sums: Sums; readonly karma: number }[] = [];
    for (const batch of batches(all, sliceMax)) {
      for (const sums of batch) scored.push({ sums, karma: this.#deps.karma.value(sums.announcer) });
      await this.#deps.pause();
    }
    scored.sort((a, b) => (down ? b.karma - a.karma : a.karma - b.karma) || byAnnouncer(a.sums, b.sums));
    return scored.map(({ sums }) => sums);
  }
}

/** How many players somebody saw there; null when nobody did, or when it is not to be believed. */
export const believedPlayers = (observed: Observed | null): number | null =>
  observed?.up && !observed.flags.includes('implausible') ? observed.players : null;

const zeros = (): number[] => new Array<number>(daysShown).fill(0);

const byAnnouncer = (a: Sums, b: Sums): number => (a.announcer < b.announcer ? -1 : 1);

const fields = ['announcer', 'servers', 'endorsed', 'players', 'since'] as const;

const orders: ReadonlyMap<string, (a: Sums, b: Sums) => number> = new Map(
  fields.flatMap(field => {
    const order = (a: Sums, b: Sums): number => {
      const [x, y] = [a[field] ?? 0, b[field] ?? 0];
      return x < y ? -1 : x > y ? 1 : 0;
    };
    return [
      [field as string, (a: Sums, b: Sums) => order(a, b) || byAnnouncer(a, b)],
      [`-${field}`, (a: Sums, b: Sums) => order(b, a) || byAnnouncer(a, b)],
    ] as const;
  }),
);
