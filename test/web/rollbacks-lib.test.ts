// What the rollbacks view decides without a browser: the line of commits, the list as it was, reasons, pictures, addresses.
import test from 'ava';
import fc from 'fast-check';
import type { GraphCommit, ServersDiff } from '../../node/api/port.ts';
import { formatRollbacksView, parseRollbacksView } from '../../web-ui/src/lib/rollbacks-view.ts';
import { reasonOf } from '../../web-ui/src/lib/statement-reason.ts';
import { stepPath } from '../../web-ui/src/lib/step-path.ts';
import { byAnnouncer, listedOf, rowsThen, stepOf, withDiff } from '../../web-ui/src/lib/then.ts';
import { noTimeline, spanAround, timelineOf } from '../../web-ui/src/lib/timeline.ts';
import { announced, attack } from './attack.ts';

test('the line goes from the head along what the node itself had, past statements and their branches', t => {
  const { commits, head } = attack();
  const { moments, places } = timelineOf(commits, head, 4);
  t.deepEqual(
    moments.map(({ summary, servers, joined, left }) => [summary, servers, joined, left]),
    [
      ['3 joined', 3, 3, 0],
      ['adopt checkpoint 1', 3, 0, 0],
      ['250 joined', 253, 250, 0],
      ['251 joined', 504, 251, 0],
      ['adopt rollback 2', 3, 0, 501],
      ['1 joined', 4, 1, 0],
    ],
  );
  t.deepEqual(
    moments.map(({ statement }) => statement?.kind ?? null),
    [null, 'checkpoint', null, null, 'rollback', null],
  );
  t.is(
    places.get(commits.find(({ kind }) => kind === 'rollback')!.oid),
    4,
    'a statement lies where it came into force',
  );
});

test('a node that begins with a statement has a line that begins there', t => {
  const { commits } = attack();
  const [checkpoint] = commits.filter(({ kind }) => kind === 'checkpoint');
  const merge = { ...commits.at(-1)!, kind: 'merge', parents: [checkpoint!.oid], added: 3 } as GraphCommit;
  const { moments } = timelineOf([merge, checkpoint!], merge.oid, 3);
  t.deepEqual(
    moments.map(({ oid, servers }) => [oid, servers]),
    [[merge.oid, 3]],
  );
});

test('without a head there is no line', t => t.deepEqual(timelineOf([], null, 0), noTimeline));

test('around a rollback lies what it undid; around a checkpoint what came before it', t => {
  const { commits, head } = attack();
  const timeline = timelineOf(commits, head, 4);
  const oidOf = (kind: string) => commits.find(commit => commit.kind === kind)!.oid;
  t.deepEqual(spanAround(timeline, oidOf('rollback'), oidOf('checkpoint')), { from: 0, to: 5 });
  t.deepEqual(spanAround(timeline, oidOf('checkpoint'), null), { from: 0, to: 4 });
  t.is(spanAround(timeline, 'f'.repeat(40), null), undefined);
});

test('100,000 commits make a line and a picture of it in a bounded number of points', t => {
  const commits: GraphCommit[] = Array.from({ length: 100_000 }, (_, n) => ({
    ...{ oid: `${n}`, parents: n === 99_999 ? [] : [`${n + 1}`], atMs: 100_000 - n, kind: 'own', author: 'a' },
    ...{ added: n % 3, removed: n % 2, changed: 0, summary: '', status: null, sequence: null, rollbackTo: null },
  }));
  const { moments } = timelineOf(commits, '0', 50_000);
  t.is(moments.length, 100_000);
  t.true(
    stepPath(
      moments.map(({ servers }) => servers),
      1_000,
      100,
      60_000,
    ).line.length < 60_000,
  );
});

test('going from any list to any other by what differs gives that list', t => {
  const lists = fc.uniqueArray(fc.record({ id: fc.integer({ min: 0, max: 30 }), name: fc.string() }), {
    selector: ({ id }) => id,
  });
  const make = (list: { id: number; name: string }[]) =>
    listedOf(list.map(({ id, name }) => announced(`${id}`, 'ada', name)));
  t.notThrows(() =>
    fc.assert(
      fc.property(lists, lists, (a, b) => {
        const [from, to] = [make(a), make(b)];
        const arrived = withDiff(from, diffOf(from, to));
        const sorted = (list: typeof from) => [...list].sort(([x], [y]) => (x < y ? -1 : 1));
        return JSON.stringify(sorted(arrived)) === JSON.stringify(sorted(to));
      }),
    ),
  );
});

const diffOf = (from: ReturnType<typeof listedOf>, to: ReturnType<typeof listedOf>): ServersDiff => ({
  added: [...to.values()].filter(({ id }) => !from.has(id)),
  removed: [...from.values()].filter(({ id }) => !to.has(id)),
  changed: [...to.values()]
    .filter(({ id, name }) => from.has(id) && from.get(id)!.name !== name)
    .map(({ id, name, announcer }) => ({ id, name, announcer, fields: { name: [from.get(id)!.name, name] } })),
});

test('rows tell who joined and who left in that very step, and can be narrowed to them', t => {
  const [a, b, c] = [announced('1', 'ada', 'A'), announced('2', 'bot', 'B'), announced('3', 'bot', 'C')];
  const step = stepOf({ added: [b], removed: [c], changed: [{ id: '1', name: 'A', announcer: 'ada', fields: {} }] });
  const listed = listedOf([a, b]);
  const told = (...of: Parameters<typeof rowsThen>) =>
    rowsThen(...of).map(({ server, change }) => `${server.id} ${change}`);
  t.deepEqual(told(listed, step, 'all', null), ['1 changed', '2 joined', '3 left']);
  t.deepEqual(told(listed, step, 'joined', null), ['2 joined']);
  t.deepEqual(told(listed, step, 'left', null), ['3 left']);
  t.deepEqual(told(listed, step, 'all', 'ada'), ['1 changed']);
  t.deepEqual(byAnnouncer(listed, step), [
    { announcer: 'bot', count: 1, joined: 1, left: 1 },
    { announcer: 'ada', count: 1, joined: 0, left: 0 },
  ]);
});

for (const [subject, message, reason] of [
  ['rollback 2: 500 fake servers', 'rollback 2: 500 fake servers\n\nRollcall-List: test\n', '500 fake servers'],
  [
    'checkpoint 1: 3 servers',
    'checkpoint 1: 3 servers\n\nAll is well.\n\nRollcall-List: test\n',
    '3 servers\nAll is well.',
  ],
  ['by hand', 'by hand\n', 'by hand'],
] as const) {
  test(`the reason of "${subject}" is told without its number and its orders`, t =>
    t.is(reasonOf({ subject, message }), reason));
}

test('a picture steps from number to number and shows the extremes of what lies in one column', t => {
  t.is(stepPath([0, 2, 1], 100, 10, 2).line, 'M0.0 10.0H0.0V10.0H50.0V0.0H100.0V5.0H100.0');
  t.deepEqual(stepPath([], 100, 10, 2), { line: '', area: '' });
  const spike = Array.from({ length: 50_000 }, (_, n) => (n === 31_415 ? 7 : 1));
  t.true(stepPath(spike, 1_000, 7, 7).line.includes('V6.0V0.0'));
});

for (const address of ['', 'at=abc', 'at=abc&announcer=12D3KooW&show=left']) {
  test(`the address "?${address}" says which list is shown`, t =>
    t.is(formatRollbacksView(parseRollbacksView(new URLSearchParams(address))).toString(), address));
}

test('what an address says wrongly is left out', t =>
  t.deepEqual(parseRollbacksView(new URLSearchParams('at=&show=all!')), { at: null, announcer: null, show: 'all' }));
