// What a fake node answers about its history, announcers and series.
import type { AnnouncerRow, GraphCommit, Node } from '../../node/api/port.ts';
import type { CommitServer, CommitServers } from '../../node/api/port-history.ts';
import { RollcallError } from '../../node/base/errors.ts';

type Views = Pick<
  Node,
  | 'graph'
  | 'commitRaw'
  | 'commitServers'
  | 'commitRecords'
  | 'series'
  | 'announcers'
  | 'announcer'
  | 'nodesGraph'
  | 'effect'
>;

const now = 1_763_600_000_000;
const peer = '12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X';
const oid = (digit: number): string => String(digit).repeat(40);
const karma = { value: 0.25, tier: 'yellow' } as const;

const graphCommit: GraphCommit = {
  oid: oid(2),
  parents: [oid(1)],
  atMs: now,
  kind: 'rollback',
  author: 'Ada Quist',
  ...{ added: 0, removed: 3, changed: 0 },
  summary: 'rollback 12: bots',
  status: 'good',
  sequence: 12,
  rollbackTo: oid(1),
};

const announcer: AnnouncerRow = {
  announcer: peer,
  servers: 2,
  endorsed: 1,
  players: 5,
  karma,
  connected: true,
  since: now - 1,
  games: ['sauerbraten'],
};

/** As a node hands over an old list. */
export async function* slicesOf(servers: CommitServer[], total = servers.length): CommitServers['servers'] {
  if (servers.length > 0) yield servers;
  return total;
}

export const fakeViews = (asked: unknown[]): Views => ({
  async graph(query) {
    asked.push(['graph', query]);
    if (query.before === 'feed') throw new RollcallError('NO_SUCH_COMMIT', 'no commit is called "feed"');
    return { commits: [graphCommit], head: oid(2), next: null };
  },
  async commitRaw(revision) {
    if (revision === 'feed') throw new RollcallError('NO_SUCH_COMMIT', 'no commit is called "feed"');
    return { oid: oid(2), bytes: Buffer.from('tree …\0') };
  },
  async commitServers(revision, query) {
    asked.push(['commitServers', revision, query]);
    if (query.filter === '((') throw new RollcallError('BAD_FILTER', 'filter: "((" is never closed');
    return { oid: oid(2), servers: slicesOf([]) };
  },
  async *commitRecords(revision) {
    if (revision === 'feed') throw new RollcallError('NO_SUCH_COMMIT', 'no commit is called "feed"');
    yield Buffer.from('{\n}\n');
    yield Buffer.from('{\n  "name": "eu-1"\n}\n');
  },
  async series(query) {
    asked.push(['series', query]);
    const counts = { joined: [0, 1], left: [0, 0], changed: [2, 0] };
    const seen = { servers: [null, 1], players: [null, 12] };
    return { of: 'list', span: 'day', stepMs: 300_000, from: now, ...seen, ...counts };
  },
  async announcers(query) {
    asked.push(['announcers', query]);
    if (query.sort === 'beauty') throw new RollcallError('BAD_SORT', 'sort: "beauty" is none of servers');
    return { total: 1, announcers: [announcer] };
  },
  async announcer(wanted) {
    if (!wanted.startsWith('12D3KooW')) throw new RollcallError('BAD_PEER', `announcer: "${wanted}" is no peer id`);
    if (wanted !== peer) return undefined;
    const days = { from: now, joined: [1], left: [0], changed: [0] };
    return { ...announcer, days, equivocations: [{ atMs: now, kept: oid(1), dropped: oid(2) }] };
  },
  async nodesGraph(query) {
    asked.push(['nodesGraph', query]);
    return {
      nodes: [{ peer, kind: 'self', servers: 1, karma }],
      links: [{ a: peer, b: peer, kind: 'warns', value: -0.5 }],
    };
  },
  async effect() {
    return undefined;
  },
});
