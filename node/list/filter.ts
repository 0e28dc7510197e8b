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

/** Longer ones come from no person. */
export const filterLengthMax = 500;

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
  if (text.length > filterLengthMax)
    return fault('BAD_FILTER', 'filter', `is longer than ${filterLengthMax} characters`);
  const filters: Filter[] = [];
  for (const [term = ''] of text.matchAll(/-?[a-z.]+(?:[:=]|!=|[<>]=?)"[^"]*"|-?"[^"]*"|\S+/giu)) {
    const not = term.startsWith('-') && term.length > 1;
    const filter = parseTerm(not ? term.slice(1) : term);
    if (!filter.ok) return filter;
    filters.push(not ? row => !filter.value(row) : filter.value);
  }
  return parsed(row => filters.every(filter => filter(row)));
}

function parseTerm(term: string): Parsed<Filter> {
  const match = /^([a-z.][a-z0-9_.-]*)(!=|[<>]=?|[:=])(.*)$/isu.exec(term);
  if (!match) return parsed(containsWord(unquoted(term).toLowerCase()));
  const [, rawField, operator, rawValue] = match;
  const field = rawField!.toLowerCase();
  const value = unquoted(rawValue!).toLowerCase();
  if (value === '') return fault('BAD_FILTER', 'filter', `"${term}" says nothing after "${operator}"`);
  const number = own(numbers, field);
  if (number) return numberTerm(number, operator!, value, term);
  const read = field.startsWith('attributes.') ? attribute(field.slice('attributes.'.length)) : own(texts, field);
  if (!read) {
    // A host name with its port looks like a field: `play.example.org:27960`.
    if (operator === ':' && field.includes('.')) return parsed(containsWord(unquoted(term).toLowerCase()));
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
    const have = read(row).map(text => text?.toLowerCase() ?? 'unknown');
    return have.some(text => (loose ? text.includes(value) : text === value));
  };
  return parsed(operator === '!=' ? row => !holds(row) : holds);
}

function numberTerm(read: NumberOf, operator: string, value: string, term: string): Parsed<Filter> {
  if (value === 'unknown') return parsed(row => (read(row) === null) === (operator !== '!='));
  const wanted = Number(value);
  if (!Number.isFinite(wanted))
    return fault('BAD_FILTER', 'filter', `"${term}" compares with "${value}", which is no number`);
  const compare = comparisons[operator]!;
  return parsed(row => {
    const have = read(row);
    return have !== null && compare(have, wanted);
  });
}

/** Name, game, addresses, tags and map in lower case. Nobody types the character between them. */
export const wordsOf = ({ name, game, addresses, tags, observed }: Filterable): string =>
  [name, game, ...addresses, ...tags, observed?.map ?? ''].join('\n').toLowerCase();

const containsWord =
  (word: string): Filter =>
  row =>
    (row.words ?? wordsOf(row)).includes(word);

/** Every object has a `constructor`, which is no field. */
const own = <T>(fields: Readonly<Record<string, T>>, field: string): T | undefined =>
  Object.hasOwn(fields, field) ? fields[field] : undefined;

const unquoted = (text: string): string => (/^".*"$/s.test(text) ? text.slice(1, -1) : text);

type NumberOf = (row: Filterable) => number | null;

const numbers: Record<string, NumberOf> = {
  players: row => row.observed?.players ?? null,
  max: row => row.observed?.maxPlayers ?? null,
  ping: row => row.observed?.rttMs ?? null,
  issued: row => row.issuedAt,
};

const comparisons: Record<string, (a: number, b: number) => boolean> = {
  ':': (a, b) => a === b,
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

type TextsOf = (row: Filterable) => readonly (string | undefined)[];

const attribute =
  (key: string): TextsOf =>
  row => [own(row.attributes, key)];

const texts: Record<string, TextsOf> = {
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
const choices: Readonly<Record<string, readonly string[]>> = {
  state: ['up', 'left'],
  standing: ['endorsed', 'new', 'denied'],
  karma: ['green', 'yellow', 'red'],
  hidden: ['no', 'karma', 'silent', 'duplicate', 'crowd'],
  up: ['yes', 'no', 'unknown'],
};

const contained = new Set(['name', 'address', 'map']);
