// What changed between two announcements, in the least that shows it: the middle of a text, members of a list, keys of a table. Pure.

/** `same` stands around what went and what came. */
export type TextChange = {
  readonly before: string;
  readonly old: string;
  readonly new: string;
  readonly after: string;
};

export type FieldChange =
  | { readonly kind: 'text'; readonly name: string; readonly change: TextChange }
  | { readonly kind: 'time'; readonly name: string; readonly old: number; readonly new: number }
  | {
      readonly kind: 'members';
      readonly name: string;
      readonly kept: readonly string[];
      readonly gone: readonly string[];
      readonly come: readonly string[];
    };

/** Milliseconds in an announcement. */
const times = new Set(['issuedAt', 'expiresAt']);

/** The fields of one changed server, in the order of an announcement; a signature changes with anything else, and says nothing. */
export function fieldChanges(fields: Readonly<Record<string, readonly [unknown, unknown]>>): FieldChange[] {
  return Object.entries(fields).flatMap(([name, [before, after]]): FieldChange[] => {
    if (name === 'signature') return [];
    if (Array.isArray(before) && Array.isArray(after)) return [members(name, before.map(String), after.map(String))];
    if (isTable(before) && isTable(after)) {
      const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
      return keys
        .filter(key => before[key] !== after[key])
        .map(key => textField(`${name}.${key}`, before[key], after[key]));
    }
    if (times.has(name) && typeof before === 'number' && typeof after === 'number') {
      return [{ kind: 'time', name, old: before, new: after }];
    }
    return [textField(name, before, after)];
  });
}

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textField = (name: string, before: unknown, after: unknown): FieldChange => ({
  kind: 'text',
  name,
  change: textChange(String(before ?? ''), String(after ?? '')),
});

function members(name: string, before: readonly string[], after: readonly string[]): FieldChange {
  return {
    kind: 'members',
    name,
    kept: after.filter(member => before.includes(member)),
    gone: before.filter(member => !after.includes(member)),
    come: after.filter(member => !before.includes(member)),
  };
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** By what people see as one character, so that no mark is cut from its letter. */
const graphemes = (text: string): string[] => Array.from(segmenter.segment(text), ({ segment }) => segment);

export function textChange(before: string, after: string): TextChange {
  const [a, b] = [graphemes(before), graphemes(after)];
  const most = Math.min(a.length, b.length);
  let begin = 0;
  while (begin < most && a[begin] === b[begin]) begin++;
  let end = 0;
  while (end < most - begin && a.at(-1 - end) === b.at(-1 - end)) end++;
  return {
    before: a.slice(0, begin).join(''),
    old: a.slice(begin, a.length - end).join(''),
    new: b.slice(begin, b.length - end).join(''),
    after: a.slice(a.length - end).join(''),
  };
}

export type ByAnnouncer = { readonly announcer: string; added: number; removed: number; changed: number };

/** Who announced what of it: the busiest first. */
export function byAnnouncer(diff: {
  readonly added: readonly { readonly announcer: string }[];
  readonly removed: readonly { readonly announcer: string }[];
  readonly changed: readonly { readonly announcer: string }[];
}): ByAnnouncer[] {
  const counts = new Map<string, ByAnnouncer>();
  for (const kind of ['added', 'removed', 'changed'] as const) {
    for (const { announcer } of diff[kind]) {
      const count = counts.get(announcer) ?? { announcer, added: 0, removed: 0, changed: 0 };
      counts.set(announcer, count);
      count[kind]++;
    }
  }
  const all = ({ added, removed, changed }: ByAnnouncer) => added + removed + changed;
  return [...counts.values()].toSorted((a, b) => all(b) - all(a) || (a.announcer < b.announcer ? -1 : 1));
}
