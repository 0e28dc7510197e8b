// What is shown of the list, and the address that says so: one to one, so that a link shows what its sender saw.

export const facetNames = ['game', 'country', 'tag', 'map', 'answer', 'standing', 'karma', 'announcer'] as const;
export type FacetName = (typeof facetNames)[number];

export const hideNames = ['empty', 'full', 'locked'] as const;
export type HideName = (typeof hideNames)[number];

export const sortNames = ['rank', 'name', 'game', 'players', 'ping', 'map', 'age', 'standing', 'karma'] as const;
export type SortName = (typeof sortNames)[number];

export const onlyNames = ['all', 'favourites', 'recent'] as const;
export type OnlyName = (typeof onlyNames)[number];

export type ViewState = {
  /** An expression of the node's filter language. */
  readonly filter: string;
  /** Values of one facet are alternatives. */
  readonly facets: Readonly<Partial<Record<FacetName, readonly string[]>>>;
  readonly hide: readonly HideName[];
  readonly only: OnlyName;
  readonly sort: { readonly by: SortName; readonly down: boolean };
  /** Also what the node hides by default. */
  readonly everything: boolean;
};

export const initialView: ViewState = {
  filter: '',
  facets: {},
  hide: [],
  only: 'all',
  sort: { by: 'rank', down: false },
  everything: false,
};

/** What is not understood is left out: an address may be typed, or come from another version. */
export function parseView(query: URLSearchParams): ViewState {
  const sort = query.get('sort') ?? '';
  const by = oneOf(sortNames, sort.replace(/^-/, ''));
  const facets = facetNames.flatMap(name => {
    const values = [...new Set(query.getAll(name))].filter(value => value !== '');
    return values.length > 0 ? [[name, values] as const] : [];
  });
  return {
    filter: query.get('q') ?? '',
    facets: Object.fromEntries(facets),
    hide: hideNames.filter(name => query.getAll('hide').includes(name)),
    only: oneOf(onlyNames, query.get('only')) ?? 'all',
    sort: by === undefined ? initialView.sort : { by, down: sort.startsWith('-') },
    everything: query.has('everything'),
  };
}

/** The usual is left out. */
export function formatView({ filter, facets, hide, only, sort, everything }: ViewState): URLSearchParams {
  const query = new URLSearchParams();
  if (filter !== '') query.set('q', filter);
  for (const name of facetNames) for (const value of facets[name] ?? []) query.append(name, value);
  for (const name of hide) query.append('hide', name);
  if (only !== 'all') query.set('only', only);
  if (sort.by !== 'rank' || sort.down) query.set('sort', `${sort.down ? '-' : ''}${sort.by}`);
  if (everything) query.set('everything', '1');
  return query;
}

/** Whether anything keeps servers out of sight. */
export const isNarrowed = ({ filter, facets, hide, only }: ViewState): boolean =>
  filter.trim() !== '' || Object.keys(facets).length > 0 || hide.length > 0 || only !== 'all';

export function withFacet(view: ViewState, name: FacetName, value: string): ViewState {
  const held = view.facets[name] ?? [];
  const values = held.includes(value) ? held.filter(other => other !== value) : [...held, value];
  const { [name]: _, ...others } = view.facets;
  return { ...view, facets: values.length > 0 ? { ...others, [name]: values } : others };
}

const oneOf = <T extends string>(names: readonly T[], text: string | null): T | undefined =>
  names.find(name => name === text);
