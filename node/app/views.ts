// What the web viewer looks at beside the list: history, old lists, series, announcers, the graph of nodes.
import type { NodesGraph, Observed, SignatureWord } from '../api/port.ts';
import type { Clock } from '../base/time.ts';
import type { Uncommitted } from '../history/committer.ts';
import type { History } from '../history/history.ts';
import type { Store } from '../history/store.ts';
import type { Network } from '../network/port.ts';
import { Announcers } from './announcers.ts';
import { Effects } from './effects.ts';
import { HistoryPages } from './history-pages.ts';
import type { NodeKarma } from './karma.ts';
import type { Live } from './live.ts';
import { nodesGraph } from './nodes-graph.ts';
import { PastLists } from './past-lists.ts';
import { SeriesKeeper } from './series.ts';

export type ViewsDeps = {
  readonly store: Store;
  readonly history: History;
  readonly live: Live;
  readonly uncommitted: () => Uncommitted;
  readonly network: Pick<Network, 'peerId' | 'peers'>;
  readonly karma: Pick<NodeKarma, 'value' | 'brief' | 'explain' | 'direct' | 'raters'>;
  readonly endorsed: (server: string) => boolean;
  readonly observed: (server: string) => Observed | null;
  readonly since: (server: string) => number | undefined;
  readonly signature: (digest: string) => SignatureWord;
  readonly clock: Clock;
  readonly pause: () => Promise<void>;
};

export type Views = {
  readonly pages: HistoryPages;
  readonly pastLists: PastLists;
  readonly series: SeriesKeeper;
  readonly announcers: Announcers;
  readonly nodesGraph: (limit: number | undefined) => Promise<NodesGraph>;
  readonly effects: Effects;
};

/** To be opened before the list is loaded. */
export async function openViews(deps: ViewsDeps): Promise<Views> {
  const { live, network, karma } = deps;
  const connected = () => network.peers().map(({ peerId }) => peerId);
  const pages = new HistoryPages(deps);
  const pastLists = new PastLists({
    ...deps,
    resolve: revision => pages.resolve(revision),
    held: id => live.list.held(id),
  });
  const series = await SeriesKeeper.open({ ...deps, listed: () => live.list.listed.values(), up: () => live.up });
  const announcers = new Announcers({ ...deps, connected });
  live.onChange(changes => announcers.changed(changes));
  const graph = {
    self: network.peerId,
    peers: connected,
    raters: () => karma.raters(),
    largest: (limit: number) => announcers.largest(limit),
    serversOf: (peer: string) => announcers.sizeOf(peer),
    karma: (peer: string) => karma.brief(peer),
    direct: (peer: string) => karma.direct(peer),
  };
  return {
    pages,
    pastLists,
    series,
    announcers,
    nodesGraph: limit => nodesGraph(graph, limit),
    effects: new Effects(deps),
  };
}
