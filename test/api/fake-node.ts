// A node as a plain object, and a way to ask the HTTP API over it that checks every answer against /openapi.json.
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { type ApiDeps, buildApi } from '../../node/api/api.ts';
import type {
  CommitSummary,
  KarmaJson,
  KeyJson,
  Node,
  NodeEvent,
  ServerRow,
  ServersDiff,
  ServersPage,
  ServersQuery,
  ShownDraft,
  StatementJson,
} from '../../node/api/port.ts';
import { RollcallError } from '../../node/base/errors.ts';
import { denyRule } from './deny-rule.ts';
import { faultOf } from './described.ts';
import { fakeViews } from './fake-views.ts';
import { gateway } from './gateway.ts';

export const token = 'a-token-of-this-node';
export const bearer = { authorization: `Bearer ${token}` };
export const now = 1_763_600_000_000;
const adopted = { code: 'adopted', values: {} };
export const oidOf = (digit: number): string => digit.toString(16).repeat(40);

export const row = (digit: number, fields: Partial<ServerRow> = {}): ServerRow => ({
  id: oidOf(digit),
  announcer: '12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X',
  server: `eu-${digit}`,
  game: 'sauerbraten',
  name: `Bob's instagib ${digit} 🎮`,
  addresses: ['203.0.113.7:28785'],
  state: 'up',
  version: '',
  tags: ['instagib'],
  attributes: { country: 'de' },
  issuedAt: now,
  expiresAt: now + 1,
  standing: 'new',
  karma: { value: 0.25, tier: 'yellow' },
  observed: {
    ...{ up: true, players: 3, maxPlayers: 16, map: 'dust', rttMs: 12.5, at: now },
    ...{ observers: 1, flags: [], downSince: null },
  },
  since: now,
  hidden: null,
  ...fields,
});

const page = { hidden: { total: 0, karma: 0, silent: 0, duplicate: 0, crowd: 0 }, tree: oidOf(10), statement: null };

const announcement = (digit: number) => {
  const { standing: _, karma: __, observed: ___, since: ____, hidden: _____, ...fields } = row(digit);
  return { ...fields, signature: 'A'.repeat(86) };
};

export const commit = (digit: number): CommitSummary => ({
  oid: oidOf(digit),
  parents: digit > 1 ? [oidOf(digit - 1)] : [],
  author: '12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X',
  atMs: now,
  summary: '1 joined',
  added: 1,
  removed: 0,
  changed: 0,
  signature: {
    status: 'good',
    reason: 'signed by a trusted key',
    why: adopted,
    fingerprint: 'ab'.repeat(20),
    name: 'Alice',
  },
  statement: { sequence: 12, kind: 'checkpoint', rollbackTo: null },
});

export const fingerprint = 'ab'.repeat(20);
const signer = 'Ada Quist <ada@example.org>';

export const statement = (sequence: number): StatementJson => ({
  digest: sequence.toString(16).padStart(64, '0'),
  oid: oidOf(5),
  sequence,
  kind: 'rollback',
  rollbackTo: oidOf(1),
  subject: `rollback ${sequence}: bots`,
  message: `rollback ${sequence}: bots\n\nRollcall-List: test\n`,
  atMs: now,
  signer,
  fingerprint,
  trusted: true,
  state: 'adopted',
  reason: 'it is the latest',
  why: adopted,
  equivocation: null,
});

export const draft: ShownDraft = {
  payload: Buffer.from('tree …').toString('base64'),
  tree: oidOf(10),
  parents: [oidOf(2)],
  message: 'checkpoint 13: 2 servers\n',
  sequence: 13,
  servers: 2,
  leaves: [{ id: oidOf(1), announcer: '12D3', name: 'Bob', addresses: ['203.0.113.7:28785'] }],
  returns: [],
  barred: [],
  quotas: [],
  doubts: { total: 0, red: 0, silent: 0, hidden: 0, first: [] },
};

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
  shipped: true,
  armored: '-----BEGIN PGP PUBLIC KEY BLOCK-----\n',
};

export const peer = '12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X';
export const rater = '12D3KooWGC6TvWhfapngX6wvJHMYvKpDMXPb3ZnCZ6dMoaMtimQ5';

export const karma: KarmaJson = {
  subject: peer,
  value: -0.14,
  tier: 'red',
  own: null,
  direct: { positive: 0, negative: 3, value: -0.375, confidence: 0.375 },
  hearsay: {
    value: 0.01,
    weight: 0.15,
    groups: [
      {
        group: '203.0.113.0/24',
        weight: 0.15,
        value: 0.1,
        counts: true,
        why: null,
        raters: [{ rater, direct: 0.3, value: 0.2, scaled: 0.1, vouched: 20, weight: 0.15, why: null }],
      },
    ],
  },
  events: [
    {
      id: 'e1',
      action: 'team-kill-kick',
      points: -3,
      atMs: now,
      source: 'game',
      note: 'three of his own',
      evidence: null,
    },
  ],
};

/** What was asked of the node, in order, beside its answers. */
export type FakeNode = Omit<Node, 'servers'> & {
  servers(query: ServersQuery): ServersPage;
  readonly asked: unknown[];
  rows: ServerRow[];
  emit(event: NodeEvent): void;
  bump(): void;
};

export function fakeNode(overrides: Partial<FakeNode> = {}): FakeNode {
  const listeners = new Set<(event: NodeEvent) => void>();
  const asked: unknown[] = [];
  let version = 1;
  const diff: ServersDiff = {
    added: [announcement(1)],
    removed: [],
    changed: [{ id: oidOf(2), name: 'b', announcer: peer, fields: { name: ['a', 'b'], tags: [[], ['x']] } }],
  };
  const node: FakeNode = {
    asked,
    rows: [row(1), row(2, { observed: null, attributes: {}, name: '' })],
    emit: event => listeners.forEach(listener => void listener(event)),
    bump: () => void version++,
    status: () => ({
      peerId: '12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X',
      role: 'server',
      list: 'test',
      version: '0.1.0',
      addresses: [],
      http: 'http://127.0.0.1:7480',
      startedAt: now - 90_000,
      servers: node.rows.length,
      announced: 1,
      tree: oidOf(10),
      head: null,
      statement: { sequence: 12, ageMs: 90_000, kind: 'checkpoint', signer, fingerprint, oid: oidOf(5) },
      freshness: { peersAhead: 1, highestClaimed: 14, warning: '1 peer claims a newer statement' },
      peers: 2,
      turnedAway: { karma: 3, full: 1 },
      sync: { state: 'synced', lastAt: now, inSyncWith: 2, nothingToTake: 1, partial: false },
      deny: { own: 1, maintainers: 2 },
      uncommitted: 4,
      now,
      commits: 3,
      history: { oldestAtMs: null, isShallow: false, isWaiting: false },
      announcers: 1,
      gateways: 1,
      refused: { STALE: 5, 'A"B': 1 },
    }),
    servers(query) {
      asked.push(['servers', query]);
      if (query.filter?.includes('((')) throw new RollcallError('BAD_FILTER', 'filter: "((" is never closed');
      const matching = node.rows.filter(({ game }) => query.game === undefined || game === query.game);
      const servers = matching.filter(({ hidden }) => query.all || hidden === null);
      const hidden = { ...page.hidden, total: matching.length - servers.length };
      if (!query.all) for (const { hidden: why } of matching) if (why !== null) hidden[why]++;
      return { ...page, partial: false, hidden, total: servers.length, servers: servers.slice(0, query.limit) };
    },
    async server(id) {
      const found = node.rows.find(candidate => candidate.id === id);
      if (!found) return undefined;
      const history = [{ oid: oidOf(3), atMs: now, change: 'joined' as const }];
      return {
        ...found,
        reasons: ['no statement lists it yet'],
        why: [{ code: 'no-statement', values: {} }],
        signature: 'A'.repeat(86),
        history,
      };
    },
    async history(query) {
      asked.push(['history', query]);
      if (query.before === 'feed') throw new RollcallError('NO_SUCH_COMMIT', 'no commit is called "feed"');
      return { commits: [commit(2), { ...commit(1), signature: null, statement: null }] };
    },
    async commit(revision) {
      if (revision === 'abcd') throw new RollcallError('AMBIGUOUS_COMMIT', 'more than one commit begins with "abcd"');
      if (revision !== 'HEAD~1') throw new RollcallError('NO_SUCH_COMMIT', `no commit is called "${revision}"`);
      return { ...commit(2), tree: oidOf(9), message: '1 joined\n', base: oidOf(1), diff };
    },
    async diff(...range) {
      asked.push(['diff', ...range]);
      return diff;
    },
    ...fakeViews(asked),
    gateways: () => [gateway],
    peers: () => [
      {
        peerId: '12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X',
        addresses: ['/ip4/127.0.0.1/tcp/1'],
        direction: 'inbound',
        connectedAt: now,
        rttMs: null,
        score: -0.5,
        agent: null,
      },
    ],
    observation: id => node.rows.find(candidate => candidate.id === id)?.observed ?? null,
    async announce(request) {
      asked.push(['announce', request]);
      if (request.name === 'twice') throw new RollcallError('BAD_FIELD', 'name: is longer than 64 characters');
      version++;
      return { announcement: announcement(1), warnings: [] };
    },
    async withdraw(server) {
      if (server !== 'eu-1') throw new RollcallError('NO_SUCH_SERVER', `this node announces no "${server}"`);
      return { ...announcement(1), state: 'left' };
    },
    async verify(options) {
      asked.push(['verify', options]);
      return { ok: true, commits: 1, objects: 5, servers: 1, signatures: 1, faults: [] };
    },
    async exportTo(folder) {
      if (folder === '/full') throw new RollcallError('EXISTS', '/full is not empty', { remedy: 'choose another' });
      return { head: null, objects: 0, bytes: 0 };
    },
    statements: async () => [statement(12), { ...statement(11), rollbackTo: null, kind: 'checkpoint' }],
    async draft(request) {
      asked.push(['draft', request]);
      if (request.to === 'feed') throw new RollcallError('NO_SUCH_COMMIT', 'no commit is called "feed"');
      return draft;
    },
    async publish(request) {
      asked.push(['publish', request]);
      if (request.commit === '') throw new RollcallError('REFUSED', 'statement: UNKNOWN_KEY');
      if (!request.objects) {
        throw new RollcallError('OBJECTS_MISSING', '1 object is missing', { details: { missing: [oidOf(9)] } });
      }
      version++;
      return { statement: statement(13), adopted: true };
    },
    keys: async () => [key],
    async addKey(armored) {
      asked.push(['addKey', armored]);
      if (armored.includes('PRIVATE')) throw new RollcallError('PRIVATE_KEY', 'key: is a private key');
      return [key, { ...key, shipped: false }];
    },
    async removeKey(wanted) {
      asked.push(['removeKey', wanted]);
      if (wanted !== fingerprint) throw new RollcallError('NO_SUCH_KEY', `no key ${wanted} is trusted here`);
    },
    deny: () => [denyRule],
    async addDeny(request) {
      asked.push(['addDeny', request]);
      if (request.addresses?.includes('nowhere')) throw new RollcallError('BAD_RANGE', 'range: "nowhere" is no range');
      if (request.games?.length === 2) throw new RollcallError('TOO_MANY_RULES', 'at most 1 rule');
      version++;
      return { rules: [denyRule], left: 3 };
    },
    async removeDeny(subject) {
      asked.push(['removeDeny', subject]);
      if (subject.address !== denyRule.address) throw new RollcallError('NO_SUCH_RULE', 'no such rule');
      return denyRule;
    },
    async karma(query) {
      if (Object.keys(query).length > 0) asked.push(['karma', query]);
      return { remembered: 1, subjects: [{ subject: peer, value: -0.14, tier: 'red', events: 1 }], next: null };
    },
    async karmaOf(subject) {
      if (!subject.startsWith('12D3KooW')) throw new RollcallError('BAD_PEER', `"${subject}" is no peer id`);
      return { ...karma, subject };
    },
    async rate(request) {
      asked.push(['rate', request]);
      const { subject, action, note } = request;
      if (!subject.startsWith('12D3KooW')) throw new RollcallError('BAD_PEER', `subject: "${subject}" is no peer id`);
      if (action !== 'kicked') throw new RollcallError('UNKNOWN_ACTION', 'action: did you mean kicked?');
      if (note === 'two\nlines') throw new RollcallError('BAD_FIELD', 'note: holds a line end');
      version++;
      return karma;
    },
    git: {
      advertise: async () => Buffer.from('0000'),
      async *uploadPack(request) {
        asked.push(['uploadPack', Buffer.from(request).toString()]);
        if (request.length === 0) throw new RollcallError('BAD_REQUEST', 'no want');
        yield Buffer.from('0008NAK\n');
        yield Buffer.from('PACK');
      },
      async *bundle(since) {
        if (since === 'cut') throw new RollcallError('SHALLOW', 'the history before it is not here');
        if (since === 'feed') throw new RollcallError('NO_SUCH_COMMIT', 'no commit is called "feed"');
        yield Buffer.from(`# v2 git bundle\n${since ?? ''}`);
      },
    },
    watch(listener, signal) {
      listeners.add(listener);
      signal.addEventListener('abort', () => listeners.delete(listener));
    },
    config: () => [{ path: 'http.port', value: 7480, origin: 'config.default.json' }],
    version: () => version,
    ...overrides,
  };
  return node;
}

export const webFolder = fileURLToPath(new URL('../../web-ui/dist/', import.meta.url));

export const apiDeps = (node: Node, overrides: Partial<ApiDeps> = {}): ApiDeps => ({
  node,
  token,
  host: '127.0.0.1',
  port: 0,
  allowedHosts: [],
  webFolder,
  clock: () => now,
  ticker: () => {},
  ready: () => ({ ok: true, reasons: [] }),
  ...overrides,
});

/** An API without a port, and `ask`, which fails the test when an answer is not what /openapi.json says. */
export async function setup(t: ExecutionContext, overrides: Partial<ApiDeps> & { node?: FakeNode } = {}) {
  const node = overrides.node ?? fakeNode();
  const app = await buildApi(apiDeps(node, overrides));
  t.teardown(() => app.close());
  const document = (await app.inject('/openapi.json')).json();
  const ask = async (request: string | InjectOptions): Promise<LightMyRequestResponse> => {
    const options = typeof request === 'string' ? { url: request } : request;
    const answer = await app.inject(options);
    const url = String(options.url).replace(/\?.*$/, '');
    t.is(faultOf(document, options.method ?? 'GET', url, answer), undefined, `${options.method ?? 'GET'} ${url}`);
    return answer;
  };
  return { app, node, ask, document };
}
