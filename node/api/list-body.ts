// The bodies of `/servers`: built once for each version of the list, never once a request.
import { type Clock, second } from '../base/time.ts';
import { brotli, type Coding, compressBytesMin, compressed, gzipped } from './encoding.ts';
import { isLarge, jsonOf, piecesOf } from './page-json.ts';
import type { Node, ServersPage, ServersQuery } from './port.ts';

export type ListBodyDeps = {
  readonly node: Pick<Node, 'servers' | 'version'>;
  readonly clock: Clock;
};

/** What is large is there compressed only. */
export type Body = { readonly etag: string; readonly forms: Readonly<Partial<Record<Coding, Buffer>>> };

/** A screen and more. Who asks for so many rows and nothing else gets them ready-made where the whole list is. */
export const firstPageRows = 200;
/** A body may go on being served for this many times as long as it took to build, after the list has moved on … */
const graceFactor = 4;
/** … so that building never takes more than a fifth of the time, and nobody sees a list that is older than this. */
const graceMaxMs = 2 * second;
/** A list tells the age of the statement in force, which grows while nothing changes: it is never further off than this. */
const ageErrorMaxMs = 10 * second;
/** Answers to filtered questions are kept for one version of the list only. */
const filteredMax = 64;
/** 10,000 servers are 5 MB of JSON. */
const filteredBytesMax = 16 * 1024 * 1024;

export class ListBodies {
  readonly #deps: ListBodyDeps;
  /** Tells the versions of this run from those of the one before. */
  readonly #run: string;
  #whole: { bodies: Ready; version: number; builtAtMs: number; freshUntilMs: number; agesAtMs: number } | undefined;
  #building: { version: number; bodies: Promise<Ready> } | undefined;
  /** Bodies of versions before this one are served no more. */
  #versionMin = 0;
  #filtered = new Map<string, Body>();
  #filteredBytes = 0;
  #filteredVersion = -1;
  #filteredSinceMs = 0;

  constructor(deps: ListBodyDeps) {
    this.#deps = deps;
    this.#run = deps.clock().toString(36);
  }

  /** The list as players see it, without any filter, and its first page. What is at hand comes at once. */
  ready(): Ready | Promise<Ready> {
    const held = this.#whole;
    const now = this.#deps.clock();
    if (held?.version === this.#deps.node.version() && now < held.agesAtMs) return held.bodies;
    // Clocks are set back, too: who built it later than now has built it long ago.
    const isFresh = held && now >= held.builtAtMs && now < held.freshUntilMs;
    if (!isFresh || held.version < this.#versionMin) return this.#rebuild();
    // Half-way through its grace the next body is begun, so that nobody waits for it.
    if (now >= (held.builtAtMs + held.freshUntilMs) / 2) void this.#rebuild().catch(() => {});
    return held.bodies;
  }

  /** The first page alone: nobody waits for the whole list to see a screen of it. */
  first(wantsGzip: boolean): Body | Promise<Body> {
    const held = this.#whole;
    const isCurrent = held?.version === this.#deps.node.version() && this.#deps.clock() < held.agesAtMs;
    return isCurrent ? held.bodies.first : this.filtered({ limit: firstPageRows }, wantsGzip);
  }

  /** What this node's own people have just changed, they must find: nothing older is served from here on. */
  refresh(): void {
    this.#versionMin = this.#deps.node.version();
  }

  /** To be called about once a second: what is served no more is not kept, which of 100,000 servers is 60 MB. */
  forgetOld(): void {
    const [held, version, now] = [this.#whole, this.#deps.node.version(), this.#deps.clock()];
    if (held && held.version !== version && now >= held.freshUntilMs) this.#whole = undefined;
    if (version !== this.#filteredVersion) this.#forget(version, now);
  }

  /** @throws RollcallError BAD_FILTER */
  async filtered(query: ServersQuery, wantsGzip: boolean): Promise<Body> {
    const version = this.#deps.node.version();
    const now = this.#deps.clock();
    if (version !== this.#filteredVersion || now - this.#filteredSinceMs >= ageErrorMaxMs) this.#forget(version, now);
    // Only the form that was asked for is kept: the other is four times as large, and would fill the old heap with garbage.
    const key = JSON.stringify([query.game, query.filter, query.sort, query.limit, query.all, wantsGzip]);
    const held = this.#filtered.get(key);
    if (held) return held;
    const etag = this.#etag(version);
    const page = await this.#deps.node.servers(query);
    if (isLarge(page)) return this.#keep(key, version, { etag, forms: await compressed(piecesOf(page), ['gzip']) });
    const identity = jsonOf(page);
    const isSmall = identity.length < compressBytesMin;
    const forms = wantsGzip && !isSmall ? { gzip: await gzipped(identity) } : { identity };
    return this.#keep(key, version, { etag, forms });
  }

  #rebuild(): Promise<Ready> {
    if (this.#building && this.#building.version >= this.#versionMin) return this.#building.bodies;
    const version = this.#deps.node.version();
    const building = { version, bodies: this.#build(version) };
    this.#building = building;
    const done = () => {
      if (this.#building === building) this.#building = undefined;
    };
    building.bodies.then(done, done);
    return building.bodies;
  }

  async #build(version: number): Promise<Ready> {
    const { node, clock } = this.#deps;
    const startedAtMs = clock();
    const page = await node.servers({});
    const etag = this.#etag(version);
    const [whole, first] = await Promise.all([
      formed(etag, page),
      formed(etag, { ...page, servers: page.servers.slice(0, firstPageRows) }),
    ]);
    const bodies = { whole, first };
    // A newer one may have been finished while this one was being compressed.
    if (this.#whole && this.#whole.version > version) return bodies;
    const builtAtMs = clock();
    const graceMs = Math.min(graceFactor * (builtAtMs - startedAtMs), graceMaxMs);
    const agesAtMs = page.statement === null ? Number.POSITIVE_INFINITY : startedAtMs + ageErrorMaxMs;
    this.#whole = { bodies, version, builtAtMs, freshUntilMs: builtAtMs + graceMs, agesAtMs };
    return bodies;
  }

  #keep(key: string, version: number, body: Body): Body {
    if (version !== this.#filteredVersion) return body;
    this.#drop(key);
    this.#filtered.set(key, body);
    this.#filteredBytes += sizeOf(body);
    while (this.#filtered.size > filteredMax || this.#filteredBytes > filteredBytesMax) {
      this.#drop(this.#filtered.keys().next().value!);
    }
    return body;
  }

  #drop(key: string): void {
    const held = this.#filtered.get(key);
    if (!held) return;
    this.#filtered.delete(key);
    this.#filteredBytes -= sizeOf(held);
  }

  #forget(version: number, now: number): void {
    this.#filteredSinceMs = now;
    this.#filtered = new Map();
    this.#filteredBytes = 0;
    this.#filteredVersion = version;
  }

  #etag(version: number): string {
    return `W/"${this.#run}.${version.toString(36)}"`;
  }
}

export type Ready = { readonly whole: Body; readonly first: Body };

async function formed(etag: string, page: ServersPage): Promise<Body> {
  if (isLarge(page)) return { etag, forms: await compressed(piecesOf(page), ['br', 'gzip']) };
  const identity = jsonOf(page);
  if (identity.length < compressBytesMin) return { etag, forms: { identity } };
  const [br, gzip] = await Promise.all([brotli(identity), gzipped(identity)]);
  return { etag, forms: { br, gzip, identity } };
}

const sizeOf = ({ forms }: Body): number => (forms.identity?.length ?? 0) + (forms.gzip?.length ?? 0);
