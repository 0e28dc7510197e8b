// Observations in a running node: who asks which server, what this node tells of it, and what others say.
import type { Observed } from '../api/port.ts';
import { networkOf, parseAddress } from '../base/address.ts';
import { messageOf } from '../base/errors.ts';
import { textFault } from '../base/text.ts';
import { type Clock, minute, second } from '../base/time.ts';
import type { Config } from '../config/schema.ts';
import { observationsTopic } from '../gossip/topics.ts';
import type { Signer } from '../identity/keys.ts';
import { type Candidate, epochAt, Lot, phaseOf, weigh } from '../karma/assign.ts';
import { combine } from '../karma/combine.ts';
import { observerWeightOf } from '../karma/effects.ts';
import { observersMax, type Sight } from '../karma/observation-book.ts';
import { OwnObservations } from '../karma/own-observations.ts';
import type { Change } from '../list/change.ts';
import type { Network } from '../network/port.ts';
import { dutyOf, latenessOf } from '../probe/duty.ts';
import type { Observation } from '../probe/observation.ts';
import type { Duty, PlaceView, Prober } from '../probe/prober.ts';
import { type Finding, Verdicts } from '../probe/verdicts.ts';
import type { Announcement } from '../records/announcement.ts';
import { mapGraphemesMax } from '../records/observation.ts';
import type { NodeKarma } from './karma.ts';
import type { Log } from './log.ts';
import { notConnected } from './parts.ts';
import { Sights } from './sights.ts';

export type ObserversDeps = {
  readonly config: Pick<Config, 'role' | 'probe'> & {
    readonly list: Pick<Config['list'], 'name'>;
    readonly karma: Pick<Config['karma'], 'red' | 'observers' | 'epochMs'>;
  };
  readonly signer: Signer;
  readonly network: Pick<Network, 'join' | 'publish' | 'peers'>;
  readonly karma: Pick<NodeKarma, 'observations' | 'value' | 'direct' | 'notice'>;
  readonly groupOf: (peer: string) => string;
  readonly announced: (server: string) => Announcement | undefined;
  /** Undefined: this node asks nobody. */
  readonly prober: () => Pick<Prober, 'list' | 'forget' | 'get' | 'hurry'> | undefined;
  /** This node vouches for what it saw itself, so it looks at everything. */
  readonly asksAll: boolean;
  readonly observed: (server: string, observed: Observed) => void;
  readonly clock: Clock;
  readonly log: Log;
};

/**
 * How long observations are passed on later at most. Half a second does not matter to what is told once a minute, and most of the traffic of a network are
 * copies of it: 2.7 instead of 6.6 on long lines. Source: docs/scale.md.
 */
export const observationHoldMs = 250;
/** Who was neither heard nor newly connected for so long does not observe. */
const activeWithinMs = 10 * minute;
/** In the draw, as many as the book of observations has names: those who draw among the same find the same three observers. */
const candidatesMax = observersMax;
const candidatesEveryMs = 10 * second;
/** A thousand candidates cost some milliseconds to weigh: they are weighed ten times as seldom as a hundred. */
const candidatesEveryMsEach = second / 10;
const verdictsEveryMs = 10 * minute;
/** Of the servers at one place that many are looked at; what is seen of one is seen of all. */
const neighboursMax = 8;

type Drawn = {
  readonly lot: Lot;
  /** How many are in it, this node included. */
  readonly crowd: number;
  readonly strangersOnly: boolean;
  readonly atMs: number;
};

export class Observers {
  readonly #deps: ObserversDeps;
  readonly #sights: Sights;
  readonly #own: OwnObservations;
  readonly #verdicts = new Verdicts();
  #drawn: Drawn | undefined;
  #judgedAtMs = 0;

  constructor(deps: ObserversDeps) {
    this.#deps = deps;
    const { config, signer, network, karma, clock } = deps;
    this.#own = new OwnObservations({ listName: config.list.name, signer });
    this.#sights = new Sights({
      self: signer.peerId,
      clock,
      intervalMs: config.probe.intervalMs,
      own: id => deps.prober()?.get(id) ?? null,
      heard: id => karma.observations.of(id),
      weight: peer => observerWeightOf(karma.value(peer), config.karma.red),
      groupOf: peer => this.#groupOf(peer),
      claim: id => ({ players: claimedPlayers(deps.announced(id)) }),
      changed: deps.observed,
    });
    network.join(
      observationsTopic(config.list.name),
      async data => karma.observations.receive(data),
      observationHoldMs,
    );
  }

  get(server: string): Observed | null {
    return this.#sights.get(server);
  }

  /** The list has changed. */
  listed(changes: readonly Pick<Change, 'id' | 'after'>[]): void {
    const prober = this.#deps.prober();
    for (const { id, after } of changes) {
      if (after?.announcement.state === 'up') {
        prober?.list({ id, ...after.announcement });
        this.#sights.touch(id);
      } else {
        prober?.forget(id);
        this.#own.forget(id);
        this.#verdicts.forget(id);
        this.#sights.forget(id);
      }
    }
  }

  /** What others saw came in. */
  heard(sights: readonly Sight[]): void {
    const prober = this.#deps.prober();
    for (const { server, up, at, observer } of sights) {
      this.#sights.touch(server);
      const own = prober?.get(server);
      if (!own || own.up === up || at <= own.at || this.#weight(observer) === 0) continue;
      // Whoever observes it looks whenever somebody says that it changed; whoever does not, when most say so.
      if (this.#isMine(hostOf(this.#deps.announced(server))) || this.#sights.others(server)?.up === up)
        prober!.hurry(server);
    }
  }

  /** This node's own probe saw something. */
  probed(server: string, observation: Observation): void {
    const { config, announced, clock } = this.#deps;
    const announcement = announced(server);
    if (!announcement) return;
    this.#sights.touch(server);
    if (config.role === 'server') this.#own.note(entryOf(server, observation), clock());
    const { announcer, addresses, issuedAt } = announcement;
    const networks = [...new Set(addresses.flatMap(networkIn))];
    const asked = { id: server, announcer, host: hostOf(announcement), networks, issuedAt };
    for (const it of this.#verdicts.note(asked, observation, this.#isLie(server, announcement))) this.#tell(it);
  }

  /** When this node asks at a place. */
  duty({ host, servers, listedAtMs, askedAtMs }: PlaceView): Duty {
    const { config, clock, karma, signer } = this.#deps;
    const { epochMs } = config.karma;
    const now = clock();
    const { endsAtMs } = this.#epoch(host);
    let seenAtMs: number | undefined;
    let silentMs = Number.POSITIVE_INFINITY;
    for (const id of [...servers].slice(0, neighboursMax)) {
      for (const { observer, at } of karma.observations.of(id))
        if (at > (seenAtMs ?? 0) && this.#weight(observer) > 0) seenAtMs = at;
      const observed = this.#sights.get(id);
      silentMs = Math.min(silentMs, observed?.downSince ? observed.at - observed.downSince : 0);
    }
    const share = phaseOf(signer.peerId, host, 1);
    const isPlayer = config.role === 'player';
    const { crowd, strangersOnly } = this.#candidates(now);
    const watch = {
      mine: this.#deps.asksAll || this.#isMine(host),
      // Players want their own round trip; who has only the word of strangers looks himself now and then.
      ownEveryMs: isPlayer || strangersOnly ? epochMs : null,
      ownFirstMs: isPlayer ? now : listedAtMs + share * epochMs,
      ...{ listedAtMs, askedAtMs, seenAtMs, silentMs, epochEndsAtMs: endsAtMs, lateness: latenessOf(share, crowd) },
    };
    return dutyOf(watch, now, config.probe.intervalMs);
  }

  /** About once a second. */
  async tick(): Promise<void> {
    const { config, network, clock, log } = this.#deps;
    const now = clock();
    // The clock may have been set back, here and below.
    if (Math.abs(now - this.#judgedAtMs) >= verdictsEveryMs) {
      this.#judgedAtMs = now;
      for (const finding of this.#verdicts.due(now)) this.#tell(finding);
    }
    for (const batch of this.#own.due(now)) {
      await network
        .publish(observationsTopic(config.list.name), batch)
        .catch(error => log('debug', `observations could not be gossiped: ${messageOf(error)}`));
    }
  }

  #tell({ subject, action, evidence, id }: Finding): void {
    this.#deps.karma.notice(subject, action, 'probe', evidence, id);
  }

  /** Among whom observers are drawn now. */
  #candidates(now: number): Drawn {
    const { network, config, signer, karma } = this.#deps;
    const drawn = this.#drawn;
    if (drawn && Math.abs(now - drawn.atMs) < Math.max(candidatesEveryMs, drawn.crowd * candidatesEveryMsEach))
      return drawn;
    const heard = karma.observations.observersSince(now - activeWithinMs);
    const connected = network.peers().filter(({ connectedAt }) => connectedAt > now - activeWithinMs);
    const others = [...new Set([...connected.map(({ peerId }) => peerId), ...heard])]
      .map(peer => ({ peer, karma: karma.value(peer), group: this.#groupOf(peer) }))
      .sort((a, b) => b.karma - a.karma)
      .slice(0, candidatesMax - 1);
    // As others see it, as far as can be known: who took himself for better than all would ask what falls to them.
    const best = Math.max(0, ...others.map(other => other.karma));
    const self: Candidate = { peer: signer.peerId, karma: best, group: signer.peerId };
    const lot = new Lot(weigh([self, ...others], config.karma.red));
    this.#drawn = { lot, crowd: others.length + 1, strangersOnly: best === 0, atMs: now };
    return this.#drawn;
  }

  #epoch(host: string): { epoch: number; endsAtMs: number } {
    const { clock, config } = this.#deps;
    const { epochMs } = config.karma;
    return epochAt(clock(), epochMs, phaseOf(config.list.name, host, epochMs));
  }

  /** Others do not hear of players, so players leave no gap when they look only for themselves. */
  #isMine(host: string): boolean {
    const { config, signer, clock } = this.#deps;
    if (config.role === 'player') return false;
    const place = { list: config.list.name, epoch: this.#epoch(host).epoch, host };
    return this.#candidates(clock()).lot.observersOf(place, config.karma.observers).includes(signer.peerId);
  }

  #weight(peer: string): number {
    return observerWeightOf(this.#deps.karma.value(peer), this.#deps.config.karma.red);
  }

  #isLie(server: string, announcement: Announcement): boolean {
    const own = this.#sights.ownSight(server);
    if (!own) return false;
    const flags = combine([own], { players: claimedPlayers(announcement) }, own.observer)?.flags ?? [];
    return flags.includes('overstated') || flags.includes('implausible');
  }

  /** Of those who are not connected the network is not known: who has shown himself to be good stands for himself. */
  #groupOf(peer: string): string {
    const group = this.#deps.groupOf(peer);
    return group === notConnected && this.#deps.karma.direct(peer) > 0 ? peer : group;
  }
}

/** What it says of itself in the attribute `players`. */
function claimedPlayers(announcement: Announcement | undefined): number | null {
  const text = announcement?.attributes.players ?? '';
  return /^[0-9]{1,9}$/.test(text) ? Number(text) : null;
}

const hostOf = (announcement: Announcement | undefined): string => {
  const first = parseAddress(announcement?.addresses[0] ?? '');
  return first.ok ? first.value.host : '';
};

const networkIn = (text: string): string[] => {
  const address = parseAddress(text);
  return address.ok ? [networkOf(address.value)] : [];
};

/** What the record cannot hold is left out: a strange name of a map must not keep the rest from being told. */
function entryOf(server: string, { up, players, maxPlayers, map, rttMs, at }: Observation) {
  const tellable = map !== null && map !== '' && textFault(map, mapGraphemesMax) === undefined;
  return { server, up, players, maxPlayers, map: tellable ? map : null, version: null, rttMs, at };
}
