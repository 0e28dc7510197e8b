// What others say: the newest signed opinions of each rater, as long as they are good. Everything comes in through `receive`.
import { type Clock, second } from '../base/time.ts';
import { accept, ignore, reject, type Verdict } from '../base/verdict.ts';
import { type Opinion, type Opinions, parseOpinions, verifiedOpinions } from '../records/opinion.ts';
import type { Signed } from '../records/signed.ts';
import { directMin } from './hearsay.ts';
import { Pace } from './pace.ts';
import { judgeTimes } from './times.ts';

export type OpinionBookDeps = {
  /** Name of the list, part of what is signed. */
  readonly listName: string;
  /** This node's own peer id: what it says itself is no hearsay. */
  readonly self: string;
  readonly clock: Clock;
  /** D of a rater: those known to be good are the last to be dropped. */
  readonly direct: (rater: string) => number;
  /** Told of whom somebody spoke whose word counts. */
  readonly heard: (subjects: readonly string[]) => void;
};

/** A word about somebody. */
export type Said = {
  readonly rater: string;
  readonly opinion: Opinion;
  readonly vouched: number;
  readonly issuedAt: number;
};

/** A batch takes 80 KB in memory at most, most take a tenth: more raters than any node knows well. */
export const ratersMax = 1_000;
/** A kick has to be known within seconds, and nobody has that much to say for long: 26 KB a message. */
export const opinionPace = { burst: 4, everyMs: 30 * second, authorsMax: 10_000 };

type Held = {
  readonly batch: Opinions;
  readonly bytes: Uint8Array;
  readonly vouched: number;
  readonly bySubject: ReadonlyMap<string, Opinion>;
};

export class OpinionBook {
  readonly #deps: OpinionBookDeps;
  readonly #held = new Map<string, Held>();
  readonly #raters = new Map<string, Set<string>>();
  /** `issuedAt` of raters that were dropped, so that older words of theirs do not come back. */
  readonly #floors = new Map<string, number>();
  readonly #pace = new Pace(opinionPace);
  #version = 0;

  constructor(deps: OpinionBookDeps) {
    this.#deps = deps;
  }

  /** Raters whose opinions are held. */
  get size(): number {
    return this.#held.size;
  }

  /** Counts up with every change. */
  get version(): number {
    return this.#version;
  }

  /** Judges a message, cheap checks first, and takes it in when it is good. */
  receive(bytes: Uint8Array): Verdict {
    const read = parseOpinions(bytes);
    if (!read.ok) return reject(read.code);
    const { rater, issuedAt, expiresAt } = read.value;
    const now = this.#deps.clock();
    if (rater === this.#deps.self) return ignore('OWN');
    const timely = judgeTimes(issuedAt, expiresAt, now);
    if (timely.action !== 'accept') return timely;
    if (issuedAt <= this.#newest(rater)) return ignore('STALE');
    if (!this.#pace.allows(rater, now)) return ignore('TOO_OFTEN');
    const signed = verifiedOpinions(read.value, bytes, this.#deps.listName);
    // Only now: whoever forges another's word must not use up his tokens.
    if (!signed) return reject('BAD_SIGNATURE');
    this.#pace.take(rater, now);
    this.#put(signed);
    return accept;
  }

  /** How many speak of a subject. */
  spoken(subject: string): number {
    return this.#raters.get(subject)?.size ?? 0;
  }

  /** All that is said about a subject now, whoever says it. */
  about(subject: string): Said[] {
    const now = this.#deps.clock();
    return [...(this.#raters.get(subject) ?? [])].flatMap(rater => {
      const { batch, vouched, bySubject } = this.#held.get(rater)!;
      if (batch.expiresAt <= now) return [];
      return [{ rater, opinion: bySubject.get(subject)!, vouched, issuedAt: batch.issuedAt }];
    });
  }

  /** Who speaks, those that count here first, and what each says. */
  raters(): { readonly rater: string; readonly opinions: readonly Opinion[] }[] {
    const now = this.#deps.clock();
    const counts = (rater: string) => Number(this.#deps.direct(rater) >= directMin);
    return [...this.#held.values()]
      .filter(({ batch }) => batch.expiresAt > now)
      .map(({ batch }) => ({ rater: batch.rater, opinions: batch.entries, counts: counts(batch.rater) }))
      .sort((a, b) => b.counts - a.counts);
  }

  /** All batches as they came, for others to judge: those of raters that count here first, then the newest. */
  held(): Uint8Array[] {
    const now = this.#deps.clock();
    const good = [...this.#held].filter(([, { batch }]) => batch.expiresAt > now);
    const ranked = good.map(([rater, { batch, bytes }]) => {
      return { bytes, counts: Number(this.#deps.direct(rater) >= directMin), issuedAt: batch.issuedAt };
    });
    return ranked.sort((a, b) => b.counts - a.counts || b.issuedAt - a.issuedAt).map(({ bytes }) => bytes);
  }

  /** Drops what has run out. */
  tick(): void {
    const now = this.#deps.clock();
    for (const [rater, { batch }] of this.#held) if (batch.expiresAt <= now) this.#drop(rater);
  }

  #newest(rater: string): number {
    return this.#held.get(rater)?.batch.issuedAt ?? this.#floors.get(rater) ?? 0;
  }

  #put({ record, bytes }: Signed<Opinions>): void {
    this.#drop(record.rater);
    if (this.#held.size >= ratersMax) this.#drop(this.#leastOfAll());
    const bySubject = new Map(record.entries.map(opinion => [opinion.subject, opinion]));
    const vouched = record.entries.reduce((sum, { value }) => sum + Math.max(value, 0), 0);
    // A copy: the bytes may be a part of something large, which would be kept with them.
    this.#held.set(record.rater, { batch: record, bytes: Uint8Array.from(bytes), vouched, bySubject });
    for (const subject of bySubject.keys()) {
      this.#raters.set(subject, (this.#raters.get(subject) ?? new Set()).add(record.rater));
    }
    this.#version++;
    if (this.#deps.direct(record.rater) >= directMin) this.#deps.heard([...bySubject.keys()]);
  }

  /** The one that was heard longest ago among those that do not count; among all, when all count. */
  #leastOfAll(): string {
    const raters = [...this.#held.keys()];
    return raters.find(rater => this.#deps.direct(rater) < directMin) ?? raters[0]!;
  }

  #drop(rater: string): void {
    const held = this.#held.get(rater);
    if (!held) return;
    this.#held.delete(rater);
    for (const subject of held.bySubject.keys()) {
      const raters = this.#raters.get(subject)!;
      raters.delete(rater);
      if (raters.size === 0) this.#raters.delete(subject);
    }
    this.#floors.delete(rater);
    if (this.#floors.size >= opinionPace.authorsMax) this.#floors.delete(this.#floors.keys().next().value!);
    this.#floors.set(rater, held.batch.issuedAt);
    this.#version++;
  }
}
