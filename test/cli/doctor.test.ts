import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import test from 'ava';
import type { Finding } from '../../node/cli/doctor/findings.ts';
import { openStore } from '../../node/history/store.ts';
import { openIdentity } from '../../node/identity/keyfile.ts';
import { gateway } from '../api/gateway.ts';
import { type Answers, emptyFolder, fakeNode, now, type Ran, rollcall } from './harness.ts';
import { announcer, key, page, raters, row, status } from './samples.ts';

/** Free ports, nobody to begin with, nothing on the local network. */
const env = {
  ROLLCALL_HTTP__PORT: '0',
  ROLLCALL_NETWORK__LISTEN: '["/ip4/127.0.0.1/tcp/0"]',
  ROLLCALL_NETWORK__MDNS: 'true',
};

const doctor = (folder: string, more: Record<string, string> = {}): Promise<Ran> =>
  rollcall(['doctor', '--json', '--data', folder], { env: { ...env, ...more } });

const findings = ({ stdout }: Ran, check: string): Finding[] =>
  (JSON.parse(stdout) as { checks: Finding[] }).checks.filter(finding => finding.check === check);

/** Everything in a folder, to see that nothing has changed. */
async function contentOf(folder: string): Promise<Record<string, string>> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter(name => name.isFile()).map(name => join(name.parentPath, name.name));
  return Object.fromEntries(await Promise.all(files.map(async path => [path, await readFile(path, 'hex')] as const)));
}

/** Accepts connections and says nothing. */
async function listener() {
  const server = createServer(socket => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => new Promise<void>(closed => server.close(() => closed()));
  return { port: (server.address() as AddressInfo).port, [Symbol.asyncDispose]: close };
}

test('before the first start there is no problem, and nothing is made', async t => {
  await using empty = await emptyFolder();
  const folder = join(empty.folder, 'not', 'there');
  const ran = await doctor(folder);
  t.is(ran.exit, 0);
  t.is(ran.stderr, '');
  t.like(JSON.parse(ran.stdout), { ok: true, node: 'not running' });
  t.deepEqual(await readdir(empty.folder), []);
  t.regex(findings(ran, 'data folder')[0]!.message, /not there yet/);
  t.is(findings(ran, 'keys')[0]!.state, 'warning');
  t.is(findings(ran, 'ports').length, 2);
});

test('people read each finding on a line, with what to do below it', async t => {
  await using empty = await emptyFolder();
  const { exit, stdout, stderr } = await rollcall(['doctor', '--data', empty.folder], {
    env: { ...env, ROLLCALL_HTTP__PORT: 'many' },
  });
  t.is(exit, 1);
  t.regex(stdout, /^problem {2}configuration {2}http\.port: .*\(from ROLLCALL_HTTP__PORT\)\n {24}\S/m);
  t.regex(stdout, /^ok {7}node {11}Node \d/m);
  t.regex(stdout, /\n\d+ checks: 1 problem, \d+ warnings?\n$/);
  t.is(stderr, 'rollcall: 1 problem found\n  what to do stands below each\n');
});

test('secrets that others can read, and every fault of the configuration, are problems', async t => {
  await using empty = await emptyFolder();
  await openIdentity(empty.folder);
  await chmod(join(empty.folder, 'key'), 0o640);
  await writeFile(join(empty.folder, 'api-token'), 'x', { mode: 0o644 });
  await writeFile(join(empty.folder, 'config.json'), '{"htp": 1, "role": "king"}');
  const before = await contentOf(empty.folder);
  const ran = await doctor(empty.folder);
  t.is(ran.exit, 1);
  t.is(findings(ran, 'configuration').length, 2);
  for (const check of ['key', 'token']) {
    const [finding] = findings(ran, check);
    t.is(finding!.state, 'problem');
    t.regex(finding!.remedy!, /chmod 600/);
  }
  t.deepEqual(await contentOf(empty.folder), before);
  t.is((await stat(join(empty.folder, 'key'))).mode & 0o777, 0o640);
});

test('a store is looked at without being touched: sound, of another list, or damaged', async t => {
  await using empty = await emptyFolder();
  const folder = join(empty.folder, 'store');
  {
    await using store = await openStore(folder);
    await store.write([{ space: 'refs', put: 'list', value: Buffer.from('rollcall') }]);
  }
  const before = await contentOf(empty.folder);
  const sound = await doctor(empty.folder);
  t.is(sound.exit, 0);
  t.regex(findings(sound, 'store')[0]!.message, /opens, and holds no commit yet/);
  const other = findings(await doctor(empty.folder, { ROLLCALL_LIST__NAME: 'inexor' }), 'store')[0]!;
  t.is(other.state, 'problem');
  t.regex(other.message, /holds the list "rollcall".*"inexor"/);
  t.deepEqual(await contentOf(empty.folder), before);
  await rm(join(folder, 'CURRENT'));
  const damaged = await doctor(empty.folder);
  t.is(damaged.exit, 1);
  const [finding] = findings(damaged, 'store');
  t.true(finding!.message.includes(`${folder}:`), 'the store is named, not the copy of it');
  t.regex(finding!.remedy!, /move <data>\/store away/);
});

test('a port that another program has is a problem', async t => {
  await using empty = await emptyFolder();
  await using other = await listener();
  const ran = await doctor(empty.folder, { ROLLCALL_HTTP__PORT: String(other.port) });
  t.is(ran.exit, 1);
  t.like(findings(ran, 'ports')[0], {
    state: 'problem',
    remedy: 'stop that, or choose another port with http.host, http.port',
  });
});

test('entry points are asked; one that is silent is a warning, and when all are it is a problem', async t => {
  await using empty = await emptyFolder();
  await using other = await listener();
  const gone = await listener();
  await gone[Symbol.asyncDispose]();
  const entry = (port: number) => `/ip4/127.0.0.1/tcp/${port}/p2p/${announcer}`;
  const ask = async (...ports: number[]) => {
    const ran = await doctor(empty.folder, { ROLLCALL_NETWORK__ENTRIES: JSON.stringify(ports.map(entry)) });
    return { exit: ran.exit, states: findings(ran, 'entry points').map(({ state }) => state) };
  };
  t.deepEqual(await ask(other.port, gone.port), { exit: 0, states: ['ok', 'warning'] });
  t.deepEqual(await ask(gone.port), { exit: 1, states: ['warning', 'problem'] });
});

test('a running node is judged by the entry points that it goes by, not by those of the files', async t => {
  await using other = await listener();
  const settings = [{ path: 'network.entries', value: [`/ip4/127.0.0.1/tcp/${other.port}`], origin: '--entry' }];
  const rest = ['network.mdns', 'checkpoints.everyMs'].map(path => ({ path, value: 0, origin: 'config.default.json' }));
  const body = { settings: [...settings, ...rest, { path: 'karma.prefer', value: [], origin: '--set' }] };
  await using node = await fakeNode({ ...sound, 'GET /api/v1/config': { body } });
  t.deepEqual(
    findings(await doctor(node.folder), 'entry points').map(({ message }) => message),
    [`/ip4/127.0.0.1/tcp/${other.port} answers`],
  );
});

test('ports of gateways that are switched on are tried, in the protocol that they speak', async t => {
  await using empty = await emptyFolder();
  await using other = await listener();
  const more = {
    ROLLCALL_GATEWAYS__JSON__ENABLED: 'true',
    ROLLCALL_GATEWAYS__JSON__HOST: '127.0.0.1',
    ROLLCALL_GATEWAYS__JSON__PORT: String(other.port),
    ROLLCALL_GATEWAYS__DPMASTER__ENABLED: 'true',
    ROLLCALL_GATEWAYS__DPMASTER__HOST: '127.0.0.1',
    ROLLCALL_GATEWAYS__DPMASTER__PORT: String(other.port),
  };
  const found = findings(await doctor(empty.folder, more), 'gateways');
  t.deepEqual(
    found.map(({ state, message }) => [state, /gateways\.\w+/.exec(message)![0]]),
    [
      ['ok', 'gateways.dpmaster'],
      ['problem', 'gateways.json'],
    ],
  );
});

test('a gateway that is switched on and does not run is told', async t => {
  await using node = await fakeNode(sound);
  const found = findings(await doctor(node.folder, { ROLLCALL_GATEWAYS__JSON__ENABLED: 'true' }), 'gateways');
  t.true(found.some(({ state, message }) => state === 'warning' && /^json .*does not run/.test(message)));
});

test('an online key that is none is a problem', async t => {
  await using empty = await emptyFolder();
  const more = { ROLLCALL_CHECKPOINTS__EVERY_MS: '3600000', ROLLCALL_CHECKPOINTS__KEY_FILE: '/nowhere.asc' };
  const [finding] = findings(await doctor(empty.folder, more), 'online key');
  t.is(finding!.state, 'problem');
  t.regex(finding!.message, /checkpoints\.keyFile \/nowhere\.asc/);
});

const peer = { peerId: announcer, addresses: [], direction: 'inbound', connectedAt: 0, rttMs: 1, score: 0, agent: '' };
const sound: Answers = {
  'GET /api/v1/status': { body: status },
  'GET /api/v1/servers': { body: page(row) },
  'GET /api/v1/peers': { body: { peers: [peer] } },
  'GET /api/v1/keys': { body: { keys: [key] } },
  'GET /api/v1/gateways': { body: { gateways: [gateway] } },
  'GET /api/v1/nodes/graph': {
    body: { nodes: [], links: [{ a: status.peerId, b: raters[0], kind: 'vouches', value: 0.3 }] },
  },
  'POST /api/v1/verify': { body: { ok: true, commits: 1, objects: 1, servers: 1, signatures: 1, faults: [] } },
};
const ahead = raters.map(rater => ({ ...row, announcer: rater, issuedAt: now + 60_000 }));

test('a running node that is reached and holds sound keys has no problem', async t => {
  await using node = await fakeNode(sound);
  const ran = await doctor(node.folder);
  t.is(ran.exit, 0, ran.stdout);
  t.is(JSON.parse(ran.stdout).node, 'running');
  for (const check of ['running', 'store', 'clock', 'reachability', 'keys', 'gateways', 'karma']) {
    t.deepEqual([...new Set(findings(ran, check).map(({ state }) => state))], ['ok'], check);
  }
});

for (const [title, check, answers, state, message] of [
  ['alone', 'reachability', { 'GET /api/v1/peers': { body: { peers: [] } } }, 'warning', /connected to nobody/],
  [
    'never reached',
    'reachability',
    { 'GET /api/v1/peers': { body: { peers: [{ ...peer, direction: 'outbound' }] } } },
    'warning',
    /only addresses of this machine/,
  ],
  [
    'whose clock is behind those of two others',
    'clock',
    { 'GET /api/v1/servers': { body: page(...ahead) } },
    'warning',
    /2 other nodes are ahead by 1 min or more/,
  ],
  [
    'to which announcements came from the future',
    'clock',
    { 'GET /api/v1/status': { body: { ...status, refused: { FROM_THE_FUTURE: 3 } } } },
    'warning',
    /3 announcements dated ahead/,
  ],
  [
    'with a damaged store',
    'store',
    { 'POST /api/v1/verify': { body: { ok: false, servers: 0, faults: ['object x is missing', 'y'] } } },
    'problem',
    /2 faults, the first: object x is missing/,
  ],
  [
    'whose only key has expired',
    'keys',
    { 'GET /api/v1/keys': { body: { keys: [{ ...key, state: 'expired', reason: 'it ended' }] } } },
    'warning',
    /Ada Quist.*expired, it ended/,
  ],
  [
    'whose key ends soon',
    'keys',
    { 'GET /api/v1/keys': { body: { keys: [{ ...key, expiresAt: now + 86_400_000 }] } } },
    'warning',
    /ends 2025-11-21/,
  ],
  [
    'that believes nobody',
    'karma',
    {
      'GET /api/v1/nodes/graph': {
        body: {
          nodes: [],
          links: [
            { a: status.peerId, b: raters[0], kind: 'vouches', value: 0.29 },
            { a: raters[0], b: raters[1], kind: 'vouches', value: 1 },
          ],
        },
      },
    },
    'warning',
    /nobody's word about others counts/,
  ],
  [
    'whose gateway listens on loopback',
    'gateways',
    { 'GET /api/v1/gateways': { body: { gateways: [{ ...gateway, address: '127.0.0.1:27950' }] } } },
    'warning',
    /dpmaster .*only programs on this machine/,
  ],
  [
    'whose gateway nobody has asked',
    'gateways',
    { 'GET /api/v1/gateways': { body: { gateways: [{ ...gateway, counters: {} }] } } },
    'warning',
    /nobody has spoken to it yet/,
  ],
  ['that cannot be verified', 'store', { 'POST /api/v1/verify': { status: 500, body: {} } }, 'problem', /status 500/],
] as const) {
  test(`of a node ${title}, "${check}" says so and what to do`, async t => {
    await using node = await fakeNode({ ...sound, ...answers } as Answers);
    const ran = await doctor(node.folder);
    t.is(ran.exit, state === 'problem' ? 1 : 0);
    const found = findings(ran, check).find(finding => finding.state === state);
    t.regex(found!.message, message);
    t.truthy(found!.remedy);
  });
}

test('a process that should be a node and does not answer is a problem', async t => {
  await using node = await fakeNode({});
  const ran = await doctor(node.folder);
  t.is(ran.exit, 1);
  t.regex(findings(ran, 'running')[0]!.message, /process 1 should be a node, and does not answer at /);
});

test('a store that another process holds is not opened', async t => {
  await using empty = await emptyFolder();
  await mkdir(empty.folder, { recursive: true });
  await using _store = await openStore(join(empty.folder, 'store'));
  const ran = await doctor(empty.folder);
  t.is(ran.exit, 1);
  t.regex(findings(ran, 'running')[0]!.message, new RegExp(`process ${process.pid} holds the store`));
  t.deepEqual(findings(ran, 'store'), []);
});
