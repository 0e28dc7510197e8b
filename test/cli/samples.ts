// What a node could answer, for tests of the command line.
import type {
  CommitSummary,
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
  observed: { up: true, players: 3, maxPlayers: 16, map: 'complex', rttMs: 23.4, at: now - 5_000, observers: 1 },
};

export const page = (...servers: ServerRow[]): ServersPage => ({
  total: servers.length,
  tree,
  statement: null,
  servers,
});

export const detail: ServerDetail = {
  ...row,
  reasons: ['no statement lists it yet'],
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
  sync: { state: 'synced', lastAt: now - 30_000, inSyncWith: 2 },
  uncommitted: 1,
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
  shipped: false,
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
  equivocation: null,
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
