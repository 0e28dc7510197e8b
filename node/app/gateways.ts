// The gateways of a node: each family that is switched on, between its native protocol and this node's list.
import { randomBytes } from 'node:crypto';
import type { NodeEvent } from '../api/port.ts';
import { type Address, parseAddress } from '../base/address.ts';
import { RollcallError } from '../base/errors.ts';
import { type Clock, type Monotonic, second, type Ticker } from '../base/time.ts';
import type { Config } from '../config/schema.ts';
import { Counters } from '../gateways/counters.ts';
import { families } from '../gateways/families.ts';
import type { Family, Gateway, GatewayStatus } from '../gateways/family.ts';
import { Listing, type Row } from '../gateways/listing.ts';
import { nativeQueries } from '../gateways/natives.ts';
import { perHostMax, Registry } from '../gateways/registry.ts';
import { Sources } from '../gateways/sources.ts';
import { queryOf } from '../probe/games.ts';
import type { Announcement } from '../records/announcement.ts';
import type { Live } from './live.ts';
import type { Log } from './log.ts';
import type { OwnServers } from './own.ts';

export type GatewaysDeps = {
  readonly config: Pick<Config, 'gateways' | 'list' | 'network'>;
  readonly own: Pick<OwnServers, 'announceAll' | 'withdrawAll' | 'announced'>;
  readonly live: Pick<Live, 'list' | 'onChange'>;
  /** Of these servers what players see, in order. */
  readonly rows: (ids: Iterable<string>) => readonly Row[];
  readonly watch: (listener: (event: NodeEvent) => void, signal: AbortSignal) => void;
  readonly peerId: string;
  readonly clock: Clock;
  readonly monotonic: Monotonic;
  readonly random: () => number;
  readonly ticker: Ticker;
  readonly later: (delayMs: number, task: () => void) => void;
  readonly signal: AbortSignal;
  readonly log: Log;
};

type Running = {
  readonly family: Family;
  readonly gateway: Gateway;
  readonly registry: Registry;
  readonly counters: Counters;
};

/** Challenges are made from it. */
const secretBytes = 32;

export class Gateways {
  readonly #running: readonly Running[];

  private constructor(running: readonly Running[]) {
    this.#running = running;
  }

  /** @throws RollcallError BAD_CONFIG, PORT_TAKEN, CANNOT_LISTEN */
  static async open(deps: GatewaysDeps): Promise<Gateways> {
    const { config, live, own, watch, signal } = deps;
    const wanted = familiesOf(config.gateways);
    const sources = new Sources(deps.monotonic, config.network.allowPrivateAddresses);
    const listing = new Listing(deps);
    await using opened = new AsyncDisposableStack();
    const running: Running[] = [];
    for (const family of wanted) {
      const one = await open(family, sources, listing, deps);
      opened.defer(() => one.gateway.close());
      running.push(one);
    }
    live.onChange(changes => {
      for (const { id, before, after } of changes) {
        listing.set(id, after?.announcement);
        if (!after) barred(running, before?.announcement, deps);
      }
    });
    // Who registered at a gateway that is switched off cannot come back to it.
    const on = new Set(wanted.map(({ name }) => name));
    await own.withdrawAll(
      [...own.announced()].filter(it => isRegistered(it) && !on.has(it.attributes.gateway!)).map(slug),
    );
    watch(event => {
      // With another statement in force other rules are.
      if (event.type === 'statement') for (const { registry } of running) registry.forgetBarred();
      if (event.type === 'observed' && !event.observed.up)
        recheck(running, live.list.held(event.id)?.announcement, deps);
    }, signal);
    opened.move();
    return new Gateways(running);
  }

  status(): GatewayStatus[] {
    return this.#running.map(({ family: { name, transport, timeoutMs }, gateway, registry, counters }) => ({
      family: name,
      transport,
      address: gateway.address,
      registered: registry.size,
      timeoutMs,
      counters: counters.all(),
    }));
  }

  /** A deny rule of this node has ended or was taken back. */
  forgetBarred(): void {
    for (const { registry } of this.#running) registry.forgetBarred();
  }

  /** Nothing more comes in, and what came is stored. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#running.map(({ gateway }) => gateway.close()));
    await Promise.all(this.#running.map(({ registry }) => registry.settled()));
  }
}

/** @throws RollcallError BAD_CONFIG for a family that there is not, or a game that a family does not take */
function familiesOf(settings: Config['gateways']): Family[] {
  const known = families.map(({ name }) => name);
  const unknown = Object.keys(settings).find(name => !known.includes(name));
  if (unknown !== undefined) {
    throw new RollcallError('BAD_CONFIG', `gateways.${unknown} is not a setting`, {
      remedy: `gateways are ${known.join(', ')}`,
    });
  }
  const other = families.find(({ name, takesGame }) => settings[name]?.game !== undefined && !takesGame);
  if (other) {
    throw new RollcallError('BAD_CONFIG', `gateways.${other.name}.game is not a setting`, {
      remedy: 'remove it: this protocol says itself which game it is',
    });
  }
  return families.filter(({ name }) => settings[name]?.enabled);
}

async function open(family: Family, sources: Sources, listing: Listing, deps: GatewaysDeps): Promise<Running> {
  const { config, own, live, clock, monotonic, random, ticker, later, signal } = deps;
  const { host, port, game } = config.gateways[family.name]!;
  const lab = config.network.allowPrivateAddresses;
  const counters = new Counters();
  const log = (message: string) => deps.log('debug', `gateway ${family.name}: ${message}`);
  const registry = new Registry({
    family: family.name,
    timeoutMs: family.timeoutMs,
    serversMax: config.list.perAnnouncerMax,
    perHostMax: lab ? config.list.perAnnouncerMax : perHostMax,
    announce: servers => own.announceAll(servers),
    withdraw: servers => own.withdrawAll(servers),
    sources,
    later,
    monotonic,
    counters,
    log,
  });
  registry.resume(
    [...own.announced()].filter(it => isRegistered(it) && it.attributes.gateway === family.name).map(placed),
  );
  const opening = family.open({
    host,
    port,
    game,
    registry,
    groups: keysOf => listing.groups(keysOf, live.list.listed.values()),
    isAsked: query => nativeQueries.has(query) || queryOf(query, {}) !== undefined,
    barred: () =>
      live.list.rules.flatMap(({ address, until = Infinity }) =>
        address !== undefined && until > clock() ? [address] : [],
      ),
    sources,
    secret: randomBytes(secretBytes),
    counters,
    monotonic,
    random,
    ticker,
    signal,
    log,
  });
  const gateway = await opening.catch(error => {
    throw notOpened(error, family.name);
  });
  ticker(second, () => registry.tick(), signal);
  deps.log('info', `the gateway ${family.name} listens on ${gateway.address} (${family.transport})`);
  return { family, gateway, registry, counters };
}

/** Which gateway it is, for there may be ten, and the settings to look at. */
function notOpened(error: unknown, name: string): unknown {
  if (!(error instanceof RollcallError)) return error;
  const remedy =
    error.code === 'PORT_TAKEN'
      ? `choose another with gateways.${name}.port, or stop what listens there`
      : `look at gateways.${name}.host, an address of this machine, and gateways.${name}.port`;
  return new RollcallError(error.code, `the gateway ${name}: ${error.message}`, { remedy, cause: error });
}

/** A server of ours that was silent when it was probed is asked by the gateway where it registered. */
function recheck(running: readonly Running[], announcement: Announcement | undefined, { peerId }: GatewaysDeps): void {
  const [one, address] = gatewayOf(running, announcement, peerId);
  if (address) one?.gateway.recheck?.(address);
}

/** What a rule bars here this node must not go on announcing to others: it is withdrawn, and refused when it comes again. */
function barred(
  running: readonly Running[],
  announcement: Announcement | undefined,
  { peerId, live, clock }: GatewaysDeps,
): void {
  const [one, address] = gatewayOf(running, announcement, peerId);
  if (announcement && address && live.list.deniedBy(announcement, clock())) one?.registry.withdraw(address);
}

/** Where a server of this node registered, and the address that it did. */
function gatewayOf(
  running: readonly Running[],
  announcement: Announcement | undefined,
  peerId: string,
): [one?: Running | undefined, address?: Address | undefined] {
  if (announcement?.announcer !== peerId || !isRegistered(announcement)) return [];
  return [
    running.find(({ family }) => family.name === announcement.attributes.gateway),
    placed(announcement).addresses[0],
  ];
}

/** By a gateway, not by hand: what a person announces keeps its name, whatever attributes it has. */
const isRegistered = ({ server, attributes }: Announcement): boolean =>
  attributes.gateway !== undefined && server.startsWith(`${attributes.gateway}-`);

const slug = ({ server }: Announcement): string => server;

const placed = ({ server, addresses }: Announcement) => ({
  server,
  addresses: addresses.flatMap(text => {
    const address = parseAddress(text);
    return address.ok ? [address.value] : [];
  }),
});
