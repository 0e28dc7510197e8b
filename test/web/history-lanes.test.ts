// The graph of commits: who stands in which lane, what a rollback left behind, and how long 100,000 take.
import test from 'ava';
import fc from 'fast-check';
import { type LaneCommit, type LaneRow, layOut } from '../../web-ui/src/lib/lanes.ts';

const own = (oid: string, ...parents: string[]): LaneCommit => ({ oid, parents, kind: 'own', rollbackTo: null });
const merge = (oid: string, ...parents: string[]): LaneCommit => ({ oid, parents, kind: 'merge', rollbackTo: null });
const checkpoint = (oid: string, ...parents: string[]): LaneCommit => ({
  ...{ oid, parents, kind: 'checkpoint', rollbackTo: null },
});
const rollback = (oid: string, rollbackTo: string, ...parents: string[]): LaneCommit => ({
  ...{ oid, parents, kind: 'rollback', rollbackTo },
});

function rowsOf(commits: readonly LaneCommit[]): LaneRow[] {
  const work = layOut(commits);
  let step = work.next();
  while (!step.done) step = work.next();
  return step.value;
}

/** Each row as text: what passes or ends above, the commit, what leaves below. */
const drawn = (commits: readonly LaneCommit[]): string[] =>
  rowsOf(commits).map((row, i) => `${commits[i]!.oid}@${row.lane}${row.fallen ? '!' : ''} ${bendsOf(row)}`.trim());
const bendsOf = ({ bends, stub }: LaneRow): string =>
  [...bends.map(([from, to, kind]) => `${from}>${to} ${kind}`), ...(stub ? ['stub'] : [])].join(', ');

test('a history without statements is one line', t => {
  t.deepEqual(drawn([own('c', 'b'), own('b', 'a'), own('a')]), ['c@0 0>0 own', 'b@0 0>0 own', 'a@0']);
});

test('statements have a line of their own beside the list, and merges join it', t => {
  t.deepEqual(
    drawn([
      merge('m2', 's2', 'b'),
      checkpoint('s2', 's1'),
      own('b', 'm1'),
      merge('m1', 's1', 'a'),
      checkpoint('s1'),
      own('a'),
    ]),
    ['m2@0 0>0 own, 0>1 signed', 's2@1 1>1 signed', 'b@0 0>0 own', 'm1@0 0>0 own, 0>1 signed', 's1@1', 'a@0'],
  );
});

test('behind a rollback the list goes on from the commit it brought back, and what came between has fallen', t => {
  const commits = [
    own('e', 'm'),
    merge('m', 's2', 'bots2'),
    rollback('s2', 'good', 's1'),
    own('bots2', 'bots1'),
    own('bots1', 'good'),
    own('good', 'm1'),
    merge('m1', 's1', 'a'),
    checkpoint('s1'),
    own('a'),
  ];
  t.deepEqual(drawn(commits), [
    'e@0 0>0 own',
    'm@0 0>0 signed, 0>1 fallen',
    's2@0 0>0 back, 0>2 signed',
    'bots2@1! 1>1 fallen',
    'bots1@1! 1>0 fallen',
    'good@0 0>0 own',
    'm1@0 0>0 own, 0>2 signed',
    's1@2',
    'a@0',
  ]);
});

test('behind a rollback to a statement, what came after its merge has fallen', t => {
  const commits = [
    merge('m2', 's2', 'bots'),
    rollback('s2', 's1', 's1'),
    own('bots', 'm1'),
    merge('m1', 's1', 'a'),
    checkpoint('s1'),
    own('a'),
  ];
  const rows = rowsOf(commits);
  t.deepEqual(
    commits.filter((_, i) => rows[i]!.fallen).map(({ oid }) => oid),
    ['bots'],
  );
});

test('where the commit that came back is not here, nothing is said to have fallen', t => {
  const rows = rowsOf([merge('m', 's', 'b'), rollback('s', 'elsewhere'), own('b', 'a'), own('a')]);
  t.false(rows.some(({ fallen }) => fallen));
});

test('a parent that is not here is a stub, and its line ends', t => {
  t.deepEqual(drawn([merge('m', 's', 'b'), checkpoint('s', 'elsewhere'), own('b', 'a')]), [
    'm@0 0>0 own, 0>1 signed',
    's@1 stub',
    'b@0 stub',
  ]);
});

const graphs = fc
  .array(fc.record({ kind: fc.constantFrom('own', 'merge', 'checkpoint', 'rollback'), seed: fc.nat() }), {
    maxLength: 40,
  })
  .map(rows =>
    rows.map(({ kind, seed }, i): LaneCommit => {
      const below = rows.length - i - 1;
      const older = (n: number) => String(i + 1 + (n % (below + 1)));
      const parents = [...new Set(kind === 'merge' ? [older(seed), older(seed >> 3)] : [older(seed >> 5)])];
      return {
        oid: String(i),
        parents,
        kind: kind as 'own',
        rollbackTo: kind === 'rollback' ? older(seed >> 2) : null,
      };
    }),
  );

test('whatever the graph: each line that leaves a commit arrives, and no two share a place', t => {
  fc.assert(
    fc.property(graphs, commits => {
      const rows = rowsOf(commits);
      const here = new Set(commits.map(({ oid }) => oid));
      for (const [i, row] of rows.entries()) {
        // What is below one row is above the next.
        if (rows[i + 1]) t.deepEqual(rows[i + 1]!.before.map(Boolean), row.after.map(Boolean));
        const passing = row.after.filter((line, lane) => line !== null && line === row.before[lane]).length;
        const ends = new Set(row.bends.map(([, to]) => to));
        const used = row.after.flatMap((line, lane) => (line ? [lane] : []));
        t.true(used.every(lane => ends.has(lane) || row.after[lane] === row.before[lane]));
        t.true(passing + ends.size >= used.length);
        const ways = new Set([
          ...commits[i]!.parents,
          ...(commits[i]!.rollbackTo === null ? [] : [commits[i]!.rollbackTo!]),
        ]);
        t.is(
          row.stub,
          [...ways].some(way => !here.has(way)),
        );
      }
      t.deepEqual(rows.at(-1)?.after ?? [], []);
    }),
  );
});

test('100,000 commits with 1,000 statements need two lanes', t => {
  const commits: LaneCommit[] = [];
  for (let n = 100_000; n > 0; n--) {
    if (n % 100 !== 0) commits.push(own(`c${n}`, `c${n - 1}`));
    else commits.push(merge(`c${n}`, `s${n}`, `c${n - 1}`), checkpoint(`s${n}`, `s${n - 100}`));
  }
  const begin = performance.now();
  const rows = rowsOf(commits);
  t.log(`${Math.round(performance.now() - begin)} ms`);
  t.is(Math.max(...rows.map(({ after }) => after.length)), 2);
});
