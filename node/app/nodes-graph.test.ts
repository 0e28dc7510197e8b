import test from 'ava';
import { type NodesGraphDeps, nodesGraph } from './nodes-graph.ts';

const names = (kind: string, count: number) => Array.from({ length: count }, (_, i) => `${kind}${i}`);

const graphOf = (deps: Partial<NodesGraphDeps>, limit?: number) =>
  nodesGraph(
    {
      self: 'self',
      peers: () => [],
      raters: () => [],
      largest: async () => [],
      serversOf: () => 0,
      karma: () => ({ value: 0, tier: 'yellow' }),
      direct: () => 0,
      ...deps,
    },
    limit,
  );

test('this node, its peers, announcers and raters each stand once, as what they are first', async t => {
  const { nodes, links } = await graphOf({
    peers: () => ['p', 'a1'],
    raters: () => [
      {
        rater: 'r',
        opinions: [
          { subject: 'a2', value: -0.5 },
          { subject: 'stranger', value: 1 },
        ],
      },
      {
        rater: 'a2',
        opinions: [
          { subject: 'p', value: 0.25 },
          { subject: 'r', value: 0 },
        ],
      },
    ],
    largest: async () => ['a1', 'a2', 'self'],
    serversOf: peer => (peer === 'a2' ? 7 : 0),
    direct: peer => (peer === 'p' ? 0.9 : 0),
  });
  t.deepEqual(
    nodes.map(({ peer, kind }) => [peer, kind]),
    [
      ['self', 'self'],
      ['p', 'peer'],
      ['a1', 'peer'],
      ['r', 'rater'],
      ['a2', 'announcer'],
    ],
  );
  t.is(nodes.at(-1)!.servers, 7);
  t.deepEqual(links, [
    { a: 'self', b: 'p', kind: 'connected', value: 1 },
    { a: 'self', b: 'a1', kind: 'connected', value: 1 },
    { a: 'self', b: 'p', kind: 'vouches', value: 0.9 },
    { a: 'r', b: 'a2', kind: 'warns', value: -0.5 },
    { a: 'a2', b: 'p', kind: 'vouches', value: 0.25 },
  ]);
});

test('a graph is bounded, and no kind pushes the others out', async t => {
  const { nodes } = await graphOf(
    {
      peers: () => names('p', 1_000),
      raters: () => names('r', 1_000).map(rater => ({ rater, opinions: [] })),
      largest: async limit => names('a', limit),
    },
    100,
  );
  const counts = Object.groupBy(nodes, ({ kind }) => kind);
  t.deepEqual(
    [nodes.length, counts.self?.length, counts.peer?.length, counts.rater?.length, counts.announcer?.length],
    [100, 1, 40, 20, 39],
  );
});

test('of too many words the strongest are shown', async t => {
  const peers = names('p', 150);
  const opinions = (at: number) => peers.map(subject => ({ subject, value: at === 3 ? -1 : 0.1 }));
  const { links } = await graphOf({
    peers: () => peers,
    raters: () => peers.map((rater, i) => ({ rater, opinions: opinions(i) })),
  });
  const words = links.filter(({ kind }) => kind !== 'connected');
  t.is(words.length, 5_000);
  t.is(words.filter(({ kind }) => kind === 'warns').length, 149);
});
