// Finds the rows of which a filter holds without looking at each: sets of rows for values that many share, columns of
// numbers, and signatures of texts. What a filter finds here is what it holds of; only the way there is shorter.
import type { Sliced } from '../base/slices.ts';
import { Bits } from './bits.ts';
import { Crowd } from './crowd.ts';
import { choices, type Filterable, type Hint, keysOf, numbers, sorted, type Term, texts } from './filter.ts';
import { RememberedTerms } from './remembered-terms.ts';
import { isExact, Signatures } from './signatures.ts';

/** A row with the words that it is looked for by (`wordsOf`). */
export type Entry = Filterable & { readonly words: string };

const roomMin = 1_024;
/** What narrows down for little comes first, what has to look at rows last. */
const costs: Record<Hint['kind'], number> = { is: 0, number: 1, key: 2, word: 3, within: 3 };
const costOfRows = 4;
/** Terms that leave more rows than this to look at are remembered. */
const manyRows = 1_000;

/** Each row has a place, a small number that is free again when the row is gone. */
export class RowIndex<E extends Entry> {
  readonly #placeOf = new Map<string, number>();
  readonly #entries: (E | undefined)[] = [];
  readonly #free: number[] = [];
  readonly #all = new Bits();
  /** By field and value: a few of each, which half of the rows may have. */
  readonly #choices = new Map<string, Map<string, Bits>>();
  /** By field and value: many, with no more members together than there are rows. */
  readonly #groups = new Map<string, Map<string, Crowd<number>>>();
  readonly #columns = new Map<string, Float64Array>();
  readonly #signatures: Signatures;
  /** For the question that is being answered; the next one writes over them. */
  readonly #found = new Bits();
  readonly #holding = new Bits();
  readonly #possible = new Bits();
  readonly #group = new Bits();
  readonly #remembered = new RememberedTerms();

  /** `room`: for so many rows at first. */
  constructor(room = 0) {
    this.#signatures = new Signatures(room);
    for (const [field, values] of Object.entries(choices))
      this.#choices.set(field, new Map(values.map(value => [value, new Bits()])));
    for (const field of sorted) this.#groups.set(field, new Map());
    for (const field of Object.keys(numbers)) this.#columns.set(field, new Float64Array(roomMin));
  }

  get size(): number {
    return this.#placeOf.size;
  }

  get(id: string): E | undefined {
    const place = this.#placeOf.get(id);
    return place === undefined ? undefined : this.#entries[place];
  }

  at(place: number): E | undefined {
    return this.#entries[place];
  }

  places(): Iterable<number> {
    return this.#placeOf.values();
  }

  /** Its place. */
  set(entry: E): number {
    const { id } = entry;
    const place = this.#placeOf.get(id) ?? this.#free.pop() ?? this.#entries.length;
    const before = this.#entries[place];
    this.#placeOf.set(id, place);
    this.#entries[place] = entry;
    this.#all.add(place);
    for (const [field, column] of this.#columns) {
      const roomy = place < column.length ? column : widened(column);
      roomy[place] = numbers[field]!(entry) ?? Number.NaN;
      if (roomy !== column) this.#columns.set(field, roomy);
    }
    this.#choose(place, before, entry);
    this.#join(place, before, entry);
    if (before && isWordedAlike(before, entry)) return place;
    if (before) this.#signatures.delete(place, before.words, keysOf(before));
    this.#signatures.add(place, entry.words, keysOf(entry));
    this.#remembered.set(place, term => holdsOf(term, entry));
    return place;
  }

  /** The place that it had. */
  delete(id: string): number | undefined {
    const place = this.#placeOf.get(id);
    const before = place === undefined ? undefined : this.#entries[place];
    if (place === undefined || !before) return undefined;
    this.#choose(place, before, undefined);
    this.#join(place, before, undefined);
    this.#signatures.delete(place, before.words, keysOf(before));
    this.#all.delete(place);
    this.#remembered.delete(place);
    this.#placeOf.delete(id);
    this.#entries[place] = undefined;
    this.#free.push(place);
    return place;
  }

  /** Rows with this value of `game` or `announcer`, in lower case. */
  group(field: 'game' | 'announcer', value: string): Iterable<number> {
    return this.#groups.get(field)!.get(value) ?? [];
  }

  /** Rows with this value of a field that has but a few: not to be changed. */
  choice(field: 'state' | 'hidden', value: string): Bits {
    return this.#choices.get(field)!.get(value)!;
  }

  /** A few of the rows, from everywhere among them. */
  *sample(count: number): Generator<E> {
    const step = Math.max(1, this.#entries.length / count);
    for (let at = 0; at < this.#entries.length; at += step) {
      const entry = this.#entries[Math.floor(at)];
      if (entry) yield entry;
    }
  }

  /**
   * Before a term is asked for: looks, in slices, at the rows that a common one leaves to look at, and remembers those of which
   * it holds. undefined: there is no need.
   */
  remember(term: Term): Sliced<void> | undefined {
    if (term.hint && isFoundAtOnce(term.hint)) return undefined;
    if (this.#remembered.get(term)) return undefined;
    const possible = this.#possibleOf(term);
    if (possible.size <= manyRows) return undefined;
    return this.#remembered.look(term, possible.copy(), place => holdsOf(term, this.#entries[place]!));
  }

  /** Rows of which all terms hold; `game`: only those of this one. To be read before the next is asked for. */
  select(terms: readonly Term[], game?: string): Bits {
    const rows = this.#found;
    if (game === undefined) rows.become(this.#all);
    else fill(rows, this.group('game', game));
    const cost = ({ hint }: Term) => (hint ? costs[hint.kind] : costOfRows);
    for (const term of terms.toSorted((a, b) => cost(a) - cost(b))) {
      if (!term.not) {
        this.#narrow(rows, term);
        continue;
      }
      this.#holding.become(rows);
      this.#narrow(this.#holding, term);
      rows.drop(this.#holding);
    }
    return rows;
  }

  /** Leaves the rows of which the term holds, whether it must or must not. */
  #narrow(rows: Bits, term: Term): void {
    const { hint } = term;
    if (hint?.kind === 'is') {
      const groups = this.#groups.get(hint.field);
      if (groups) fill(this.#group, groups.get(hint.value) ?? []);
      rows.keep(groups ? this.#group : this.#choices.get(hint.field)!.get(hint.value)!);
    } else if (hint?.kind === 'number') {
      rows.keepWithin(this.#columns.get(hint.field)!, hint.range);
    } else this.#narrowByText(rows, term);
  }

  #narrowByText(rows: Bits, term: Term): void {
    const known = this.#remembered.get(term);
    if (known) {
      rows.keep(known);
      return;
    }
    const possible = this.#possibleOf(term);
    possible.keep(rows);
    if (!term.hint || !isFoundAtOnce(term.hint)) possible.filter(place => holdsOf(term, this.#entries[place]!));
    rows.keep(possible);
  }

  /** All rows of which it holds, and some others. To be read before the next is asked for. */
  #possibleOf({ hint }: Term): Bits {
    const possible = this.#possible;
    possible.become(this.#all);
    if (hint?.kind === 'key') this.#signatures.keepKey(possible, hint.key);
    else if (hint && 'word' in hint) this.#signatures.keepWord(possible, hint.word);
    return possible;
  }

  #choose(place: number, before: Entry | undefined, after: Entry | undefined): void {
    for (const [field, values] of this.#choices) {
      const [was, is] = [before, after].map(entry => entry && textOf(field, entry));
      if (was === is) continue;
      if (was !== undefined) values.get(was)?.delete(place);
      if (is !== undefined) values.get(is)?.add(place);
    }
  }

  #join(place: number, before: Entry | undefined, after: Entry | undefined): void {
    for (const [field, values] of this.#groups) {
      const [was, is] = [before, after].map(entry => entry && textOf(field, entry));
      if (was === is) continue;
      const left = was === undefined ? undefined : values.get(was);
      left?.delete(place);
      if (left?.size === 0) values.delete(was!);
      if (is === undefined) continue;
      const joined = values.get(is) ?? new Crowd<number>();
      joined.add(place);
      values.set(is, joined);
    }
  }
}

/** Whether what narrows down leaves no rows to look at. */
const isFoundAtOnce = (hint: Hint): boolean =>
  hint.kind === 'is' || hint.kind === 'number' || (hint.kind === 'word' && isExact(hint.word));

const textOf = (field: string, entry: Entry): string => texts[field]!(entry)[0]?.toLowerCase() ?? 'unknown';

function fill(bits: Bits, places: Iterable<number>): void {
  bits.clear();
  for (const place of places) bits.add(place);
}

function widened(column: Float64Array): Float64Array {
  const wide = new Float64Array(column.length * 2);
  wide.set(column);
  return wide;
}

const holdsOf = ({ hint, holds }: Term, entry: Entry): boolean =>
  hint?.kind === 'word' ? entry.words.includes(hint.word) : holds(entry);

/** A row that is only seen otherwise keeps the lists of its announcement. */
const isWordedAlike = (a: Entry, b: Entry): boolean =>
  a.words === b.words &&
  a.tags === b.tags &&
  a.attributes === b.attributes &&
  a.version === b.version &&
  a.observed?.map === b.observed?.map;
