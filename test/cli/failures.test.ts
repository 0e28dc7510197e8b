import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { logLevels } from '../../node/cli/command.ts';
import { faultsOf } from '../../node/config/check.ts';
import { schema } from '../../node/config/schema.ts';
import { emptyFolder, fakeNode, rollcall } from './harness.ts';
import { id, page, row } from './samples.ts';

test('a data folder without a node is exit code 3, and says how to start one', async t => {
  await using empty = await emptyFolder();
  const { exit, stdout, stderr } = await rollcall(['list', '--json', '--data', empty.folder]);
  t.is(exit, 3);
  t.is(stdout, '');
  t.is(
    stderr,
    `rollcall: no node is running on ${empty.folder}\n  start one with "rollcall start --data ${empty.folder}", or name its folder with --data\n`,
  );
});

test('a node that was killed and left its file behind is exit code 3', async t => {
  await using node = await fakeNode({});
  const { exit } = await rollcall(['list', '--data', node.folder], { alive: () => false });
  t.is(exit, 3);
  t.deepEqual(node.asked, []);
});

test('a port at which nobody listens any more is exit code 3', async t => {
  await using node = await fakeNode({});
  const { exit } = await rollcall(['status'], { env: { ROLLCALL_DATA: node.folder }, fetch: refused });
  t.is(exit, 3);
});
const refused = () =>
  Promise.reject(new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ECONNREFUSED' }) }));

test('a data folder of which nobody can say whether a node runs is a failure, not a folder without one', async t => {
  await using empty = await emptyFolder();
  await mkdir(join(empty.folder, 'node.json'));
  const { exit, stderr } = await rollcall(['status', '--data', empty.folder]);
  t.is(exit, 1);
  t.regex(stderr, /^rollcall: cannot read which node runs: EISDIR.*\n {2}run this as the user who started the node/);
});

test('a file of --config that is not there is wrong usage, also where only the running node is asked', async t => {
  await using node = await fakeNode({ 'GET /api/v1/servers': { body: page() } });
  const list = ['list', '--data', node.folder];
  const { exit, stdout, stderr } = await rollcall([...list, '--config', '/nope.json']);
  t.deepEqual([exit, stdout, node.asked], [2, '', []]);
  t.regex(
    stderr,
    /^rollcall: cannot read \/nope\.json: ENOENT: .*\n {2}name a file that is there, or leave out --config/,
  );
  t.is((await rollcall(list, { env: { ROLLCALL_CONFIG: '/nope.json' } })).exit, 2);
  t.is((await rollcall([...list, '--config', join(node.folder, 'node.json')])).exit, 0);
});

for (const text of [
  '',
  'no JSON',
  'null',
  '{"pid":"1","http":"http://127.0.0.1:1"}',
  '{"pid":1,"http":"file:///etc/passwd"}',
]) {
  test(`a node.json that holds ${text || 'nothing'} counts as no node`, async t => {
    await using empty = await emptyFolder();
    await writeFile(join(empty.folder, 'node.json'), text);
    t.is((await rollcall(['status', '--data', empty.folder])).exit, 3);
  });
}

for (const [status, exit, meaning] of [
  [400, 2, 'wrong usage'],
  [401, 1, 'a failure'],
  [403, 4, 'a refusal'],
  [404, 4, 'a refusal'],
  [409, 4, 'a refusal'],
  [500, 1, 'a failure'],
  [503, 1, 'a failure'],
] as const) {
  test(`status ${status} from the node is ${meaning}, with its detail and remedy on stderr`, async t => {
    const body = { status, code: 'A_CODE', title: 'A title', detail: 'name: is too long', remedy: 'shorten it' };
    await using node = await fakeNode({ 'GET /api/v1/status': { status, body } });
    const ran = await rollcall(['status', '--json', '--data', node.folder]);
    t.deepEqual(ran, { exit, stdout: '', stderr: 'rollcall: name: is too long\n  shorten it\n' });
  });
}

test('an answer that is no JSON is a failure that says so', async t => {
  await using node = await fakeNode({ 'GET /api/v1/status': { body: '<html>' } });
  const { exit, stderr } = await rollcall(['status', '--data', node.folder]);
  t.is(exit, 1);
  t.regex(stderr, /^rollcall: the node did not answer as it should: /);
});

test('a store that is not sound prints its faults and is exit code 1', async t => {
  const report = { ok: false, commits: 1, objects: 2, servers: 0, signatures: 0, faults: ['object c0ffee is missing'] };
  await using node = await fakeNode({ 'POST /api/v1/verify': { body: report } });
  const people = await rollcall(['verify', '--data', node.folder]);
  t.is(people.exit, 1);
  t.regex(people.stdout, /fault {2}object c0ffee is missing/);
  t.regex(people.stderr, /the store is not sound: 1 fault\n/);
  t.deepEqual(JSON.parse((await rollcall(['verify', '--json', '--data', node.folder])).stdout), report);
});

test('a slug that two announcers use is refused, naming the ids to choose from', async t => {
  const twin = { ...row, id: `9${id.slice(1)}` };
  await using node = await fakeNode({ 'GET /api/v1/servers': { body: page(row, twin) } });
  const { exit, stderr } = await rollcall(['show', 'eu-1', '--data', node.folder]);
  t.is(exit, 4);
  t.is(stderr, 'rollcall: "eu-1" is 2 servers\n  name one by its id: 1f2e3d4c5b, 9f2e3d4c5b\n');
});

test('a server that is not on the list is refused', async t => {
  await using node = await fakeNode({ 'GET /api/v1/servers': { body: page(row) } });
  t.is((await rollcall(['show', 'eu-2', '--data', node.folder])).exit, 4);
});

const announce = ['announce', '--game', 'g', '--name', 'n'];
for (const [line, complaint] of [
  [['lsit'], /unknown command 'lsit'\n\(Did you mean list\?\)/],
  [['lsit', '--help'], /unknown command 'lsit'\n\(Did you mean list\?\)/],
  [['help', 'lsit'], /unknown command 'lsit'\n\(Did you mean list\?\)/],
  [['keys', 'ad', '--help'], /unknown command 'ad'\n\(Did you mean add\?\)/],
  [['history', 'exprot', '--help'], /too many arguments for 'history'/],
  [['status', '--log-level', 'loud'], /'--log-level <level>' argument 'loud' is invalid\. Allowed choices are trace, /],
  [['list', '--gaem', 'q3'], /unknown option '--gaem'\n\(Did you mean --game\?\)/],
  [['list', '--limit', 'many'], /whole number above 0/],
  [['show'], /missing required argument 'id'/],
  [['history', 'exprot', 'dir'], /too many arguments/],
  [announce, /required option '--address <host:port>' not specified/],
  [[...announce, '--address', 'localhost'], /"localhost" is not host:port, such as 203\.0\.113\.7:28785/],
  [[...announce, '--address', '1.2.3.4:5', '--attribute', 'country'], /must be key=value/],
  [[...announce, '--address', '1.2.3.4:5', '--attribute', 'a=1', '--attribute', 'a=2'], /"a" is given twice/],
  [[...announce, '--address', '1.2.3.4:5', '1.2.3.4:6'], /too many arguments/],
  [['start', '--role', 'king'], /Allowed choices are server, player/],
  [['start', '--http', '7480'], /must be host:port/],
  [['start', '--http', '127.0.0.1:70000'], /must be host:port/],
  [['demo', '--nodes', '0'], /whole number above 0/],
  [[], /Usage: rollcall/],
] as const) {
  test(`"rollcall ${line.join(' ')}" is wrong usage`, async t => {
    const { exit, stdout, stderr } = await rollcall(line);
    t.is(exit, 2);
    t.is(stdout, '');
    t.regex(stderr, complaint);
  });
}

test('help and version are no failures and go to stdout', async t => {
  for (const line of [['--help'], ['announce', '--help'], ['help', 'history']]) {
    const { exit, stdout, stderr } = await rollcall(line);
    t.is(exit, 0);
    t.regex(stdout, /^Usage: rollcall/);
    t.is(stderr, '');
  }
  for (const line of [['--version'], ['list', '--version']]) {
    t.deepEqual(await rollcall(line), { exit: 0, stdout: '1.2.3\n', stderr: '' });
  }
});

test("a log level that is none is wrong usage in the environment too, and those that there are are the setting's", async t => {
  const { exit, stderr } = await rollcall(['status'], { env: { ROLLCALL_LOG_LEVEL: 'loud' } });
  t.is(exit, 2);
  t.regex(stderr, /ROLLCALL_LOG_LEVEL: "loud" is none of trace, /);
  const sound = logLevels.filter(level => faultsOf(schema, { log: { level } }, { partial: true }).length === 0);
  t.deepEqual(sound, [...logLevels]);
});

test('the beginning of an id that is too short is told from one that is unknown', async t => {
  await using node = await fakeNode({ 'GET /api/v1/servers': { body: page(row) } });
  const { exit, stderr } = await rollcall(['show', id.slice(0, 3), '--data', node.folder]);
  t.is(exit, 4);
  t.is(
    stderr,
    `rollcall: "${id.slice(0, 3)}" is no slug on the list, and too short for an id: give at least 4 digits\n`,
  );
});

test('the history of nobody is wrong usage, and not empty', async t => {
  await using node = await fakeNode({});
  const { exit, stderr } = await rollcall(['history', '--announcer', 'nope', '--data', node.folder]);
  t.is(exit, 2);
  t.regex(stderr, /"nope" is no peer id/);
});

test('an empty --data is wrong usage, not the folder of the platform', async t => {
  const { exit, stderr } = await rollcall(['status', '--data', '']);
  t.is(exit, 2);
  t.regex(stderr, /--data: is empty/);
});
