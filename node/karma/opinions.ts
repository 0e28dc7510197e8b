// What this node says of others: a batch of signed opinions, from its own events alone, so that no word goes round in
// circles. Only servers speak.
import { type Clock, hour, minute } from '../base/time.ts';
import type { Signer } from '../identity/keys.ts';
import {
  type Opinion,
  type Opinions,
  opined,
  opinionEntriesMax,
  opinionsBytesMax,
  opinionsLifetimeMaxMs,
  reasonCountMax,
  reasonsMax,
} from '../records/opinion.ts';
import type { Signed } from '../records/signed.ts';
import type { Actions } from './actions.ts';
import { type Decay, isPardon } from './events.ts';
import { opinionPace } from './opinion-book.ts';
import { Pace } from './pace.ts';
import { type Remembered, sumsOf } from './remembered.ts';
import { directOf } from './score.ts';

/** Without news, so often: gossip forgets, and whoever is new has to hear it too. */
export const repeatMs = 10 * minute;
/** What is said lapses when the node is gone for longer than a night. */
export const opinionsLifetimeMs = Math.min(12 * hour, opinionsLifetimeMaxMs);

export type OwnOpinionsDeps = {
  readonly role: 'server' | 'player';
  readonly listName: string;
  readonly signer: Signer;
  readonly clock: Clock;
  readonly decay: Decay;
  readonly actions: Pick<Actions, 'kindOf'>;
  /** What is remembered of a subject. */
  readonly remembered: (subject: string) => Remembered | undefined;
  /** Subjects, those first of whom this node thinks most or least. */
  readonly strongest: () => IteratorObject<string>;
  /** Counts up with every event. */
  readonly version: () => number;
};

export class OwnOpinions {
  readonly #deps: OwnOpinionsDeps;
  // One token fewer than listeners grant: messages may come closer together than they went out.
  readonly #pace = new Pace({ ...opinionPace, burst: opinionPace.burst - 1, authorsMax: 1 });
  #said: { readonly version: number; readonly batch: Signed<Opinions> } | undefined;

  constructor(deps: OwnOpinionsDeps) {
    this.#deps = deps;
  }

  /** What was said last, as long as it is good. */
  get latest(): Signed<Opinions> | undefined {
    const batch = this.#said?.batch;
    return batch && batch.record.expiresAt > this.#deps.clock() ? batch : undefined;
  }

  /** What to gossip now, if anything: soon after an event, else every `repeatMs`. Asked about once a second. */
  due(): Signed<Opinions> | undefined {
    const { role, listName, signer, clock, version } = this.#deps;
    if (role !== 'server') return undefined;
    const now = clock();
    const news = version() !== (this.#said?.version ?? 0);
    if (!news && now < (this.#said?.batch.record.issuedAt ?? 0) + repeatMs) return undefined;
    if (!this.#pace.allows(signer.peerId, now)) return undefined;
    const entries = opinionsOf(this.#candidates(), now, this.#deps);
    // An empty one takes back what was said before, so it is said once.
    if (entries.length === 0 && (this.#said?.batch.record.entries.length ?? 0) === 0) return undefined;
    const issuedAt = Math.max(now, (this.#said?.batch.record.issuedAt ?? 0) + 1);
    this.#pace.take(signer.peerId, now);
    const batch = opined({ issuedAt, expiresAt: issuedAt + opinionsLifetimeMs, entries }, listName, signer);
    this.#said = { version: version(), batch };
    return batch;
  }

  *#candidates(): Generator<Remembered> {
    const { strongest, remembered } = this.#deps;
    for (const subject of strongest().take(candidatesMax)) {
      const it = remembered(subject);
      if (it) yield it;
    }
  }
}

/** Looked at for one batch: some may have faded since they were put in order. */
const candidatesMax = 2 * opinionEntriesMax;

/** The strongest opinions there is room for. */
export function opinionsOf(
  remembered: Iterable<Remembered>,
  now: number,
  { decay, actions, signer }: Pick<OwnOpinionsDeps, 'decay' | 'actions'> & { readonly signer: Pick<Signer, 'peerId'> },
): Opinion[] {
  const all: { readonly it: Remembered; readonly value: number }[] = [];
  for (const it of remembered) {
    const value = inHundredths(directOf(sumsOf(it, now, decay)).value);
    if (value !== 0 && it.subject !== signer.peerId) all.push({ it, value });
  }
  const strongest = all.sort((a, b) => Math.abs(b.value) - Math.abs(a.value) || (a.it.subject < b.it.subject ? -1 : 1));
  const fitting: Opinion[] = [];
  let bytes = 0;
  for (const { it, value } of strongest.slice(0, opinionEntriesMax)) {
    const opinion = { subject: it.subject, value, ...reasonsOf(it, actions) };
    bytes += JSON.stringify(opinion).length + 1;
    if (bytes > opinionsBytesMax - headBytes) break;
    fitting.push(opinion);
  }
  return fitting;
}

/** Halves away from 0, on either side. */
const inHundredths = (value: number): number => (Math.sign(value) * Math.round(Math.abs(value) * 100)) / 100;

/** Everything around the entries: rater, times and signature. */
const headBytes = 320;

function reasonsOf({ events }: Remembered, actions: Pick<Actions, 'kindOf'>): Pick<Opinion, 'kind' | 'reasons'> {
  const told = events.filter(({ action }) => !isPardon(action));
  const counts = [...Map.groupBy(told, ({ action }) => action)].map(
    ([action, { length }]) => [action, Math.min(length, reasonCountMax)] as const,
  );
  const kind = told.some(({ action }) => actions.kindOf(action) === 'player') ? 'player' : 'server';
  return { kind, reasons: Object.fromEntries(counts.sort((a, b) => b[1] - a[1]).slice(0, reasonsMax)) };
}
