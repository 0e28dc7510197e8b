// What a node could answer, for tests of the command line.
import type {
  CommitSummary,
  KarmaJson,
  KeyJson,
  ServerDetail,
  ServerRow,
  ServersPage,
  StatementJson,
  Status,
} from '../../node/api/port.ts';
import { now } from './harness.ts';

export const id = '1f2e3d4c5b6a79880716253443526170aabbccdd';
export const oid = 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00';
export const tree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
export const announcer = '12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X';

export const row: ServerRow = {
  id,
  announcer,
  server: 'eu-1',
  game: 'sauerbraten',
  name: "Bob's instagib",
  addresses: ['203.0.113.7:28785', '[2001:db8::7]:28785'],
  state: 'up',
  tags: ['instagib'],
  attributes: { country: 'de' },
  version: '2020.12.27',
  issuedAt: now - 3_600_000,
  expiresAt: now + 23 * 3_600_000,
  standing: 'new',
  karma: { value: 0, tier: 'yellow' },
  observed: {
    up: true,
    players: 3,
    maxPlayers: 16,
    map: 'complex',
    rttMs: 23.4,
    at: now - 5_000,
    observers: 1,
    flags: [],
    downSince: null,
  },
  since: now - 3_600_000,
  hidden: null,
};

export const page = (...servers: ServerRow[]): ServersPage => ({
  total: servers.length,
  hidden: { total: 0, karma: 0, silent: 0, duplicate: 0, crowd: 0 },
  partial: false,
  tree,
  statement: null,
  servers,
});

export const detail: ServerDetail = {
  ...row,
  reasons: ['no statement lists it yet'],
  why: [],
  signature: 'A'.repeat(86),
  history: [{ oid, atMs: now, change: 'joined' }],
};

export const commit: CommitSummary = {
  oid,
  parents: [],
  author: announcer,
  atMs: now,
  summary: '3 joined, 1 left, 2 changed',
  added: 3,
  removed: 1,
  changed: 2,
  signature: null,
  statement: null,
};

export const status: Status = {
  peerId: announcer,
  role: 'server',
  list: 'rollcall',
  version: '0.1.0',
  addresses: [`/ip4/203.0.113.7/tcp/7481/p2p/${announcer}`],
  http: 'http://127.0.0.1:7480',
  startedAt: now - 7_200_000,
  servers: 12,
  announced: 1,
  tree,
  head: oid,
  statement: null,
  freshness: { peersAhead: 0, highestClaimed: null, warning: null },
  peers: 2,
  turnedAway: { karma: 0, full: 0 },
  sync: { state: 'synced', lastAt: now - 30_000, inSyncWith: 2, nothingToTake: 1, partial: false },
  deny: { own: 1, maintainers: 2 },
  uncommitted: 1,
  now,
  commits: 40,
  history: { oldestAtMs: now - 86_400_000, isShallow: false, isWaiting: false },
  announcers: 3,
  gateways: 0,
  refused: { STALE: 4 },
};

export const fingerprint = '60303ae22b998861bce3b28f33eec1be758a213c';
export const signer = 'Ada Quist <ada@example.org>';

export const key: KeyJson = {
  fingerprint,
  userIds: [signer],
  algorithm: 'ed25519',
  createdAt: now,
  expiresAt: null,
  revoked: false,
  signingSubkeys: [],
  state: 'good',
  reason: 'good',
  why: { code: 'good', values: {} },
  shipped: false,
  armored: '-----BEGIN PGP PUBLIC KEY BLOCK-----\n',
};

export const statement: StatementJson = {
  digest: 'ab'.repeat(32),
  oid,
  sequence: 13,
  kind: 'rollback',
  rollbackTo: oid,
  subject: 'rollback 13: bots',
  message: 'rollback 13: bots\n',
  atMs: now,
  signer,
  fingerprint,
  trusted: true,
  state: 'adopted',
  reason: 'it is the latest',
  why: { code: 'adopted', values: {} },
  equivocation: null,
};

export const raters = [
  '12D3KooWGC6TvWhfapngX6wvJHMYvKpDMXPb3ZnCZ6dMoaMtimQ5',
  '12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo',
] as const;

/** Kicked here for killing team mates, praised by one who praises many, and badly spoken of by one who is alone in it. */
export const karma: KarmaJson = {
  subject: announcer,
  value: -0.134,
  tier: 'red',
  own: null,
  direct: { positive: 0, negative: 3, value: -0.375, confidence: 0.375 },
  hearsay: {
    value: 0.0203,
    weight: 0.3,
    groups: [
      {
        group: '203.0.113.0/24',
        weight: 0.3,
        value: 0.1,
        counts: true,
        why: null,
        raters: [{ rater: raters[0], direct: 0.6, value: 0.5, scaled: 0.1, vouched: 50, weight: 0.3, why: null }],
      },
      {
        group: '198.51.100.0/24',
        weight: 0.4,
        value: -0.9,
        counts: false,
        why: 'is alone in speaking against it',
        raters: [{ rater: raters[1], direct: 0.8, value: -0.9, scaled: -0.9, vouched: 0, weight: 0.4, why: null }],
      },
    ],
  },
  events: [
    {
      ...{ id: 'e2', action: 'good-match', points: 2, atMs: now, source: 'player' },
      ...{ note: null, evidence: null },
    },
    {
      ...{ id: 'e1', action: 'team-kill-kick', points: -3, atMs: now - 60_000, source: 'game' },
      ...{ note: 'three of his own', evidence: 'match 7' },
    },
  ],
};

/** Names as an attacker would choose them: escape sequences, C1 controls, bidi overrides, line ends, invisible characters. */
export const hostile = [
  '\u001b[2J\u001b[31mred',
  '\u009b2J',
  'abc\u202edcba',
  'two\r\nlines',
  'in\u200bvisible',
  'back\bspace',
];
/** What no output may hold, apart from the ends of its own lines. */
export const dangerous = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
