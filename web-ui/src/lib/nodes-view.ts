// Which nodes are shown and in which order, and the address that says so: one to one.
import { changesOf, type NodeRow } from './nodes.ts';

export const nodeOnlyNames = ['all', 'announcers', 'connected', 'suspicious'] as const;
export type NodeOnly = (typeof nodeOnlyNames)[number];

export const tiers = ['green', 'yellow', 'red'] as const;
export type Tier = (typeof tiers)[number];

export const nodeSortNames = [
  ...(['servers', 'node', 'players', 'games', 'karma', 'changes', 'connection', 'since', 'suspicions'] as const),
] as const;
export type NodeSort = (typeof nodeSortNames)[number];

export type NodesView = {
  /** Words that all have to stand in id, agent, address or game. */
  readonly search: string;
  readonly only: NodeOnly;
  readonly tiers: readonly Tier[];
  readonly sort: { readonly by: NodeSort; readonly down: boolean };
  readonly graph: boolean;
};

export const initialNodesView: NodesView = {
  search: '',
  only: 'all',
  tiers: [],
  sort: { by: 'servers', down: false },
  graph: false,
};

/** What is not understood is left out: an address may be typed, or come from another version. */
export function parseNodesView(query: URLSearchParams): NodesView {
  const sort = query.get('sort') ?? '';
  const by = nodeSortNames.find(name => name === sort.replace(/^-/, ''));
  return {
    search: query.get('q') ?? '',
    only: nodeOnlyNames.find(name => name === query.get('only')) ?? 'all',
    tiers: tiers.filter(tier => query.getAll('karma').includes(tier)),
    sort: by === undefined ? initialNodesView.sort : { by, down: sort.startsWith('-') },
    graph: query.get('as') === 'graph',
  };
}

/** The usual is left out. */
export function formatNodesView({ search, only, tiers, sort, graph }: NodesView): URLSearchParams {
  const query = new URLSearchParams();
  if (search !== '') query.set('q', search);
  if (only !== 'all') query.set('only', only);
  for (const tier of tiers) query.append('karma', tier);
  if (sort.by !== 'servers' || sort.down) query.set('sort', `${sort.down ? '-' : ''}${sort.by}`);
  if (graph) query.set('as', 'graph');
  return query;
}

/** Whether anything keeps nodes out of sight. */
export const isNodesNarrowed = ({ search, only, tiers }: NodesView): boolean =>
  search.trim() !== '' || only !== 'all' || tiers.length > 0;

export function chooseNodes(rows: readonly NodeRow[], view: NodesView): NodeRow[] {
  const words = view.search.toLowerCase().split(/\s+/).filter(Boolean);
  const chosen = rows.filter(row => isOf(row, view) && words.every(word => row.words.includes(word)));
  return chosen.sort(orderBy(view.sort));
}

function isOf(row: NodeRow, { only, tiers }: NodesView): boolean {
  if (tiers.length > 0 && !tiers.includes(row.karma.tier)) return false;
  if (only === 'announcers') return row.servers > 0;
  if (only === 'connected') return row.connection !== null || row.self;
  return only !== 'suspicious' || row.suspicions.length > 0;
}

/** What is looked for first: many servers, bad karma, much coming and going, short ways, the newest. */
const measures: Readonly<Record<Exclude<NodeSort, 'node'>, (row: NodeRow) => number | null>> = {
  servers: row => -row.servers,
  players: row => -row.players,
  games: row => -row.games.length,
  karma: row => row.karma.value,
  changes: row => negated(changesOf(row)),
  connection: row => row.connection?.rttMs ?? null,
  since: row => negated(row.since),
  suspicions: row => -row.suspicions.length,
};

const negated = (value: number | null): number | null => (value === null ? null : -value);

function orderBy({ by, down }: NodesView['sort']): (a: NodeRow, b: NodeRow) => number {
  const sign = down ? -1 : 1;
  const byPeer = (a: NodeRow, b: NodeRow) => (a.peer < b.peer ? -1 : Number(a.peer > b.peer));
  if (by === 'node') return (a, b) => sign * byPeer(a, b);
  const measure = measures[by];
  return (a, b) => {
    const [x, y] = [measure(a), measure(b)];
    // What is not known comes last, whichever way round.
    if (x === null || y === null) return Number(x === null) - Number(y === null) || byPeer(a, b);
    return sign * (x - y) || b.servers - a.servers || byPeer(a, b);
  };
}
