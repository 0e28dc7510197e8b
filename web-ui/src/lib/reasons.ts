// Why something stands as it does, in the language of the page: by codes, and in the node's own words where there are none.
import type { ServerDetail, Why } from '../api/types.ts';
import type { Formats } from './format.ts';

/** What a reason speaks of, as it is said. */
export type Says = { readonly [Kind in 'text' | 'number' | 'span']: (name: string) => string };
/** By code. */
export type Sayings = Readonly<Record<string, (says: Says) => string>>;

/** `lang` is that of the node where its own words are told. */
export type Said = { readonly words: string; readonly lang: 'en' | undefined };

export function reasonIn(
  { reason, why: { code, values } }: { readonly reason: string; readonly why: Why },
  sayings: Sayings,
  { number, age }: Pick<Formats, 'number' | 'age'>,
): Said {
  const says: Says = {
    text: name => String(values[name] ?? ''),
    number: name => number(Number(values[name])),
    span: name => age(0, Number(values[name])),
  };
  const saying = Object.hasOwn(sayings, code) ? sayings[code] : undefined;
  return saying ? { words: saying(says), lang: undefined } : { words: reason, lang: 'en' };
}

export const reasonsIn = (
  { reasons, why }: Pick<ServerDetail, 'reasons' | 'why'>,
  sayings: Sayings,
  formats: Pick<Formats, 'number' | 'age'>,
): Said[] =>
  reasons.map((reason, i) => reasonIn({ reason, why: why[i] ?? { code: '', values: {} } }, sayings, formats));
