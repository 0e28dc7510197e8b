// Karma as the rest of a node uses it: events come in and are kept, scores go out with everything behind them.
import { RollcallError } from '../base/errors.ts';
import { type Clock, hour, second } from '../base/time.ts';
import type { Action, Actions } from './actions.ts';
import { type Decay, eventFault, type KarmaEvent, type Source } from './events.ts';
import type { Ledger } from './ledger.ts';
import type { OpinionBook } from './opinion-book.ts';
import { formatRemembered, mercyOf, type Remembered, unknown } from './remembered.ts';
import { directOf, type Score, scoreOf, type Tier, type Tiers, tierOf } from './score.ts';

export type KarmaDeps = {
  readonly self: string;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly actions: Pick<Actions, 'get'>;
  readonly ledger: Pick<Ledger, 'add' | 'get' | 'sums'>;
  readonly opinions: Pick<OpinionBook, 'about' | 'version'>;
  /** Who stands behind a rater: his IPv4 /24 or IPv6 /48. */
  readonly groupOf: (peer: string) => string;
  /** What is remembered of a subject is another now, or nothing any more. */
  readonly moved: (subject: string) => void;
  /** Writes records by subject, and takes out those without a value; on disk when it resolves. */
  readonly save: (changes: readonly { readonly subject: string; readonly value?: Uint8Array }[]) => Promise<void>;
};

export type KarmaSettings = {
  readonly tiers: Tiers;
  readonly decay: Decay;
  readonly prefer: readonly string[];
  readonly block: readonly string[];
};

export type Told = {
  readonly subject: string;
  readonly action: string;
  readonly source: Source;
  readonly note?: string;
  readonly evidence?: string;
  /** Of the teller's making: what is told twice counts once, as long as the event itself is kept. */
  readonly id?: string;
};

/** All that `rollcall karma <peer>` shows. */
export type Explained = Score & { readonly remembered: Remembered };

/** What probes and judges see again and again counts once in so long. */
export const automaticEveryMs = hour;
/** Scores fade slowly, so one that is a little old is as good; any event or opinion makes them anew. */
const cachedForMs = 10 * second;
const cachedMax = 100_000;

export class Karma {
  readonly #deps: KarmaDeps;
  readonly #settings: KarmaSettings;
  readonly #own: ReadonlyMap<string, 'preferred' | 'blocked'>;
  readonly #cache = new Map<string, number>();
  #cachedAs = '';
  #version = 0;

  constructor(deps: KarmaDeps, settings: KarmaSettings) {
    this.#deps = deps;
    this.#settings = settings;
    this.#own = new Map([
      ...settings.prefer.map(peer => [peer, 'preferred'] as const),
      ...settings.block.map(peer => [peer, 'blocked'] as const),
    ]);
  }

  /** Counts up with every event. */
  get version(): number {
    return this.#version;
  }

  /**
   * Keeps an event; it is on disk when this resolves. What a machine tells without an id counts once an hour.
   * @throws RollcallError UNKNOWN_ACTION, or the code of the field that is wrong
   */
  async tell({ subject, action, source, note, evidence, id }: Told): Promise<KarmaEvent> {
    const { self, clock, newId, actions, ledger, moved, save } = this.#deps;
    const { name, points }: Action = actions.get(action);
    const atMs = clock();
    const byPeople = source === 'player' || source === 'game';
    const given = id ?? (byPeople ? newId() : `${name}@${Math.floor(atMs / automaticEveryMs)}`);
    const said = { note: note || null, evidence: evidence || null };
    const event: KarmaEvent = { id: given, subject, action: name, points, atMs, source, ...said };
    const wrong = eventFault(event);
    if (wrong) throw new RollcallError(wrong.code, wrong.message);
    if (subject === self) throw new RollcallError('OWN_SUBJECT', 'subject: is this node itself');
    const { kept, news, forgotten } = ledger.add(event);
    if (!news) return event;
    this.#version++;
    for (const other of [subject, ...forgotten]) moved(other);
    await save([{ subject, value: formatRemembered(kept) }, ...forgotten.map(gone => ({ subject: gone }))]);
    return event;
  }

  /** Everything behind a score. */
  explain(subject: string): Explained {
    const { clock, ledger, opinions, groupOf } = this.#deps;
    const now = clock();
    const remembered = ledger.get(subject) ?? unknown(subject);
    const heard = opinions.about(subject).map(({ rater, opinion: { value }, vouched }) => {
      return { rater, group: groupOf(rater), direct: this.direct(rater), value, vouched };
    });
    const known = {
      subject,
      sums: ledger.sums(subject, now),
      heard,
      mercy: mercyOf(remembered, now, this.#settings.decay),
      own: this.#own.get(subject) ?? null,
    };
    return { ...scoreOf(known, this.#settings.tiers), remembered };
  }

  /** K, a few seconds old at most. */
  value(subject: string): number {
    const state = `${this.#version} ${this.#deps.opinions.version} ${Math.floor(this.#deps.clock() / cachedForMs)}`;
    if (state !== this.#cachedAs || this.#cache.size >= cachedMax) this.#cache.clear();
    this.#cachedAs = state;
    const cached = this.#cache.get(subject);
    if (cached !== undefined) return cached;
    const { value } = this.explain(subject);
    this.#cache.set(subject, value);
    return value;
  }

  tier(subject: string): Tier {
    return tierOf(this.value(subject), this.#settings.tiers);
  }

  /** D: what this node itself thinks of a rater. */
  direct(rater: string): number {
    const own = this.#own.get(rater);
    if (own) return own === 'preferred' ? 1 : -1;
    return directOf(this.#deps.ledger.sums(rater, this.#deps.clock())).value;
  }
}
