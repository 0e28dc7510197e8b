// A network as a node sees it in the middle of an attack, for the viewer: forty honest announcers, peers, raters, one attacker.
import { createHash } from 'node:crypto';
import type { AnnouncerDetail, AnnouncerRow, KarmaJson, NodesGraph } from '../../node/api/port.ts';
import type { Peer } from '../../node/network/port.ts';
import { commit, type FakeNode, fakeNode, karma, oidOf, row } from '../api/fake-node.ts';

const digits = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const day = 86_400_000;

/** Ids that look like ids, each unlike the others at both ends. */
export const peerOf = (n: number): string =>
  `12D3KooW${Array.from(createHash('sha512').update(`${n}`).digest().subarray(0, 44), byte => digits[byte % 58]).join('')}`;

export const self = peerOf(0);
export const attacker = peerOf(7);
const count = 40;

const tierOf = (value: number) => (value >= 0.1 ? 'green' : value <= -0.06 ? 'red' : 'yellow');
const karmaOf = (n: number) => {
  const value = n === 7 ? -0.42 : n === 9 ? -0.1 : n % 3 === 0 ? 0.35 : 0.02;
  return { value, tier: tierOf(value) } as const;
};

const announcers = (nowMs: number): AnnouncerRow[] =>
  Array.from({ length: count }, (_, n) => ({
    announcer: peerOf(n),
    servers: n === 7 ? 240 : 1 + ((n * 5) % 9),
    endorsed: n === 7 ? 0 : 1 + ((n * 5) % 9),
    players: n === 7 ? 0 : (n * 7) % 40,
    karma: karmaOf(n),
    connected: n > 0 && n < 12,
    since: n === 7 ? nowMs - 3_600_000 : nowMs - (n + 2) * 9 * day,
    games: n === 7 ? ['css', 'openarena', 'xonotic'] : [['openarena', 'xonotic', 'css'][n % 3]!],
  })).sort((a, b) => b.servers - a.servers);

const peers = (nowMs: number): Peer[] =>
  Array.from({ length: 11 }, (_, n) => ({
    peerId: peerOf(n + 1),
    addresses: [`/ip4/203.0.113.${n + 1}/tcp/4001/p2p/${peerOf(n + 1)}`],
    direction: n % 2 === 0 ? 'inbound' : 'outbound',
    connectedAt: nowMs - n * 600_000,
    rttMs: n === 4 ? null : 8 + n * 11,
    score: n === 8 ? -220 : n,
    agent: 'rollcall/0.1.0',
  }));

const graph = (): NodesGraph => ({
  nodes: Array.from({ length: count + 3 }, (_, n) => ({
    peer: peerOf(n),
    kind: n === 0 ? 'self' : n < 12 ? 'peer' : n < count ? 'announcer' : 'rater',
    servers: n >= count ? 0 : n === 7 ? 240 : 1 + ((n * 5) % 9),
    karma: karmaOf(n),
  })),
  links: [
    ...Array.from({ length: 11 }, (_, n) => ({ a: self, b: peerOf(n + 1), kind: 'connected' as const, value: 1 })),
    ...Array.from({ length: count }, (_, n) => ({
      a: peerOf(n % 5 === 0 ? count : (n % 11) + 1),
      b: peerOf((n * 3 + 12) % count),
      kind: 'vouches' as const,
      value: 0.3,
    })),
    ...[count, count + 1, 3].map(n => ({ a: peerOf(n), b: attacker, kind: 'warns' as const, value: -0.8 })),
    { a: peerOf(4), b: peerOf(9), kind: 'warns', value: -0.4 },
  ],
});

const daysOf = (nowMs: number, n: number, attacks: boolean): AnnouncerDetail['days'] => ({
  from: Math.floor(nowMs / day - 29) * day,
  joined: Array.from({ length: 30 }, (_, at) => (attacks ? (at === 29 ? 240 : 0) : at % (n + 3) === 0 ? 1 : 0)),
  left: Array.from({ length: 30 }, (_, at) => (attacks && at === 28 ? 90 : at % (n + 5) === 0 ? 1 : 0)),
  changed: Array.from({ length: 30 }, (_, at) => (at % 4 === 0 ? 2 : 0)),
});

export const explained: Omit<KarmaJson, 'subject'> = {
  value: -0.42,
  tier: 'red',
  own: null,
  direct: { positive: 1, negative: 6, value: -0.51, confidence: 0.56 },
  hearsay: {
    value: -0.31,
    weight: 0.8,
    groups: [
      {
        ...{ group: '198.51.100.0/24', weight: 0.4, value: -0.8, counts: true, why: null },
        raters: [
          { rater: peerOf(count), direct: 0.8, value: -0.8, scaled: -0.8, vouched: 3, weight: 0.4, why: null },
          {
            ...{ rater: peerOf(3), direct: 0.2, value: -0.9, scaled: -0.9, vouched: 1, weight: 0.1 },
            why: 'this node does not know it to be good',
          },
        ],
      },
      {
        ...{ group: '203.0.113.0/24', weight: 0.2, value: 0.5, counts: false },
        why: 'it is in the network of the one it speaks of',
        raters: [{ rater: peerOf(5), direct: 0.4, value: 0.5, scaled: 0.25, vouched: 20, weight: 0.2, why: null }],
      },
    ],
  },
  events: [
    { id: 'a', action: 'false-claim', points: -3, atMs: 0, source: 'probe', note: null, evidence: oidOf(3) },
    { id: 'b', action: 'cheat-ban', points: -10, atMs: 0, source: 'player', note: 'seen twice', evidence: null },
    { id: 'c', action: 'good-connection', points: 1, atMs: 0, source: 'probe', note: null, evidence: null },
  ],
};

/** `nowMs`: what the page takes for now, so that ages read well. */
export function attackedNode(nowMs: number): FakeNode {
  const rows = announcers(nowMs);
  const node = fakeNode({
    announcers: async ({ limit = 100, offset = 0 }) => ({
      total: rows.length,
      announcers: rows.slice(offset, offset + limit),
    }),
    async announcer(peer) {
      const found = rows.find(({ announcer }) => announcer === peer);
      if (!found) return undefined;
      const days = daysOf(nowMs, found.servers, peer === attacker);
      const equivocations = peer === attacker ? [{ atMs: nowMs - 7_200_000, kept: oidOf(4), dropped: oidOf(6) }] : [];
      return { ...found, days, equivocations };
    },
    history: async () => ({ commits: [commit(3), commit(2)] }),
    nodesGraph: async () => graph(),
    peers: () => peers(nowMs),
    karma: async () => ({
      remembered: 2,
      subjects: [
        { subject: attacker, value: -0.42, tier: 'red', events: 3 },
        { subject: peerOf(99), value: -0.3, tier: 'red', events: 1 },
      ],
      next: null,
    }),
    async karmaOf(subject) {
      if (subject !== attacker) return { ...karma, subject };
      const events = explained.events.map((event, n) => ({ ...event, atMs: nowMs - (n + 1) * 3_000_000 }));
      return { ...explained, subject, events };
    },
    deny: () => [
      {
        ...{ announcer: peerOf(12), address: null, game: null, reason: 'clones of other servers', until: null },
        ...{ origin: 'maintainers', from: 'statement 12 by Ada Quist <ada@example.org>' },
      },
      {
        ...{ announcer: null, address: '198.51.100.0/24', game: null, reason: 'bots', until: nowMs + 3 * day },
        ...{ origin: 'node', from: "this node's own rules" },
      },
    ],
  });
  const { status } = node;
  node.status = () => ({ ...status(), peerId: self, startedAt: nowMs - 9_000_000, peers: 11 });
  node.rows = Array.from({ length: 6 }, (_, n) =>
    row(n + 1, { announcer: attacker, name: `Free skins ${n}`, since: nowMs - 3_600_000, issuedAt: nowMs }),
  );
  return node;
}
