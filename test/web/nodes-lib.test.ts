// What the viewer says of nodes without a browser: who is odd, in which order they stand, which commands are prepared.
import { spawnSync } from 'node:child_process';
import test from 'ava';
import * as fc from 'fast-check';
import defaults from '../../config.default.json' with { type: 'json' };
import type { AnnouncerRow, DenyRuleJson, NodesGraph, Status } from '../../node/api/port.ts';
import * as commands from '../../web-ui/src/lib/commands.ts';
import { bodiesOf, bodyAt, fitTo, springsOf } from '../../web-ui/src/lib/node-graph.ts';
import { changesOf, type Days, nodeRows, type Sources } from '../../web-ui/src/lib/nodes.ts';
import {
  chooseNodes,
  formatNodesView,
  initialNodesView,
  type NodesView,
  parseNodesView,
} from '../../web-ui/src/lib/nodes-view.ts';
import { trustChecks } from '../../web-ui/src/lib/trust.ts';
import { nodes as german } from '../../web-ui/src/texts/de/nodes.ts';
import { nodes as english } from '../../web-ui/src/texts/en/nodes.ts';
import { denyRule } from '../api/deny-rule.ts';
import { fakeNode } from '../api/fake-node.ts';

const nowMs = 1_763_600_000_000;
const day = 86_400_000;

const announcer = (name: string, fields: Partial<AnnouncerRow> = {}): AnnouncerRow => ({
  announcer: name,
  ...{ servers: 3, endorsed: 3, players: 0, karma: { value: 0, tier: 'yellow' }, connected: false },
  ...{ since: nowMs - 9 * day, games: ['css'] },
  ...fields,
});

const noGraph: NodesGraph = { nodes: [], links: [] };
const sourcesWith = (fields: Partial<Sources>): Sources => ({
  ...{ self: 'me', hasStatement: true, announcers: [], peers: [], graph: noGraph, remembered: [], rules: [] },
  ...fields,
});
const flat = (count: number): Days => ({ from: 0, joined: [count], left: [count], changed: [5] });
const peer = (peerId: string, score: number) =>
  ({ peerId, addresses: [], direction: 'inbound', connectedAt: 0, rttMs: null, score, agent: null }) as const;
const warning = (a: string, b: string) => ({ a, b, kind: 'warns', value: -0.5 }) as const;

for (const [title, fields, days, odd] of [
  ['an honest announcer', { announcers: [announcer('x')] }, flat(9), []],
  ['who is barred', { rules: [{ ...denyRule, announcer: 'x', address: null }] }, undefined, ['denied']],
  [
    'whose karma is red',
    { announcers: [announcer('x', { karma: { value: -0.3, tier: 'red' } })] },
    undefined,
    ['karma'],
  ],
  [
    'whom two speak against',
    { announcers: [announcer('x')], graph: { nodes: [], links: [warning('a', 'x'), warning('b', 'x')] } },
    undefined,
    ['warned'],
  ],
  [
    'whom only this node speaks against',
    { announcers: [announcer('x')], graph: { nodes: [], links: [warning('me', 'x')] } },
    undefined,
    [],
  ],
  ['who sends what no honest node sends', { peers: [peer('x', -100)] }, undefined, ['invalid']],
  ['who is a bad peer', { peers: [peer('x', -99)] }, undefined, []],
  ['whose servers come and go all day', { announcers: [announcer('x')] }, flat(91), ['churn']],
  ['whose servers come and go once a day', { announcers: [announcer('x')] }, flat(90), []],
  ['ten servers of today', { announcers: [announcer('x', { servers: 10, since: nowMs - 1 })] }, undefined, ['burst']],
  ['nine servers of today', { announcers: [announcer('x', { servers: 9, since: nowMs - 1 })] }, undefined, []],
  [
    'ten servers, none endorsed',
    { announcers: [announcer('x', { servers: 10, endorsed: 0 })] },
    undefined,
    ['unendorsed'],
  ],
  [
    'ten servers where nobody has signed anything',
    { hasStatement: false, announcers: [announcer('x', { servers: 10, endorsed: 0 })] },
    undefined,
    [],
  ],
] as const) {
  test(`${title}: ${odd.join() || 'nothing odd'}`, t => {
    const known = new Map(days ? [['x', days]] : []);
    const rows = nodeRows(sourcesWith({ announcers: [], ...(fields as Partial<Sources>) }), known, nowMs);
    const found = rows.find(row => row.peer === 'x');
    t.deepEqual(found?.suspicions.map(({ why }) => why) ?? [], [...odd]);
  });
}

test('a node is one row, however many tell of it, and this node never suspects itself', t => {
  const karma = { value: -1, tier: 'red' } as const;
  const rows = nodeRows(
    sourcesWith({
      announcers: [announcer('me', { karma }), announcer('x')],
      peers: [peer('x', 0)],
      graph: { nodes: [{ peer: 'x', kind: 'peer', servers: 3, karma }], links: [] },
      remembered: [{ subject: 'x', events: 4, ...karma }],
    }),
    new Map(),
    nowMs,
  );
  t.deepEqual(
    rows.map(row => [row.peer, row.self, row.events, row.connection !== null, row.suspicions.length]),
    [
      ['me', true, 0, false, 0],
      ['x', false, 4, true, 0],
    ],
  );
  t.is(changesOf(rows[1]!), null);
});

const table = nodeRows(
  sourcesWith({
    announcers: [
      announcer('a', { servers: 1, karma: { value: 0.4, tier: 'green' }, games: ['xonotic'] }),
      announcer('b', { servers: 7, karma: { value: -0.4, tier: 'red' }, players: 9 }),
      announcer('c', { servers: 4 }),
    ],
    peers: [{ ...peer('c', 0), rttMs: 9 }],
  }),
  new Map([
    ['a', flat(20)],
    ['c', flat(1)],
  ]),
  nowMs,
);
for (const [title, view, expected] of [
  ['those with most servers first', {}, 'bcaM'],
  ['the other way round', { sort: { by: 'servers', down: true } }, 'Macb'],
  ['the worst karma first', { sort: { by: 'karma', down: false } }, 'bcMa'],
  ['most changes first, unknown ones last', { sort: { by: 'changes', down: false } }, 'acbM'],
  ['fewest changes first, unknown ones last', { sort: { by: 'changes', down: true } }, 'cabM'],
  ['the nearest first, strangers last', { sort: { by: 'connection', down: false } }, 'cabM'],
  ['only announcers', { only: 'announcers' }, 'bca'],
  ['only connected ones', { only: 'connected' }, 'cM'],
  ['only suspicious ones', { only: 'suspicious' }, 'b'],
  ['only red and green ones', { tiers: ['red', 'green'] }, 'ba'],
  ['all words', { search: ' XONOTIC  a' }, 'a'],
] as const) {
  test(`nodes are shown: ${title}`, t => {
    const chosen = chooseNodes(table, { ...initialNodesView, ...(view as Partial<NodesView>) });
    t.is(chosen.map(row => (row.self ? 'M' : row.peer)).join(''), expected);
  });
}

for (const address of ['', 'q=a+b&only=suspicious&karma=green&karma=red&sort=-karma&as=graph', 'sort=-servers']) {
  test(`the address of nodes "?${address}" says what is shown`, t => {
    t.is(formatNodesView(parseNodesView(new URLSearchParams(address))).toString(), address);
  });
}

test('what an address of nodes says wrongly is left out', t => {
  t.deepEqual(parseNodesView(new URLSearchParams('sort=x&only=y&karma=blue&as=song')), initialNodesView);
});

test('any text is one word of a shell, to the letter', t => {
  const text = fc.string({ unit: 'grapheme' }).map(it => it.replaceAll('\0', '').toWellFormed());
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 20 }), words => {
      const { stdout } = spawnSync('sh', ['-c', `printf '%s\\0' ${words.map(commands.shellWord).join(' ')}`]);
      return stdout.toString() === words.map(word => `${word}\0`).join('');
    }),
    { numRuns: 25 },
  );
  t.pass();
});

test('commands are those of the command line', t => {
  t.is(commands.denyCommand('P', 'two words', '7d'), "rollcall deny add --announcer P --reason 'two words' --until 7d");
  t.is(commands.rateCommand('P', 'kicked', ''), 'rollcall rate P kicked');
  t.is(commands.rollbackCommand('abc', 'P', 'bots', false), 'rollcall rollback abc --reason bots --deny-announcer P');
  const rules: [Partial<DenyRuleJson>, string][] = [
    [{ address: null, announcer: 'P' }, '--announcer P'],
    [{}, `--address ${denyRule.address}`],
    [{ address: null, game: 'css' }, '--game css'],
  ];
  for (const [rule, option] of rules)
    t.is(commands.takeBackCommand({ ...denyRule, ...rule }), `rollcall deny remove ${option}`);
  t.is(commands.endAfter('7d', 1), 1 + 7 * day);
  t.is(commands.endAfter('', 1), undefined);
  t.false(commands.isPeerId('--announcer'));
});

test('the actions that can be chosen are those that ship, each with words in both languages', t => {
  const shipped = [...Object.keys(defaults.karma.actions), 'appeal', 'forgive'].sort();
  t.deepEqual([...commands.actions].sort(), shipped as never);
  for (const { act } of [english, german]) t.deepEqual(Object.keys(act.actions).sort(), shipped);
});

const node = (name: string, servers: number) =>
  ({ peer: name, kind: 'announcer', servers, karma: { value: 0, tier: 'yellow' } }) as const;

test('the graph fits any screen, each node is found where it is drawn, and links without an end are left out', t => {
  const bodies = bodiesOf(Array.from({ length: 500 }, (_, n) => node(`${n}`, n)));
  const fit = fitTo(bodies, 390, 300);
  for (const { x, y, radius } of bodies) {
    const [left, top] = [x * fit.scale + fit.dx, y * fit.scale + fit.dy];
    t.true(left - radius * fit.scale >= 0 && left + radius * fit.scale <= 390);
    t.true(top - radius * fit.scale >= 0 && top + radius * fit.scale <= 300);
  }
  const last = bodies[499]!;
  t.is(bodyAt(bodies, last.x * fit.scale + fit.dx, last.y * fit.scale + fit.dy, fit), last);
  t.is(bodyAt(bodies, -100, -100, fit), undefined);
  const springs = springsOf([warning('1', '2'), warning('1', 'gone'), warning('1', '1')], bodies);
  t.deepEqual(
    springs.map(({ source, target }) => [source.peer, target.peer]),
    [['1', '2']],
  );
  t.deepEqual(fitTo([], 100, 50), { scale: 1, dx: 50, dy: 25 });
});

const status = fakeNode().status();
const sound: Status = { ...status, freshness: { peersAhead: 0, highestClaimed: null, warning: null } };
for (const [title, link, changes, verdicts] of [
  ['a sound node', 'live', {}, 'good good good good good'],
  ['one that went away', 'lost', {}, 'bad good good good good'],
  ['one that is being asked', 'connecting', {}, 'unsure good good good good'],
  ['one that is alone', 'live', { peers: 0, sync: { ...status.sync, state: 'alone' } }, 'good bad unsure good good'],
  ['one that is behind', 'live', { freshness: status.freshness }, 'good good good bad good'],
  [
    'one of whose peers a single one claims more',
    'live',
    { freshness: { peersAhead: 1, highestClaimed: 9, warning: null } },
    'good good good unsure good',
  ],
  ['one that nobody vouches for', 'live', { statement: null }, 'good good good good unsure'],
] as const) {
  test(`what to believe of ${title}`, t => {
    const checks = trustChecks(link, { ...sound, ...(changes as Partial<Status>) });
    t.is(checks.map(({ verdict }) => verdict).join(' '), verdicts);
  });
}
