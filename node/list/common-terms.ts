// Which terms people are likely to ask for whose rows take long to find: words, tags and attributes that many rows have, as a few
// rows tell. Their rows can be remembered before anybody asks.
import { type Filterable, parseTerms, type Term } from './filter.ts';

/** What a fortieth of the rows have: of 100,000 these are looked at in a millisecond. */
const shareMin = 1 / 40;
/** Half of what an index of rows remembers: the other half is for what people do ask for. */
const commonMax = 32;
/** Of one row: names, tags and attributes have no more unless somebody wants to be in the way. */
const perRowMax = 64;

/** The most common ones first. */
export function commonTerms(sample: Iterable<Filterable & { readonly words: string }>): readonly Term[] {
  const times = new Map<string, number>();
  let rows = 0;
  for (const row of sample) {
    rows++;
    for (const filter of new Set(filtersOf(row))) times.set(filter, (times.get(filter) ?? 0) + 1);
  }
  const common = [...times].filter(([, count]) => count >= rows * shareMin).sort(([, a], [, b]) => b - a);
  return common.slice(0, commonMax).flatMap(([filter]) => {
    const terms = parseTerms(filter);
    // A tag may be written in a way that nobody can ask for.
    return terms.ok && terms.value.length === 1 ? terms.value : [];
  });
}

function filtersOf({ words, tags, attributes }: Filterable & { readonly words: string }): string[] {
  const found = words.split(/[^\p{L}\p{N}]+/u, perRowMax).filter(word => word.length > 1);
  for (const tag of tags) found.push(`tag:"${tag.toLowerCase()}"`);
  for (const [key, value] of Object.entries(attributes)) found.push(`attributes.${key}:"${value.toLowerCase()}"`);
  return found.slice(0, perRowMax);
}
