import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { widthOf } from '../../node/cli/width.ts';
import { emptyFolder, fakeNode, rollcall, token } from './harness.ts';
import {
  announcer,
  commit,
  dangerous,
  detail,
  fingerprint,
  hostile,
  id,
  oid,
  page,
  row,
  signer,
  status,
  tree,
} from './samples.ts';

const compare = {
  added: [{ ...row, signature: '' }],
  removed: [],
  changed: [{ id, fields: { name: ['Old', 'New'], addresses: [['1.2.3.4:5'], ['1.2.3.4:6']], signature: ['a', 'b'] } }],
};
const report = { ok: true, commits: 2, objects: 9, servers: 1, signatures: 1, faults: [] };
const peer = {
  peerId: announcer,
  addresses: ['/ip4/203.0.113.7/tcp/7481'],
  direction: 'inbound',
  connectedAt: 0,
  rttMs: 1.2,
  score: 0,
  agent: 'rollcall/0.1.0',
};
const announced = {
  announcement: { ...row, signature: 'A'.repeat(86) },
  warnings: ['203.0.113.7 is a documentation address'],
};

const answers = {
  'GET /api/v1/servers': { body: page(row) },
  [`GET /api/v1/servers/${id}`]: { body: detail },
  'GET /api/v1/history': { body: { commits: [commit] } },
  'GET /api/v1/compare/HEAD~1...HEAD': { body: compare },
  'GET /api/v1/compare/HEAD': { body: compare },
  'GET /api/v1/peers': { body: { peers: [peer] } },
  'GET /api/v1/status': { body: status },
  'POST /api/v1/announcements': { status: 201, body: announced },
  'DELETE /api/v1/announcements/eu-1': { body: announced.announcement },
  'POST /api/v1/verify': { body: report },
  'POST /api/v1/export': { body: { head: oid, objects: 9, bytes: 1234 } },
};

const announce = ['announce', '--game', 'sauerbraten', '--name', "Bob's instagib"];

for (const [line, value] of [
  [['list'], page(row)],
  [['show', id], detail],
  [['show', 'eu-1'], detail],
  [['show', id.slice(0, 8)], detail],
  [['history'], { commits: [commit] }],
  [['history', 'export', 'out'], { head: oid, objects: 9, bytes: 1234 }],
  [['diff', 'HEAD~1', 'HEAD'], compare],
  [['diff', 'HEAD'], compare],
  [['peers'], { peers: [peer] }],
  [['status'], status],
  [['verify', '--full'], report],
  [['withdraw', 'eu-1'], announced.announcement],
  [[...announce, '--address', '203.0.113.7:28785'], announced.announcement],
] as const) {
  test(`with --json, "${line.join(' ')}" prints one document and nothing else`, async t => {
    await using node = await fakeNode(answers);
    for (const argv of [
      [...line, '--json', '--data', node.folder],
      ['--data', node.folder, '--json', ...line],
    ]) {
      const { exit, stdout } = await rollcall(argv);
      t.is(exit, 0);
      t.deepEqual(JSON.parse(stdout), value);
      t.is(stdout.trim().split('\n').length, 1);
    }
  });
}

for (const [line, expected] of [
  [
    ['list'],
    [
      "Bob's instagib",
      '3/16',
      '23 ms',
      'complex',
      '203.0.113.7:28785 +1',
      'new',
      '1 server, tree 4b825dc642, no signed statement yet',
    ],
  ],
  [
    ['show', id],
    [id, announcer, 'country=de', '1 h ago', 'in 23 h', 'no statement lists it yet', 'joined'],
  ],
  [['history'], ['2025-11-20 00:53 UTC', 'c0ffee00c0', '…ft9HyQ6X', '3 joined, 1 left, 2 changed']],
  [
    ['diff', 'HEAD'],
    [
      "+ 1f2e3d4c5b  Bob's instagib",
      '~ 1f2e3d4c5b',
      'name: Old → New',
      'addresses: 1.2.3.4:5 → 1.2.3.4:6',
      '1 added, 0 removed, 1 changed',
    ],
  ],
  [['peers'], [announcer, 'inbound', '1 ms', 'rollcall/0.1.0', '1 peer']],
  [
    ['status'],
    [
      'server, rollcall 0.1.0, up 2 h',
      tree,
      '12, 1 announced here',
      '4 STALE (older than what is held)',
      'synced, same list as 2 peers',
    ],
  ],
  [
    ['verify'],
    ['checked 2 commits, 9 objects, 1 server, 1 signature', 'the head is sound; --full checks the whole history'],
  ],
  [['withdraw', 'eu-1'], ['withdrew eu-1, id 1f2e3d4c5b']],
  [['history', 'export', 'out'], ['wrote 9 objects, 1.2 kB, to /']],
] as const) {
  test(`"${line.join(' ')}" tells people what they asked for`, async t => {
    await using node = await fakeNode(answers);
    const { exit, stdout, stderr } = await rollcall([...line, '--data', node.folder]);
    t.is(exit, 0);
    t.is(stderr, '');
    for (const text of expected) t.true(stdout.includes(text), `${text} is missing in:\n${stdout}`);
  });
}

test('an announcement goes out in canonical form, with the token, and warnings come back on stderr', async t => {
  await using node = await fakeNode(answers);
  const { stderr } = await rollcall([
    ...announce,
    ...['--address', 'PLAY.example.org.:28785', '--address', '[2001:DB8::0:7]:28785', '--server', 'eu-1'],
    ...[
      '--version',
      '2020.12.27',
      '--tag',
      'insta',
      '--tag',
      'ffa',
      '--attribute',
      'country=de',
      '--attribute',
      'motto=a=b',
    ],
    ...['--json', '--data', node.folder],
  ]);
  t.is(stderr, 'rollcall: 203.0.113.7 is a documentation address\n');
  t.deepEqual(node.asked, [
    {
      method: 'POST',
      path: '/api/v1/announcements',
      authorization: `Bearer ${token}`,
      body: {
        game: 'sauerbraten',
        name: "Bob's instagib",
        addresses: ['play.example.org:28785', '[2001:db8::7]:28785'],
        server: 'eu-1',
        version: '2020.12.27',
        tags: ['insta', 'ffa'],
        attributes: { country: 'de', motto: 'a=b' },
      },
    },
  ]);
});

test('filters reach the node as they were typed', async t => {
  await using node = await fakeNode(answers);
  const filters = ['--game', 'q3', '--filter', 'players > 0 & x', '--sort', '-players', '--limit', '5', '--all'];
  await rollcall(['list', ...filters, '--data', node.folder]);
  const asked = new URL(node.asked[0]!.path, 'http://node');
  t.deepEqual(Object.fromEntries(asked.searchParams), {
    game: 'q3',
    filter: 'players > 0 & x',
    sort: '-players',
    limit: '5',
    all: 'true',
  });
  t.is(node.asked[0]!.authorization, undefined);
});

test('hostile text from the network reaches neither the terminal nor the JSON as it is', async t => {
  const servers = hostile.map(name => ({ ...row, name, attributes: { note: name } }));
  const summary = { ...commit, summary: hostile.join('') };
  const changed = [{ id, fields: { name: [hostile.join(''), 'New'] as [string, string] } }];
  await using node = await fakeNode({
    'GET /api/v1/servers': { body: page(...servers) },
    [`GET /api/v1/servers/${id}`]: { body: { ...detail, ...servers[0], reasons: hostile } },
    'GET /api/v1/history': { body: { commits: [summary] } },
    'GET /api/v1/compare/HEAD': { body: { added: servers, removed: servers, changed } },
    'GET /api/v1/peers': { body: { peers: [{ ...peer, agent: hostile.join('') }] } },
    'GET /api/v1/status': { status: 404, body: { detail: hostile.join(''), remedy: hostile.join('') } },
  });
  for (const line of [['list'], ['show', id], ['history'], ['diff', 'HEAD'], ['peers'], ['status']]) {
    const people = await rollcall([...line, '--data', node.folder]);
    t.notRegex(people.stdout, dangerous);
    t.notRegex(people.stderr, dangerous);
    const programs = await rollcall([...line, '--json', '--data', node.folder]);
    t.notRegex(programs.stdout, dangerous);
  }
  const { stdout } = await rollcall(['list', '--json', '--data', node.folder]);
  t.deepEqual(
    JSON.parse(stdout).servers.map((server: { name: string }) => server.name),
    hostile,
  );
});

const age = { sequence: 12, ageMs: 200_000, kind: 'checkpoint', signer, fingerprint, oid } as const;

test('the list and the status say whose word is in force, and how old it is', async t => {
  const warning = '2 peers know a newer statement (up to 14) that this node cannot get';
  const freshness = { peersAhead: 2, highestClaimed: 14, warning };
  await using node = await fakeNode({
    'GET /api/v1/servers': { body: { ...page(row), statement: age } },
    'GET /api/v1/status': { body: { ...status, statement: age, freshness } },
  });
  const { stdout: list } = await rollcall(['list', '--data', node.folder]);
  t.true(list.endsWith(`1 server, tree 4b825dc642, statement 12 (checkpoint by Ada Quist), 3 min old\n`));
  const { stdout } = await rollcall(['status', '--data', node.folder]);
  t.regex(stdout, /^statement {4}statement 12 \(checkpoint by Ada Quist\), 3 min old$/m);
  t.regex(stdout, new RegExp(`^signed by {4}${signer}, ${fingerprint}$`, 'm'));
  t.true(stdout.includes(`warning      ${warning}\n`));
});

test('the history says which statement a commit is, and what its signature is worth', async t => {
  const said = { sequence: 12, kind: 'checkpoint', rollbackTo: null };
  const good = { status: 'good', reason: 'adopted: in force', fingerprint, name: signer };
  const commits = [
    { ...commit, summary: '1 joined' },
    { ...commit, author: signer, statement: said, signature: good },
    { ...commit, author: 'Ada Quist <a@b>', statement: said, signature: { ...good, name: 'Mallory <m@x>' } },
    { ...commit, statement: said, signature: { ...good, status: 'untrusted', reason: 'its key is not trusted now' } },
  ];
  await using node = await fakeNode({ 'GET /api/v1/history': { body: { commits } } });
  const { stdout } = await rollcall(['history', '--data', node.folder]);
  const lines = stdout.split('\n').map(line => line.slice(34).replaceAll(/ {2,}/g, '|'));
  t.deepEqual(lines, [
    'AUTHOR|STATEMENT|SIGNATURE|WHAT CHANGED',
    '…ft9HyQ6X|1 joined',
    'Ada Quist|checkpoint 12|good|3 joined, 1 left, 2 changed',
    'Ada Quist|checkpoint 12|good, Mallory|3 joined, 1 left, 2 changed',
    `${announcer}|checkpoint 12|untrusted, Ada Quist: its key is not trusted now|3 joined, 1 left, 2 changed`,
    '',
  ]);
});

test('at 80 columns an address keeps its port, and an ordinary one is whole', async t => {
  const long = { ...row, addresses: ['[2001:db8:1:2:3:4:5:6]:28785', '203.0.113.7:28785'] };
  await using node = await fakeNode({
    'GET /api/v1/servers': { body: page({ ...row, addresses: ['203.0.113.177:28785', '203.0.113.7:28785'] }, row) },
  });
  await using other = await fakeNode({ 'GET /api/v1/servers': { body: page(long) } });
  const table = async (data: string) => {
    let written = '';
    const stdout = { write: (text: string) => (written += text), isTTY: true, columns: 80 };
    await rollcall(['list', '--data', data], { stdout });
    return written.split('\n').slice(0, -2);
  };
  const [whole, cut] = [await table(node.folder), await table(other.folder)];
  t.true(whole[1]!.includes(' 203.0.113.177:28785 +1 '));
  t.true(whole[2]!.includes(' 203.0.113.7:28785 +1 '));
  t.regex(cut[1]!, / \[2001:db8:1:.*…:28785 \+1 /);
  for (const line of [...whole, ...cut]) t.true(widthOf(line) <= 80, line);
});

test('the environment stands in for global flags, and flags win over it', async t => {
  await using node = await fakeNode(answers);
  const env = { ROLLCALL_DATA: node.folder, ROLLCALL_JSON: '1' };
  t.deepEqual(JSON.parse((await rollcall(['status'], { env })).stdout), status);
  for (const ROLLCALL_JSON of ['', '0', 'false']) {
    t.regex((await rollcall(['status'], { env: { ...env, ROLLCALL_JSON } })).stdout, /^peer {9}/);
  }
  await using empty = await emptyFolder();
  await writeFile(join(empty.folder, 'a.json'), '{"list": {"name": "from-a"}}');
  await writeFile(join(empty.folder, 'b.json'), '{"list": {"name": "from-b"}}');
  const given = { ROLLCALL_CONFIG: 'a.json', ROLLCALL_LOG_LEVEL: 'warn', ROLLCALL_DATA: empty.folder };
  const print = async (...line: string[]) =>
    JSON.parse((await rollcall(['config', 'print', ...line], { env: given, cwd: empty.folder })).stdout);
  t.like(await print(), { list: { name: 'from-a' }, log: { level: 'warn' } });
  t.like(await print('--config', 'b.json', '--log-level', 'error'), {
    list: { name: 'from-b' },
    log: { level: 'error' },
  });
});

test('a table fits the terminal and keeps its columns in line under wide characters', async t => {
  const servers = [row, { ...row, name: '日本語サーバー 🎮 全国大会 第三回 決勝戦' }, { ...row, name: 'Ütopïa' }];
  await using node = await fakeNode({ 'GET /api/v1/servers': { body: page(...servers) } });
  let written = '';
  const stdout = { write: (text: string) => (written += text), isTTY: true, columns: 100 };
  await rollcall(['list', '--data', node.folder], { stdout });
  const table = written.split('\n').slice(0, 4);
  t.true(table.every(line => widthOf(line) <= 100));
  t.true(table[2]!.includes('…'));
  t.is(new Set(table.slice(1).map(line => widthOf(line.slice(0, line.indexOf('sauerbraten'))))).size, 1);
});

test('config print asks the running node, and shows each value with its origin', async t => {
  const settings = [
    { path: 'list.name', value: 'lan', origin: '--list' },
    { path: 'network.listen', value: ['/ip4/0.0.0.0/tcp/0'], origin: 'config.default.json' },
  ];
  await using node = await fakeNode({ 'GET /api/v1/config': { body: { settings } } });
  const whole = { list: { name: 'lan' }, network: { listen: ['/ip4/0.0.0.0/tcp/0'] } };
  const print = (...line: string[]) => rollcall(['config', 'print', ...line, '--data', node.folder]);
  t.deepEqual(JSON.parse((await print()).stdout), whole);
  t.deepEqual(JSON.parse((await print('--json')).stdout), whole);
  t.deepEqual(JSON.parse((await print('--json', '--origin')).stdout), settings);
  t.regex((await print('--origin')).stdout, /^list\.name = "lan" {3}\(--list\)\n/);
  t.is(node.asked[0]!.authorization, `Bearer ${token}`);
});

test('config print without a node shows what one would start with', async t => {
  await using empty = await emptyFolder();
  const env = { ROLLCALL_DATA: empty.folder, ROLLCALL_HISTORY__COMMIT_INTERVAL_MS: '1000' };
  const { exit, stdout, stderr } = await rollcall(['config', 'print', '--origin', '--log-level', 'warn'], { env });
  t.is(exit, 0);
  t.true(stdout.includes('history.commitIntervalMs = 1000   (ROLLCALL_HISTORY__COMMIT_INTERVAL_MS)\n'));
  t.true(stdout.includes('log.level = "warn"   (--log-level)\n'));
  t.true(stdout.includes('history.commitChangesMax = 100   (config.default.json)\n'));
  t.true(stderr.startsWith('no node is running on '));
});

test('a configuration with an unknown key is wrong configuration, and names it', async t => {
  await using empty = await emptyFolder();
  const config = join(empty.folder, 'config.json');
  await writeFile(config, '{"history": {"comitIntervalMs": 1}, "colour": "red"}');
  const { exit, stdout, stderr } = await rollcall(['config', 'print', '--data', empty.folder]);
  t.is(exit, 2);
  t.is(stdout, '');
  t.regex(stderr, /history\.comitIntervalMs: .*did you mean history\.commitIntervalMs\?/);
  t.regex(stderr, /colour: /);
});
