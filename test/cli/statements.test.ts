import { openSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import type { ShownDraft } from '../../node/api/port.ts';
import { sha256Hex, utf8 } from '../../node/base/bytes.ts';
import { day } from '../../node/base/time.ts';
import { readPublicKeys } from '../../node/trust/key.ts';
import { makeKey } from '../../node/trust/make-key.ts';
import { formatMessage } from '../../node/trust/message.ts';
import { formatPayload, parseStatement } from '../../node/trust/statement.ts';
import { verifyStatement } from '../../node/trust/verified.ts';
import { type Asked, fakeNode, now, rollcall, typed } from './harness.ts';
import { announcer, id, oid, statement } from './samples.ts';

const ada = { name: 'Ada Quist', email: 'ada@example.org' };
const key = await makeKey(ada, now);
const locked = await makeKey({ ...ada, passphrase: 'open sesame' }, now);

const orders = {
  subject: 'rollback 13: bots',
  text: '',
  list: 'test',
  sequence: 13,
  kind: 'rollback',
  records: sha256Hex(''),
  previous: null,
  rollbackTo: oid,
} as const;
const person = { ...ada, atSeconds: now / 1_000, zone: '+0000' };
const payload = formatPayload({ tree: oid, parents: [oid], author: person, committer: person, ...orders });
const server = { id, announcer, name: 'Fake', addresses: ['203.0.113.7:28785', '[2001:db8::7]:28785'] };
const draft: ShownDraft = {
  payload: Buffer.from(payload).toString('base64'),
  tree: oid,
  parents: [oid],
  message: formatMessage(orders),
  sequence: 13,
  servers: 7,
  leaves: [server, { ...server, id: '0'.repeat(40), name: 'Unlucky' }],
  returns: [{ ...server, id: '9'.repeat(40), name: 'Old friend' }],
  barred: [server],
  quotas: [],
  doubts: { total: 0, red: 0, silent: 0, hidden: 0, first: [] },
};

const drafts = 'POST /api/v1/statements/draft';
const publishes = 'POST /api/v1/statements';
const answers = { [drafts]: { body: draft }, [publishes]: { status: 201, body: { statement, adopted: true } } };

/** A node, both private keys in its folder, and a public one. */
async function setup() {
  const node = await fakeNode(answers);
  await writeFile(join(node.folder, 'key.asc'), key.privateArmored);
  await writeFile(join(node.folder, 'locked.asc'), locked.privateArmored);
  await writeFile(join(node.folder, 'public.asc'), key.publicArmored);
  return node;
}
type Node = Awaited<ReturnType<typeof setup>>;
const run = (node: Node, line: readonly string[], changes: Parameters<typeof rollcall>[1] = {}) =>
  rollcall([...line, '--data', node.folder], { cwd: node.folder, ...changes });

/** Who signed what was published. */
async function signerOf({ body }: Asked, publicArmored: string): Promise<string> {
  const commit = Buffer.from((body as { commit: string }).commit, 'base64');
  const read = parseStatement(new Uint8Array(commit));
  const keys = await readPublicKeys(utf8(publicArmored));
  if (!read.ok || !keys.ok) throw new Error('neither a statement nor a key');
  const verified = await verifyStatement(read.value, now, () => keys.value);
  return verified.ok ? verified.value.fingerprint : verified.message;
}

test('a checkpoint is drafted by the node, signed here and published, and the key stays here', async t => {
  await using node = await setup();
  const { exit, stdout, stderr } = await run(node, ['checkpoint', '--key', 'key.asc', '--message', 'all well']);
  t.is(exit, 0);
  t.is(stdout, 'published statement 13 (rollback by Ada Quist): it is in force\n');
  t.regex(stderr, /2 go, 1 of them barred, 1 come back: 7 servers afterwards/);
  const [asked, published] = node.asked;
  t.deepEqual(asked!.body, { kind: 'checkpoint', message: 'all well', author: ada });
  t.is(await signerOf(published!, key.publicArmored), key.fingerprint);
  t.false(JSON.stringify(node.asked).includes('PRIVATE'));
});

test('a rollback orders what was typed, addresses in canonical form and the end as a time', async t => {
  await using node = await setup();
  const line = ['rollback', '--reason', 'bots', '--key', 'key.asc', '--until', '7d', '--json'];
  const bars = [
    '--deny-announcer',
    announcer,
    '--deny-address',
    '203.0.113.7',
    '--deny-address',
    '2001:DB8::/32',
    '--deny-game',
    'q3',
    '--force',
  ];
  const { exit, stdout, stderr } = await run(node, [...line, ...bars, 'HEAD~3']);
  t.is(exit, 0);
  t.is(stderr, '');
  t.deepEqual(node.asked[0]!.body, {
    kind: 'rollback',
    message: 'bots',
    to: 'HEAD~3',
    deny: {
      announcers: [announcer],
      addresses: ['203.0.113.7/32', '2001:db8::/32'],
      games: ['q3'],
      reason: 'bots',
      until: now + 7 * day,
      force: true,
    },
    author: ada,
  });
  t.deepEqual(JSON.parse(stdout), {
    statement,
    adopted: true,
    draft: { sequence: 13, servers: 7, leaves: 2, returns: 1, barred: 1, doubts: 0 },
  });
});

test('a checkpoint may raise announcers and networks, with a reason, and shows what it says then', async t => {
  const rule = { network: '203.0.113.0/24', announcer: null, servers: 200, reason: 'a hoster', until: now };
  const quotas = [rule, { ...rule, network: null, announcer, servers: 1, until: null }];
  await using node = await fakeNode({ ...answers, [drafts]: { body: { ...draft, quotas } } });
  const line = ['checkpoint', '--dry-run', '--raise-network', '203.0.113.0/24=200', '--raise-network', 'Example.org=7'];
  const raised = [...line, '--raise-announcer', `${announcer}=50000`, '--reason', 'a hoster'];
  const { exit, stderr } = await run(node, [...raised, '--until', '7d']);
  t.is(exit, 0, stderr);
  t.like(node.asked[0]!.body, {
    kind: 'checkpoint',
    quotas: {
      announcers: [{ announcer, servers: 50_000 }],
      networks: [
        { network: '203.0.113.0/24', servers: 200 },
        { network: 'example.org', servers: 7 },
      ],
      reason: 'a hoster',
      until: now + 7 * day,
    },
  });
  t.regex(stderr, /^200 places for each network in 203\.0\.113\.0\/24: a hoster, until \d{4}-/m);
  t.regex(stderr, new RegExp(`^1 place for ${announcer}: a hoster$`, 'm'));
});

for (const [title, line, says] of [
  ['without a reason', ['--raise-network', '203.0.113.0/24=200'], /needs a reason/],
  ['of nobody', ['--reason', 'x'], /nobody is raised/],
  ['without a number', ['--raise-network', '203.0.113.0/24', '--reason', 'x'], /number of places/],
  ['of nothing', ['--raise-network', '203.0.113.0/24=0', '--reason', 'x'], /number of places/],
  ['of more than there are', ['--raise-network', '203.0.113.0/24=1000001', '--reason', 'x'], /at most 1000000/],
  ['of a single address', ['--raise-network', '203.0.113.7/32=9', '--reason', 'x'], /a \/24 as a whole/],
  ['of a peer that is none', ['--raise-announcer', 'bob=9', '--reason', 'x'], /no peer id/],
] as const) {
  test(`a raise ${title} is a wrong usage`, async t => {
    await using node = await setup();
    const { exit, stderr } = await run(node, ['checkpoint', '--dry-run', ...line]);
    t.is(exit, 2);
    t.regex(stderr, says);
    t.deepEqual(node.asked, []);
  });
}

test('a dry run needs no key: the message is on stdout for stock git, who goes and comes on stderr', async t => {
  await using node = await setup();
  const line = ['rollback', 'HEAD~3', '--reason', 'bots', '--dry-run'];
  const { exit, stdout, stderr } = await run(node, line);
  t.is(exit, 0);
  t.is(stdout, draft.message);
  t.deepEqual(stderr.split('\n').slice(1, 5), [
    'WHAT        NAME        ANNOUNCER  ADDRESS               ID',
    'goes        Unlucky     …ft9HyQ6X  203.0.113.7:28785 +1  0000000000',
    'is barred   Fake        …ft9HyQ6X  203.0.113.7:28785 +1  1f2e3d4c5b',
    'comes back  Old friend  …ft9HyQ6X  203.0.113.7:28785 +1  9999999999',
  ]);
  const json = await run(node, [...line, '--json', '--author', 'Grace Hopper <grace@example.org>']);
  t.deepEqual(JSON.parse(json.stdout), draft);
  t.deepEqual(
    node.asked.map(({ path, body }) => [path, (body as { author: object }).author]),
    [
      ['/api/v1/statements/draft', { name: 'nobody', email: 'nobody@example.org' }],
      ['/api/v1/statements/draft', { name: 'Grace Hopper', email: 'grace@example.org' }],
    ],
  );
});

test('who is about to vouch for servers that look bad from here is told how many, why, and which', async t => {
  const doubts = { total: 9, red: 1, silent: 8, hidden: 2, first: [server, { ...server, name: '' }] };
  await using node = await fakeNode({ ...answers, [drafts]: { body: { ...draft, doubts } } });
  const { stderr } = await run(node, ['checkpoint', '--dry-run']);
  t.is(
    stderr.trimEnd().split('\n').at(-1),
    'it vouches for 9 servers that look bad from here (1 red, 8 silent, 2 hidden): Fake (1f2e3d4c5b), (no name) (1f2e3d4c5b), …',
  );
});

for (const [title, line, input, published] of [
  ['after a yes', [], 'y\n', true],
  ['after anything else', [], '\n', false],
  ['unasked with --yes', ['--yes'], '', true],
] as const) {
  test(`at a terminal a rollback is ${published ? '' : 'not '}signed ${title}`, async t => {
    await using node = await setup();
    const rollback = ['rollback', oid, '--reason', 'bots', '--key', 'key.asc', '--json', ...line];
    const { exit, stderr } = await run(node, rollback, { stdin: () => typed(input, true) });
    t.is(exit, published ? 0 : 1);
    t.is(stderr.includes('sign and publish? [y/N]'), line.length === 0);
    t.is(stderr.includes('is barred   Fake'), line.length === 0);
    t.is(
      node.asked.some(({ path }) => path === '/api/v1/statements'),
      published,
    );
  });
}

test('a locked key is opened with a passphrase, from the terminal or a file descriptor', async t => {
  await using node = await setup();
  const line = ['checkpoint', '--key', 'locked.asc', '--json'];
  const asked = await run(node, line, { stdin: () => typed('open sesame\r', true) });
  t.is(asked.exit, 0);
  t.is(asked.stderr, 'Passphrase of locked.asc: \n');
  await writeFile(join(node.folder, 'secret'), 'open sesame\n');
  const fd = String(openSync(join(node.folder, 'secret'), 'r'));
  t.is((await run(node, [...line, '--passphrase-fd', fd])).exit, 0);
  t.is(await signerOf(node.asked.at(-1)!, locked.publicArmored), locked.fingerprint);
});

for (const [title, line, exit, complaint] of [
  ['no key', [], 2, /exactly one key has to be named\n {2}--key <file.asc>, or --gpg/],
  ['two keys', ['--key', 'key.asc', '--gpg'], 2, /exactly one key has to be named/],
  ['a key that is not there', ['--key', 'none.asc'], 2, /cannot read the key.*none\.asc'\n {2}name the armored file/],
  ['a public key', ['--key', 'public.asc'], 2, /public\.asc: this is no armored private key.*\n {2}name the file that/],
  ['a locked key and nobody to ask', ['--key', 'locked.asc'], 2, /no terminal to ask at/],
  ['an author that is none', ['--key', 'key.asc', '--author', 'Ada'], 2, /must be "Name <address>"/],
] as const) {
  test(`with ${title} nothing is drafted`, async t => {
    await using node = await setup();
    const ran = await run(node, ['checkpoint', ...line]);
    t.is(ran.exit, exit);
    t.regex(ran.stderr, complaint);
    t.deepEqual(node.asked, []);
  });
}

test('who vouches for one server that looks bad is told so in the singular', async t => {
  const doubts = { total: 1, red: 0, silent: 1, hidden: 0, first: [server] };
  await using node = await fakeNode({ ...answers, [drafts]: { body: { ...draft, doubts } } });
  const { stderr } = await run(node, ['checkpoint', '--dry-run']);
  t.regex(stderr, /it vouches for 1 server that looks bad from here/);
});

test('a wrong passphrase opens nothing, and is not repeated', async t => {
  await using node = await setup();
  const stdin = () => typed('open barley\r', true);
  const { exit, stderr } = await run(node, ['checkpoint', '--key', 'locked.asc'], { stdin });
  t.is(exit, 1);
  t.is(stderr, 'Passphrase of locked.asc: \nrollcall: the passphrase does not open the key\n');
});

for (const [line, complaint] of [
  [['--deny-address', '1.2.3/24'], /is not an address range such as/],
  [['--deny-game', 'q3', '--until', 'soon'], /It must be a date such as 2027-01-31, or a time such as 7d/],
  [['--until', '7d'], /--until says when bars end, and nobody is barred/],
] as const) {
  test(`a rollback with ${line.join(' ')} is wrong usage`, async t => {
    await using node = await setup();
    const { exit, stderr } = await run(node, ['rollback', oid, '--reason', 'bots', '--dry-run', ...line]);
    t.is(exit, 2);
    t.regex(stderr, complaint);
    t.deepEqual(node.asked, []);
  });
}

test('a statement that is not adopted says why', async t => {
  const pending = { ...statement, state: 'pending', reason: 'its objects are being fetched' };
  await using node = await fakeNode({ [publishes]: { status: 201, body: { statement: pending, adopted: false } } });
  const { exit, stdout } = await rollcall(['publish', '-', '--data', node.folder], { stdin: () => typed('tree …') });
  t.is(exit, 0);
  t.regex(stdout, /it is not in force here, pending: its objects are being fetched\n$/);
});
