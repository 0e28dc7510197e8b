// What to show of the list: the expressions that people type into `list --filter` and into the viewer.
import { fault, type Parsed, parsed } from '../base/verdict.ts';

/** What can be asked about: a row of the list as it is shown. */
export type Filterable = {
  readonly id: string;
  readonly announcer: string;
  readonly server: string;
  readonly game: string;
  readonly name: string;
  readonly addresses: readonly string[];
  readonly state: string;
  readonly tags: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  readonly version: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly standing: string;
  /** Why it is not shown unless everything is asked for. */
  readonly hidden: string | null;
  readonly karma: { readonly value: number; readonly tier: string };
  /** What words are looked for in, when somebody keeps it ready: see `wordsOf`. */
  readonly words?: string;
  readonly observed: {
    readonly up: boolean;
    readonly players: number | null;
    readonly maxPlayers: number | null;
    readonly map: string | null;
    readonly rttMs: number | null;
  } | null;
};

export type Filter = (row: Filterable) => boolean;

/** One of the terms of a filter. */
export type Term = {
  /** The same for whatever was typed that holds of the same rows, as far as case and quotes go; without a `-`. */
  readonly key: string;
  /** Whether it must not hold. */
  readonly not: boolean;
  readonly holds: Filter;
  /** What an index of rows can make of it; undefined: nothing. */
  readonly hint: Hint | undefined;
};

/** `is`, `number` and `word` mean just what the term does; `within` and `key` are true of all rows of which it holds, and of others. */
export type Hint =
  | { readonly kind: 'is'; readonly field: string; readonly value: string }
  | { readonly kind: 'number'; readonly field: string; readonly range: Range }
  | { readonly kind: 'word'; readonly word: string }
  | { readonly kind: 'within'; readonly word: string }
  | { readonly kind: 'key'; readonly key: string };

/** Longer ones come from no person. */
export const filterLengthMax = 500;
/** Half of what an index of rows remembers, so that the terms of one filter never push each other out. */
export const termsMax = 32;

/**
 * Terms with spaces between them; all must hold, each may have a `-` before it:
 *
 *     openarena                   a word in name, game, address, tag or map
 *     "capture the flag"          the same with spaces
 *     game:openarena              equal, whatever the case; `name`, `address` and `map` need only contain it
 *     players>0 ping<=80          numbers; what nobody has seen matches no comparison
 *     players:unknown             nobody has seen it
 *     attributes.country:de       an attribute
 */
export function parseFilter(text: string): Parsed<Filter> {
  const terms = parseTerms(text);
  return terms.ok ? parsed(filterOf(terms.value)) : terms;
}

export const filterOf =
  (terms: readonly Term[]): Filter =>
  row =>
    terms.every(({ not, holds }) => holds(row) !== not);

export function parseTerms(text: string): Parsed<readonly Term[]> {
  if (text.length > filterLengthMax)
    return fault('BAD_FILTER', 'filter', `is longer than ${filterLengthMax} characters`);
  const terms: Term[] = [];
  for (const [term = ''] of text.matchAll(/-?[a-z.]+(?:[:=]|!=|[<>]=?)"[^"]*"|-?"[^"]*"|\S+/giu)) {
    const not = term.startsWith('-') && term.length > 1;
    const read = parseTerm(not ? term.slice(1) : term);
    if (!read.ok) return read;
    terms.push({ ...read.value, not: read.value.not !== not });
  }
  if (terms.length > termsMax)
    return fault('BAD_FILTER', 'filter', `has ${terms.length} terms: at most ${termsMax} may be`);
  return parsed(terms);
}

function parseTerm(term: string): Parsed<Term> {
  const match = /^([a-z.][a-z0-9_.-]*)(!=|[<>]=?|[:=])(.*)$/isu.exec(term);
  if (!match) return parsed(wordTerm(term));
  const [, rawField, operator, rawValue] = match;
  const field = rawField!.toLowerCase();
  const value = unquoted(rawValue!).toLowerCase();
  if (value === '') return fault('BAD_FILTER', 'filter', `"${term}" says nothing after "${operator}"`);
  if (Object.hasOwn(numbers, field)) return numberTerm(field, operator!, value, term);
  const read = field.startsWith('attributes.') ? attribute(field.slice('attributes.'.length)) : own(texts, field);
  if (!read) {
    // A host name with its port looks like a field: `play.example.org:27960`.
    if (operator === ':' && field.includes('.')) return parsed(wordTerm(term));
    return fault(
      'BAD_FILTER',
      'filter',
      `"${rawField}" is none of ${[...Object.keys(texts), ...Object.keys(numbers)].join(', ')}, attributes.<key>`,
    );
  }
  if (operator !== ':' && operator !== '=' && operator !== '!=')
    return fault('BAD_FILTER', 'filter', `"${rawField}" is text and has no "${operator}"`);
  const values = own(choices, field);
  if (values && !values.includes(value))
    return fault('BAD_FILTER', 'filter', `"${term}" matches nothing: ${field} is one of ${values.join(', ')}`);
  const loose = operator === ':' && contained.has(field);
  const holds: Filter = row => {
    for (const text of read(row)) {
      const have = text?.toLowerCase() ?? unknown;
      if (loose ? have.includes(value) : have === value) return true;
    }
    return false;
  };
  const key = `${field}${loose ? ':' : '='}${value}`;
  return parsed({ key, not: operator === '!=', holds, hint: hintOf(field, value) });
}

/** What is not there is called unknown, so that word is looked for in every row. */
function hintOf(field: string, value: string): Hint | undefined {
  if (field in choices || sorted.has(field)) return { kind: 'is', field, value };
  if (unknown.includes(value)) return undefined;
  if (contained.has(field)) return { kind: 'within', word: value };
  return { kind: 'key', key: keyOf(field, value) };
}

function numberTerm(field: string, operator: string, value: string, term: string): Parsed<Term> {
  const read = numbers[field]!;
  const key = `${field}${operator}${value}`;
  const ranged = (range: Range): Parsed<Term> =>
    parsed({ key, not: false, holds: row => isWithin(range, read(row)), hint: { kind: 'number', field, range } });
  if (value === unknown) return ranged(operator === '!=' ? known : { ...known, outside: true, unknown: true });
  const wanted = Number(value);
  if (!Number.isFinite(wanted))
    return fault('BAD_FILTER', 'filter', `"${term}" compares with "${value}", which is no number`);
  return ranged({ ...known, ...comparisons[operator]!(wanted) });
}

function wordTerm(term: string): Term {
  const word = unquoted(term).toLowerCase();
  const holds: Filter = row => (row.words ?? wordsOf(row)).includes(word);
  // No field is called so.
  return { key: `word:${word}`, not: false, holds, hint: { kind: 'word', word } };
}

/** Name, game, addresses, tags and map in lower case. Nobody types the character between them. */
export const wordsOf = ({ name, game, addresses, tags, observed }: Filterable): string =>
  [name, game, ...addresses, ...tags, observed?.map ?? ''].join('\n').toLowerCase();

/** What a row has exactly, of the fields that have neither a few values nor a set of rows for each. */
export const keysOf = ({ id, server, version, tags, attributes }: Filterable): string[] => [
  keyOf('id', id),
  keyOf('server', server),
  keyOf('version', version.toLowerCase()),
  ...tags.map(tag => keyOf('tag', tag.toLowerCase())),
  ...Object.entries(attributes).map(([key, value]) => keyOf(`attributes.${key}`, value.toLowerCase())),
];

const keyOf = (field: string, value: string): string => `${field}\n${value}`;

/** Every object has a `constructor`, which is no field. */
const own = <T>(fields: Readonly<Record<string, T>>, field: string): T | undefined =>
  Object.hasOwn(fields, field) ? fields[field] : undefined;

const unquoted = (text: string): string => (/^".*"$/s.test(text) ? text.slice(1, -1) : text);

export type NumberOf = (row: Filterable) => number | null;

export const numbers: Readonly<Record<string, NumberOf>> = {
  players: row => row.observed?.players ?? null,
  max: row => row.observed?.maxPlayers ?? null,
  ping: row => row.observed?.rttMs ?? null,
  issued: row => row.issuedAt,
};

/** What is known and lies between two numbers, or `outside` of them; `unknown`: what is not known as well. */
export type Range = {
  readonly from: number;
  readonly to: number;
  readonly outside: boolean;
  readonly unknown: boolean;
};

const isWithin = ({ from, to, outside, unknown }: Range, have: number | null): boolean =>
  have === null ? unknown : (have >= from && have <= to) !== outside;

const known: Range = {
  from: Number.NEGATIVE_INFINITY,
  to: Number.POSITIVE_INFINITY,
  outside: false,
  unknown: false,
};

const comparisons: Record<string, (wanted: number) => Partial<Range>> = {
  ':': wanted => ({ from: wanted, to: wanted }),
  '=': wanted => ({ from: wanted, to: wanted }),
  '!=': wanted => ({ from: wanted, to: wanted, outside: true }),
  '<': wanted => ({ from: wanted, outside: true }),
  '<=': wanted => ({ to: wanted }),
  '>': wanted => ({ to: wanted, outside: true }),
  '>=': wanted => ({ from: wanted }),
};

type TextsOf = (row: Filterable) => readonly (string | undefined)[];

const attribute =
  (key: string): TextsOf =>
  row => [own(row.attributes, key)];

export const texts: Readonly<Record<string, TextsOf>> = {
  id: row => [row.id],
  announcer: row => [row.announcer],
  server: row => [row.server],
  game: row => [row.game],
  name: row => [row.name],
  address: row => row.addresses,
  state: row => [row.state],
  tag: row => row.tags,
  version: row => [row.version],
  standing: row => [row.standing],
  karma: row => [row.karma.tier],
  hidden: row => [row.hidden ?? 'no'],
  map: row => [row.observed?.map ?? undefined],
  up: row => [row.observed ? (row.observed.up ? 'yes' : 'no') : undefined],
};

/** What there is of some: a slip would look like an empty list. */
export const choices: Readonly<Record<string, readonly string[]>> = {
  state: ['up', 'left'],
  standing: ['endorsed', 'new', 'denied'],
  karma: ['green', 'yellow', 'red'],
  hidden: ['no', 'karma', 'silent', 'duplicate', 'crowd'],
  up: ['yes', 'no', 'unknown'],
};

const contained = new Set(['name', 'address', 'map']);

/** Each row has just one of each, and many rows share it. */
export const sorted = new Set(['game', 'announcer']);

const unknown = 'unknown';
