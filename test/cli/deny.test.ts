import test from 'ava';
import type { DenyRuleJson } from '../../node/api/port.ts';
import { fakeNode, now, rollcall } from './harness.ts';
import { announcer, raters } from './samples.ts';

const base = { announcer: null, address: null, game: null, reason: 'bots', until: null } as const;
const own = { origin: 'node', from: "this node's own rules" } as const;
const range: DenyRuleJson = { ...base, ...own, address: '198.51.100.0/24', until: now + 86_400_000 };
const peer: DenyRuleJson = { ...base, ...own, announcer };
const set: DenyRuleJson = { ...base, game: 'quake', origin: 'configuration', from: "this node's configuration (x)" };
const theirs: DenyRuleJson = {
  ...{ ...base, address: '203.0.113.0/24', origin: 'maintainers' },
  from: 'rollback 2 by Ada Quist <ada@example.org>',
};
const rules = [range, peer, set, theirs];

const answers = {
  'GET /api/v1/deny': { body: { rules } },
  'POST /api/v1/deny': { status: 201, body: { rules: [range], left: 2 } },
  'DELETE /api/v1/deny': { body: peer },
  'GET /api/v1/karma': { body: { subjects: [{ subject: raters[0], value: 0, tier: 'yellow', events: 1 }] } },
  'GET /api/v1/servers': { body: { servers: [] } },
  'GET /api/v1/peers': { body: { peers: [] } },
};

test('each rule is a row with its end and whose word it is', async t => {
  await using node = await fakeNode(answers);
  const { exit, stdout } = await rollcall(['deny', 'list', '--data', node.folder]);
  t.is(exit, 0);
  t.deepEqual(
    stdout.split('\n').map(line => line.replaceAll(/ {2,}/g, '|')),
    [
      'BARRED|UNTIL|BY|REASON',
      'address 198.51.100.0/24|2025-11-21 00:53 UTC|this node|bots',
      `announcer ${announcer}|no end|this node|bots`,
      "game quake|no end|this node's configuration (x)|bots",
      'address 203.0.113.0/24|no end|rollback 2 by Ada Quist|bots',
      '4 rules',
      '',
    ],
  );
  t.deepEqual(JSON.parse((await rollcall(['deny', 'list', '--json', '--data', node.folder])).stdout), { rules });
});

test('what is added goes out in canonical form, peers by their whole id, and who left is told', async t => {
  await using node = await fakeNode(answers);
  const line = ['deny', 'add', '--announcer', raters[0].slice(-8), '--address', '198.51.100.7', '--game', 'q3'];
  const { exit, stdout } = await rollcall([...line, '--reason', 'bots', '--until', '7d', '--data', node.folder]);
  t.is(exit, 0);
  t.deepEqual(node.asked.at(-1)!.body, {
    announcers: [raters[0]],
    addresses: ['198.51.100.7/32'],
    games: ['q3'],
    reason: 'bots',
    until: now + 7 * 86_400_000,
  });
  t.is(stdout, 'barred address 198.51.100.0/24 on this node\n2 servers left the list\n');
});

for (const [line, query] of [
  [[announcer], { announcer }],
  [[announcer.slice(-8)], { announcer }],
  [['--announcer', announcer], { announcer }],
  [['198.51.100.0/24'], { address: '198.51.100.0/24' }],
  [['--address', '198.51.100.0/24'], { address: '198.51.100.0/24' }],
] as const) {
  test(`"deny remove ${line.join(' ')}" finds the rule`, async t => {
    await using node = await fakeNode(answers);
    const { exit } = await rollcall(['deny', 'remove', ...line, '--data', node.folder]);
    t.is(exit, 0);
    const asked = new URL(node.asked.at(-1)!.path, 'http://node');
    t.deepEqual(Object.fromEntries(asked.searchParams), query as Record<string, string>);
  });
}

for (const [line, exit, complaint] of [
  [['add', '--reason', 'x'], 2, /nobody is barred: give --announcer, --address or --game/],
  [['add', '--game', 'q3'], 2, /required option '--reason <text>'/],
  [['add', '--game', 'q3', '--reason', ' '], 2, /must say something/],
  [['add', '--address', '1.2.3.4/24', '--reason', 'x'], 2, /write "1.2.3.0.24" for the range/],
  [['add', '--address', '1.2.3/24', '--reason', 'x'], 2, /is not an address range/],
  [['add', '--announcer', 'bob', '--reason', 'x'], 2, /"bob" is no peer id/],
  [['add', '--game', 'q3', '--reason', 'x', '--until', '2001-01-01'], 2, /must be in the future/],
  [['add', '--game', 'q3', '--reason', 'x', '--until', 'now'], 2, /must be in the future/],
  [['remove'], 2, /name exactly one rule/],
  [['remove', 'quake', '--address', '1.2.3.4'], 2, /name exactly one rule/],
  [['remove', 'doom'], 4, /no deny rule of its own for "doom"\n {2}see "rollcall deny list"/],
  [['remove', 'quake'], 4, /barred by this node's configuration \(x\), and stays so/],
  [['remove', '203.0.113.0/24'], 4, /barred by rollback 2 by Ada Quist/],
  [['remove', '--game', announcer], 4, /no deny rule of its own/],
] as const) {
  test(`"deny ${line.join(' ')}" is refused with exit code ${exit}`, async t => {
    await using node = await fakeNode(answers);
    const ran = await rollcall(['deny', ...line, '--data', node.folder]);
    t.is(ran.exit, exit);
    t.regex(ran.stderr, complaint);
    t.true(node.asked.every(({ method }) => method === 'GET'));
  });
}
