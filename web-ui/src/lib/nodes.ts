// Nodes as the page holds them: announcers, peers, raters and whom a rule bars, as one list, with what is odd about each. Pure.
import type { AnnouncerDetail, AnnouncerRow, DenyRuleJson, KarmaSummary, NodesGraph, Peer } from '../api/types.ts';

export type Days = AnnouncerDetail['days'];

/** What the node tells, in the pieces that it tells it in. */
export type Sources = {
  readonly self: string;
  /** Whether there is a statement that could endorse anybody. */
  readonly hasStatement: boolean;
  readonly announcers: readonly AnnouncerRow[];
  readonly peers: readonly Peer[];
  readonly graph: NodesGraph;
  readonly remembered: readonly KarmaSummary[];
  readonly rules: readonly DenyRuleJson[];
};

export type Oddity = 'denied' | 'karma' | 'warned' | 'invalid' | 'churn' | 'burst' | 'unendorsed';
/** `count`: of what the words tell. */
export type Suspicion = { readonly why: Oddity; readonly count: number };

export type NodeRow = Omit<AnnouncerRow, 'announcer' | 'connected'> & {
  readonly peer: string;
  readonly self: boolean;
  readonly connection: Peer | null;
  /** Its opinions are held here. */
  readonly rates: boolean;
  /** How much is remembered of it. */
  readonly events: number;
  /** Joined, left and changed in 30 days; null where nobody has asked yet. */
  readonly days: Days | null;
  readonly rule: DenyRuleJson | null;
  readonly suspicions: readonly Suspicion[];
  /** What words are looked for in. */
  readonly words: string;
};

const day = 86_400_000;
/** Who runs a few servers for friends has fewer; a flood has hundreds. */
const manyServers = 10;
/** Servers come and go once a day at worst: 30 of each in 30 days. */
const churnPerServerMax = 30;
/** One invalid message costs that much of a peer's score (docs/karma.md). */
const invalidScore = -100;

export function nodeRows(sources: Sources, days: ReadonlyMap<string, Days>, nowMs: number): NodeRow[] {
  const { self, announcers, peers, graph, remembered, rules } = sources;
  const announced = new Map(announcers.map(row => [row.announcer, row]));
  const connections = new Map(peers.map(peer => [peer.peerId, peer]));
  const nodes = new Map(graph.nodes.map(node => [node.peer, node]));
  const known = new Map(remembered.map(row => [row.subject, row]));
  const barred = new Map(rules.flatMap(rule => (rule.announcer === null ? [] : [[rule.announcer, rule] as const])));
  const raters = new Set(graph.links.flatMap(({ a, kind }) => (kind === 'connected' || a === self ? [] : [a])));
  const warners = warnersOf(graph, self);
  const all = new Set([
    self,
    ...announced.keys(),
    ...connections.keys(),
    ...nodes.keys(),
    ...known.keys(),
    ...barred.keys(),
  ]);
  return [...all].map(peer => {
    const row = announced.get(peer);
    const connection = connections.get(peer) ?? null;
    const node = nodes.get(peer);
    const games = row?.games ?? [];
    const fields = {
      peer,
      self: peer === self,
      servers: row?.servers ?? node?.servers ?? 0,
      endorsed: row?.endorsed ?? 0,
      players: row?.players ?? 0,
      karma: row?.karma ?? node?.karma ?? known.get(peer) ?? { value: 0, tier: 'yellow' as const },
      since: row?.since ?? null,
      games,
      connection,
      rates: node?.kind === 'rater' || raters.has(peer),
      events: known.get(peer)?.events ?? 0,
      days: days.get(peer) ?? null,
      rule: barred.get(peer) ?? null,
      words: [peer, connection?.agent ?? '', ...(connection?.addresses ?? []), ...games].join('\n').toLowerCase(),
    };
    return { ...fields, suspicions: suspicionsOf(fields, warners.get(peer) ?? 0, sources.hasStatement, nowMs) };
  });
}

/** How many speak against a node. */
function warnersOf({ links }: NodesGraph, self: string): Map<string, number> {
  const warners = new Map<string, number>();
  for (const { a, b, kind } of links) {
    if (kind === 'warns' && a !== self) warners.set(b, (warners.get(b) ?? 0) + 1);
  }
  return warners;
}

/** The gravest first. This node does not suspect itself. */
function suspicionsOf(
  row: Omit<NodeRow, 'suspicions'>,
  warners: number,
  hasStatement: boolean,
  nowMs: number,
): Suspicion[] {
  const { servers, endorsed, since, karma, connection } = row;
  if (row.self) return [];
  const comings = comingsOf(row.days);
  const all: readonly (readonly [Oddity, boolean, number])[] = [
    ['denied', row.rule !== null, 0],
    ['karma', karma.tier === 'red', karma.value],
    ['warned', warners > 0, warners],
    ['invalid', (connection?.score ?? 0) <= invalidScore, connection?.score ?? 0],
    ['churn', comings > churnPerServerMax * 2 * Math.max(1, servers), comings],
    ['burst', servers >= manyServers && since !== null && nowMs - since < day, servers],
    ['unendorsed', hasStatement && servers >= manyServers && endorsed === 0, servers],
  ];
  return all.flatMap(([why, odd, count]) => (odd ? [{ why, count }] : []));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const comingsOf = (days: Days | null): number => (days === null ? 0 : sum(days.joined) + sum(days.left));

/** What happened to its servers in all; null where nobody has asked yet. */
export const changesOf = ({ days }: Pick<NodeRow, 'days'>): number | null =>
  days === null ? null : comingsOf(days) + sum(days.changed);
