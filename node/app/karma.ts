// Karma in a running node: kept in the store, told to others by gossip, noticed by validators, asked for by the API.
import { randomUUID } from 'node:crypto';
import type { KarmaJson, KarmaPage, KarmaQuery, RateRequest, ServerRow } from '../api/port.ts';
import { messageOf, RollcallError } from '../base/errors.ts';
import type { Clock, Monotonic } from '../base/time.ts';
import type { Config } from '../config/schema.ts';
import { OpinionExchange } from '../gossip/opinions.ts';
import { opinionsTopic } from '../gossip/topics.ts';
import type { Store, Write } from '../history/store.ts';
import { isPeerId, type Signer } from '../identity/keys.ts';
import { composeKarma, type KarmaParts } from '../karma/compose.ts';
import type { ObservationBook, Sight } from '../karma/observation-book.ts';
import { parseRemembered, type Remembered } from '../karma/remembered.ts';
import { stepMax } from '../karma/standings.ts';
import type { Network } from '../network/port.ts';
import { karmaPage } from './karma-page.ts';
import type { Log } from './log.ts';

export type NodeKarmaDeps = {
  readonly store: Pick<Store, 'write' | 'entries'>;
  readonly config: Pick<Config, 'karma' | 'role' | 'list'>;
  readonly signer: Signer;
  readonly network: Pick<Network, 'join' | 'publish' | 'serve' | 'request' | 'onPeer'>;
  /** The network that a peer speaks from: raters of one count as one. */
  readonly groupOf: (peer: string) => string;
  readonly listed: (server: string) => boolean;
  /** Told what others saw of servers. */
  readonly heard?: (sights: readonly Sight[]) => void;
  readonly clock: Clock;
  readonly monotonic: Monotonic;
  /** Scores may be others now; `subject`: something was remembered of it. */
  readonly changed: (subject?: string) => void;
  readonly pause: () => Promise<void>;
  readonly log: Log;
};

export class NodeKarma {
  readonly #deps: NodeKarmaDeps;
  readonly #parts: KarmaParts;

  private constructor(deps: NodeKarmaDeps, parts: KarmaParts) {
    this.#deps = deps;
    this.#parts = parts;
    new OpinionExchange({
      ...deps,
      listName: deps.config.list.name,
      book: parts.opinions,
      own: () => parts.own.latest?.bytes,
      karma: peer => parts.karma.value(peer),
      rejected: peer => this.notice(peer, 'invalid-message', 'validator'),
      log: message => deps.log('debug', message),
    });
  }

  /** What is unreadable in the store is left out, and said. @throws RollcallError BAD_CONFIG */
  static async open(deps: NodeKarmaDeps): Promise<NodeKarma> {
    const { store, config, signer, clock, groupOf, listed, heard, pause, log } = deps;
    const kept: Remembered[] = [];
    for await (const [subject, bytes] of store.entries('karma')) {
      const read = parseRemembered(bytes);
      if (read.ok) kept.push(read.value);
      else log('warn', `karma of ${subject} cannot be read: ${read.message}`);
    }
    const save = (changes: readonly { readonly subject: string; readonly value?: Uint8Array }[]) =>
      store.write(
        changes.map(
          ({ subject, value }): Write =>
            value ? { space: 'karma', put: subject, value } : { space: 'karma', del: subject },
        ),
      );
    const parts = { config, signer, clock, groupOf, listed, kept, save, newId: randomUUID, ...(heard && { heard }) };
    const composed = composeKarma(parts);
    for (const [i, { subject }] of kept.entries()) {
      composed.standings.update(subject);
      if (i % stepMax === 0) await pause();
    }
    return new NodeKarma(deps, composed);
  }

  /** Once a second: says what is due. */
  async tick(): Promise<void> {
    this.#parts.standings.step();
    const said = this.#parts.own.due();
    if (said) await this.#deps.network.publish(opinionsTopic(this.#deps.config.list.name), said.bytes);
  }

  /** Once a minute: what has run out goes. */
  sweep(): void {
    this.#parts.tick();
  }

  /** K of a peer, from −1 to 1. */
  value(peer: string): number {
    return this.#parts.karma.value(peer);
  }

  /** D of a peer: what this node itself has experienced with it. */
  direct(peer: string): number {
    return this.#parts.karma.direct(peer);
  }

  /** What others saw of servers: the judge of the `observations` topic. */
  get observations(): ObservationBook {
    return this.#parts.observations;
  }

  /** As a row of the list shows it. */
  brief(peer: string): ServerRow['karma'] {
    return { value: Math.round(this.value(peer) * 1_000) / 1_000, tier: this.#parts.karma.tier(peer) };
  }

  /** Whose opinions are held, those that count here first. */
  raters() {
    return this.#parts.opinions.raters();
  }

  /** @throws RollcallError BAD_PEER */
  explain(peer: string): KarmaJson {
    if (!isPeerId(peer)) throw noPeer(peer);
    const { remembered, ...score } = this.#parts.karma.explain(peer);
    const events = remembered.events.map(({ subject: _, ...event }) => event).toReversed();
    return { ...score, events };
  }

  /** Everybody who is no stranger, the worst first. */
  page(query: KarmaQuery): KarmaPage {
    const { ledger, standings } = this.#parts;
    const tiers = this.#deps.config.karma;
    return karmaPage({ ledger, standings, brief: subject => this.brief(subject), tiers }, query);
  }

  /** What a person or a game says; on disk when it resolves. @throws RollcallError BAD_PEER, UNKNOWN_ACTION, BAD_FIELD, OWN_SUBJECT */
  async rate({ subject, source = 'game', ...rest }: RateRequest): Promise<KarmaJson> {
    if (!isPeerId(subject)) throw noPeer(subject, 'subject: ');
    await this.#parts.karma.tell({ subject, source, ...rest });
    this.#deps.changed(subject);
    return this.explain(subject);
  }

  /** What a machine noticed. Counts once for each `id`, and without one once an hour for each action; never throws. */
  notice(
    subject: string,
    action: string,
    source: 'validator' | 'proof' | 'probe',
    evidence?: string,
    id?: string,
  ): void {
    if (subject === this.#deps.signer.peerId) return;
    this.#parts.karma
      .tell({
        ...{ subject, action, source },
        ...(evidence === undefined ? {} : { evidence }),
        ...(id === undefined ? {} : { id }),
      })
      .then(() => this.#deps.changed(subject))
      .catch(error => this.#deps.log('warn', `cannot remember ${action} of ${subject}: ${messageOf(error)}`));
  }
}

/** `field`: where it was given, if it has a name. */
const noPeer = (given: string, field = ''): RollcallError =>
  new RollcallError(
    'BAD_PEER',
    `${field}"${given}" is no peer id: it has to be a whole one, 52 characters such as 12D3KooW…`,
  );
