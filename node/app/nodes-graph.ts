// Who knows whom, as far as this node sees: its peers, the largest announcers, and what raters say of each other. Bounded, for
// a picture of thousands shows nothing.
import type { AnnouncerRow, GraphLink, GraphNode, NodesGraph } from '../api/port.ts';

export type NodesGraphDeps = {
  readonly self: string;
  readonly peers: () => Iterable<string>;
  /** Raters whose opinions are held, those that count here first; what each says. */
  readonly raters: () => Iterable<Rater>;
  readonly largest: (limit: number) => Promise<readonly string[]>;
  readonly serversOf: (peer: string) => number;
  readonly karma: (peer: string) => AnnouncerRow['karma'];
  /** What this node itself thinks of somebody, from −1 to 1. */
  readonly direct: (peer: string) => number;
};

export type Rater = {
  readonly rater: string;
  readonly opinions: Iterable<{ readonly subject: string; readonly value: number }>;
};

const limitDefault = 500;
/** Shares of the circles: what one kind leaves over, the announcers get. */
const peersShare = 0.4;
const ratersShare = 0.2;
/** The strongest words: more lines cover each other. */
const linksMax = 5_000;

export async function nodesGraph(deps: NodesGraphDeps, limit = limitDefault): Promise<NodesGraph> {
  const { self, serversOf, karma, direct } = deps;
  const raters = [...deps.raters()];
  const kinds = new Map<string, GraphNode['kind']>([[self, 'self']]);
  const take = (names: Iterable<string>, kind: GraphNode['kind'], most: number): void => {
    let taken = 0;
    for (const name of names) {
      if (kinds.size >= limit || taken >= most) return;
      if (kinds.has(name)) continue;
      kinds.set(name, kind);
      taken++;
    }
  };
  take(deps.peers(), 'peer', Math.floor(limit * peersShare));
  const ratersMax = Math.floor(limit * ratersShare);
  const announcers = new Set(await deps.largest(limit));
  take(
    raters.flatMap(({ rater }) => (announcers.has(rater) ? [] : [rater])),
    'rater',
    ratersMax,
  );
  take(announcers, 'announcer', limit);

  const words: GraphLink[] = [];
  const say = (a: string, b: string, value: number): void => {
    if (value !== 0 && a !== b && kinds.has(b)) words.push({ a, b, kind: value > 0 ? 'vouches' : 'warns', value });
  };
  for (const peer of kinds.keys()) say(self, peer, direct(peer));
  for (const { rater, opinions } of raters) {
    if (!kinds.has(rater)) continue;
    for (const { subject, value } of opinions) say(rater, subject, value);
  }
  const strongest = words.sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, linksMax);
  return {
    nodes: [...kinds].map(([peer, kind]) => ({ peer, kind, servers: serversOf(peer), karma: karma(peer) })),
    links: [...[...kinds].flatMap(([b, kind]) => connection(self, b, kind)), ...strongest],
  };
}

const connection = (a: string, b: string, kind: GraphNode['kind']): GraphLink[] =>
  kind === 'peer' ? [{ a, b, kind: 'connected', value: 1 }] : [];
