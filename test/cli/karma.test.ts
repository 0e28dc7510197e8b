import test from 'ava';
import type { KarmaJson } from '../../node/api/port.ts';
import type { Style } from '../../node/cli/cli.ts';
import { fakeNode, rollcall, token } from './harness.ts';
import { announcer, dangerous, detail, hostile, id, karma, page, raters, row } from './samples.ts';

const subjects = [
  { subject: announcer, value: -0.134, tier: 'red', events: 2 },
  { subject: raters[0], value: 0.6, tier: 'green', events: 30 },
];
const answers = {
  'GET /api/v1/karma': { body: { remembered: 2, subjects, next: null } },
  'GET /api/v1/servers': { body: page(row) },
  'GET /api/v1/peers': { body: { peers: [{ peerId: raters[1] }] } },
  [`GET /api/v1/karma/${announcer}`]: { body: karma },
  [`GET /api/v1/karma/${raters[1]}`]: { body: { ...karma, subject: raters[1] } },
  'POST /api/v1/karma/events': { status: 201, body: karma },
};

/** What is painted in which colour: `<red:down>`. */
const style = (name: Style, text: string) => (['red', 'yellow', 'green'].includes(name) ? `<${name}:${text}>` : text);

for (const [line, value] of [
  [['karma'], { remembered: 2, subjects }],
  [['karma', announcer], karma],
  [['karma', 'Nft9HyQ6X'], karma],
  [['rate', announcer, 'team-kill-kick'], karma],
] as const) {
  test(`with --json, "${line.join(' ')}" prints one document and nothing else`, async t => {
    await using node = await fakeNode(answers);
    const { exit, stdout, stderr } = await rollcall([...line, '--json', '--data', node.folder]);
    t.is(exit, 0);
    t.deepEqual(JSON.parse(stdout), value);
    t.is(stdout.split('\n').length, 2);
    t.is(stderr, '');
  });
}

test('options that choose among all peers are refused beside one peer', async t => {
  await using node = await fakeNode(answers);
  for (const option of [
    ['--tier', 'red'],
    ['--below', '0'],
    ['--limit', '3'],
  ]) {
    const { exit, stderr } = await rollcall(['karma', announcer, ...option, '--data', node.folder]);
    t.is(exit, 2);
    t.regex(stderr, /choose among all peers/);
  }
  t.deepEqual(node.asked, []);
});

test('everybody who is remembered is a row, with the tier in words and in colour', async t => {
  await using node = await fakeNode(answers);
  const { stdout } = await rollcall(['karma', '--data', node.folder], { style });
  t.deepEqual(
    stdout.split('\n').map(line => line.replaceAll(/ {2,}/g, '|')),
    [
      'PEER|KARMA|TIER|EVENTS',
      `${announcer}|-0.13|<red:red>|2`,
      `${raters[0]}|0.60|<green:green>|30`,
      '2 peers known; of a stranger the karma is 0.00',
      '',
    ],
  );
});

test('one is shown with each term of the formula, each rater in its group, and each event', async t => {
  await using node = await fakeNode(answers);
  const { stdout } = await rollcall(['karma', announcer, '--data', node.folder]);
  t.deepEqual(
    stdout.split('\n').map(line => line.trim().replaceAll(/ {2,}/g, '|')),
    [
      `peer|${announcer}`,
      'karma|red, -0.13',
      'p, n|0.00 good and 3.00 bad points, as they weigh now',
      'D|-0.38 = (p − 4n) / (p + 4n + 20), what this node saw itself',
      'c|0.38 = (p + 4n) / (p + 4n + 20), how sure it is of that',
      'I|0.02, what others say: 1 group with Σw = 0.30',
      'K|-0.13 = c·D + (1 − c)·0.5·I = 0.38·-0.38 + (1 − 0.38)·0.5·0.02',
      '',
      'GROUP OF RATERS|D|w|o|COUNTS',
      '203.0.113.0/24|0.30|0.10|yes',
      `${raters[0]}|0.60|0.30|0.50 → 0.10|yes`,
      '198.51.100.0/24|0.40|-0.90|no, is alone in speaking against it',
      `${raters[1]}|0.80|0.40|-0.90|yes`,
      '',
      'DATE|EVENT|POINTS|TOLD BY|NOTE|EVIDENCE',
      '2025-11-20 00:53 UTC|good-match|+2|player',
      '2025-11-20 00:52 UTC|team-kill-kick|-3|game|three of his own|match 7',
      '',
    ],
  );
});

for (const [own, value, tier, words] of [
  ['preferred', 1, 'green', '1.00, because karma.prefer names it; nothing else counts'],
  ['blocked', -1, 'red', '-1.00, because karma.block names it; nothing else counts'],
] as const) {
  test(`who is ${own} by this node's settings is said to be`, async t => {
    const body: KarmaJson = { ...karma, value, tier, own, hearsay: { value: 0, weight: 0, groups: [] }, events: [] };
    await using node = await fakeNode({
      [`GET /api/v1/karma/${announcer}`]: { body },
      'POST /api/v1/karma/events': { status: 201, body },
    });
    const { stdout } = await rollcall(['karma', announcer, '--data', node.folder]);
    t.true(stdout.endsWith(`K      ${words}\n`), stdout);
    const rated = await rollcall(['rate', announcer, 'kicked', '--data', node.folder]);
    t.is(rated.stdout, `${announcer} stays ${tier}, ${words}\n`);
  });
}

test('a rating goes out with the token as the word of a player, and the new karma comes back', async t => {
  await using node = await fakeNode(answers);
  const line = [
    'rate',
    `…${announcer.slice(-8)}`,
    'team-kill-kick',
    '--note',
    'three of his own',
    '--data',
    node.folder,
  ];
  const { exit, stdout } = await rollcall(line, { style });
  t.is(exit, 0);
  t.is(stdout, `${announcer} is now <red:red, -0.13>\n`);
  t.deepEqual(node.asked.at(-1), {
    method: 'POST',
    path: '/api/v1/karma/events',
    authorization: `Bearer ${token}`,
    body: { subject: announcer, action: 'team-kill-kick', source: 'player', note: 'three of his own' },
  });
});

test('an action that is not known is wrong usage, and the node says which was meant', async t => {
  const detail = 'action: "kick" is no action; did you mean kicked?';
  const body = { status: 400, code: 'UNKNOWN_ACTION', detail, remedy: 'karma.actions holds them' };
  await using node = await fakeNode({ 'POST /api/v1/karma/events': { status: 400, body } });
  t.deepEqual(await rollcall(['rate', announcer, 'kick', '--data', node.folder]), {
    exit: 2,
    stdout: '',
    stderr: `rollcall: ${detail}\n  karma.actions holds them\n`,
  });
});

for (const [where, ending, whole] of [
  ['the list', announcer.slice(-6), announcer],
  ['its connections', raters[1].slice(-6), raters[1]],
  ['its karma', raters[0].slice(1), raters[0]],
] as const) {
  test(`a peer that the node knows from ${where} is found by the end of its id`, async t => {
    await using node = await fakeNode(answers);
    await rollcall(['karma', ending, '--data', node.folder]);
    t.is(node.asked.at(-1)!.path, `/api/v1/karma/${whole}`);
  });
}

test('a whole id is taken as it is, and may be that of a stranger', async t => {
  await using node = await fakeNode(answers);
  t.is((await rollcall(['karma', announcer, '--data', node.folder])).exit, 0);
  t.is(node.asked.length, 1);
});

const twin = `12D3KooWAAAAAA${announcer.slice(14)}`;
for (const [given, exit, complaint] of [
  ['yHyQ6X', 4, /^rollcall: this node knows no peer whose id ends in "yHyQ6X"\n {2}name a stranger by its whole id/],
  [announcer.slice(-7), 4, new RegExp(`the ids of 2 peers end in ".*"\n {2}name one by more of its id: .*${twin}`)],
  ['HyQ6X', 2, /^rollcall: "HyQ6X" is no peer id\n {2}a peer is named by its id \(12D3KooW…\), or by the last 6/],
  ['0OIl0OIl', 2, /is no peer id/],
  ['../servers', 2, /is no peer id/],
  [announcer.slice(0, -1), 4, /knows no peer/],
] as const) {
  test(`"${given}" names no peer`, async t => {
    const peers = [{ peerId: twin }];
    await using node = await fakeNode({ ...answers, 'GET /api/v1/peers': { body: { peers } } });
    for (const line of [
      ['karma', given],
      ['rate', given, 'kicked'],
    ]) {
      const ran = await rollcall([...line, '--data', node.folder]);
      t.is(ran.exit, exit);
      t.regex(ran.stderr, complaint);
    }
  });
}

test('list and show tell the tier in words and in colour', async t => {
  const green = { value: 0.304, tier: 'green' } as const;
  await using node = await fakeNode({
    'GET /api/v1/servers': { body: page({ ...row, karma: green }, { ...row, karma: { value: -0.5, tier: 'red' } }) },
    [`GET /api/v1/servers/${id}`]: { body: { ...detail, karma: { value: -0.001, tier: 'yellow' } } },
  });
  const { stdout: list } = await rollcall(['list', '--data', node.folder], { style });
  t.regex(list, /STANDING {2}KARMA/);
  t.regex(list, / <green:green> /);
  t.regex(list, / <red:red> /);
  const { stdout: show } = await rollcall(['show', id, '--data', node.folder], { style });
  t.regex(show, /^karma +<yellow:yellow, 0\.00>$/m);
});

test('hostile notes and groups reach neither the terminal nor the JSON as they are', async t => {
  const bad = hostile.join('');
  const groups = karma.hearsay.groups.map(it => ({ ...it, group: bad, counts: false, why: bad }));
  const events = karma.events.map(it => ({ ...it, action: bad, note: bad, evidence: bad }));
  const body = { ...karma, hearsay: { ...karma.hearsay, groups }, events };
  await using node = await fakeNode({ [`GET /api/v1/karma/${announcer}`]: { body } });
  for (const json of [[], ['--json']]) {
    const { stdout } = await rollcall(['karma', announcer, ...json, '--data', node.folder]);
    t.notRegex(stdout, dangerous);
  }
});
