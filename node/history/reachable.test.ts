import test from 'ava';
import fc from 'fast-check';
import { utf8 } from '../base/bytes.ts';
import { newCommits } from './commit-range.ts';
import { encodeObject, type ObjectType } from './objects.ts';
import { oidBytes, oidsIn } from './oid-set.ts';
import { reachableOids } from './reachable.ts';
import { emptyTree, formatTree } from './tree.ts';

/** A commit of a made-up history: which earlier ones are its parents, what its four files hold, and what its clock said. */
type Sketch = { parents: number[]; files: number[]; atSeconds: number };

/** Objects in memory, with what each one names. */
class Objects {
  readonly entries = new Map<string, Uint8Array>();
  readonly names = new Map<string, { parents: readonly string[]; others: readonly string[] }>();

  readonly getMany = async (space: string, oids: readonly string[]) =>
    oids.map(oid => (space === 'objects' ? this.entries.get(oid) : undefined));

  add(type: ObjectType, body: Uint8Array, others: readonly string[] = [], parents: readonly string[] = []): string {
    const { oid, entry } = encodeObject(type, body);
    this.entries.set(oid, entry);
    this.names.set(oid, { parents, others });
    return oid;
  }

  /** `a/a`, `a/b`, `b/a` and `b/b`. */
  commit({ files, atSeconds }: Sketch, parents: readonly string[]): string {
    const folders = [files.slice(0, 2), files.slice(2)].map(pair => {
      const blobs = pair.map(file => this.add('blob', utf8(`${file}`)));
      return this.add('tree', formatTree(blobs.map((oid, i) => ({ mode: '100644', name: 'ab'[i]!, oid }))), blobs);
    });
    const root = formatTree(folders.map((oid, i) => ({ mode: '40000', name: 'ab'[i]!, oid })));
    const tree = this.add('tree', root, folders);
    const head = [`tree ${tree}`, ...parents.map(oid => `parent ${oid}`)].join('\n');
    const person = `x <x@y> ${atSeconds} +0000`;
    return this.add('commit', utf8(`${head}\nauthor ${person}\ncommitter ${person}\n\nx\n`), [tree], parents);
  }

  /** All that can be reached, with no way past the parents of `cuts`. */
  reach(from: readonly string[], cuts: ReadonlySet<string>): Set<string> {
    const reached = new Set<string>();
    const open = [...from];
    for (let oid = open.pop(); oid !== undefined; oid = open.pop()) {
      if (reached.has(oid)) continue;
      reached.add(oid);
      const { parents, others } = this.names.get(oid)!;
      open.push(...others, ...(cuts.has(oid) ? [] : parents));
    }
    return reached;
  }
}

const places = fc.array(fc.nat(30), { maxLength: 3 });

const scenario = fc.record({
  sketches: fc.array(
    fc.record({
      parents: places,
      files: fc.array(fc.nat(3), { minLength: 4, maxLength: 4 }),
      atSeconds: fc.nat(9),
    }),
    { minLength: 1, maxLength: 12 },
  ),
  wants: fc.array(fc.nat(30), { minLength: 1, maxLength: 2 }),
  haves: places,
  haveCuts: places,
  wantCuts: places,
});

function build({
  sketches,
  wants,
  haves,
  haveCuts,
  wantCuts,
}: typeof scenario extends fc.Arbitrary<infer T> ? T : never) {
  const objects = new Objects();
  const commits: string[] = [];
  for (const sketch of sketches) {
    const earlier = commits.length === 0 ? [] : sketch.parents.map(n => commits[n % commits.length]!);
    commits.push(objects.commit(sketch, [...new Set(earlier)]));
  }
  const pick = (numbers: readonly number[]) => numbers.map(n => commits[n % commits.length]!);
  const cuts = { haveCuts: new Set(pick(haveCuts)), wantCuts: new Set(pick(wantCuts)) };
  return { objects, range: { wants: pick(wants), haves: pick(haves), ...cuts } };
}

test('whatever the graph, the clocks and the cuts, nothing that the other side lacks is left out', async t => {
  await fc.assert(
    fc.asyncProperty(scenario, async drawn => {
      const { objects, range } = build(drawn);
      const sorted = await reachableOids(objects, range);
      const sent = oidsIn(sorted, 0, sorted.length / oidBytes);
      const had = objects.reach(range.haves, range.haveCuts);
      const healed = [...range.haveCuts.difference(range.wantCuts)].flatMap(oid => objects.names.get(oid)!.parents);
      const wanted = objects.reach([...range.wants, ...healed], range.wantCuts);
      t.deepEqual([...wanted.difference(had).difference(new Set(sent))], []);
      t.deepEqual(
        sent.filter(oid => !wanted.has(oid)),
        [],
      );
      t.is(new Set(sent).size, sent.length);
    }),
    { numRuns: 400 },
  );
});

test('where clocks are right, no commit is sent that the other side has', async t => {
  await fc.assert(
    fc.asyncProperty(scenario, async drawn => {
      const sketches = drawn.sketches.map((sketch, i) => ({ ...sketch, atSeconds: i }));
      const { objects, range } = build({ ...drawn, sketches, haveCuts: [], wantCuts: [] });
      const sent = (await newCommits(objects, range)).map(({ oid }) => oid);
      const had = objects.reach(range.haves, new Set());
      t.deepEqual(
        sent.filter(oid => had.has(oid)),
        [],
      );
    }),
    { numRuns: 200 },
  );
});

test('a rollback to a tree that the other side has in one of the parents sends the commit alone', async t => {
  const objects = new Objects();
  const trusted = objects.commit({ parents: [], files: [1, 2, 3, 4], atSeconds: 1 }, []);
  const flooded = objects.commit({ parents: [], files: [5, 6, 7, 8], atSeconds: 2 }, [trusted]);
  const merge = objects.commit({ parents: [], files: [1, 2, 3, 4], atSeconds: 3 }, [trusted, flooded]);
  const sorted = await reachableOids(objects, { wants: [merge], haves: [flooded] });
  t.deepEqual(oidsIn(sorted, 0, 9), [merge]);
});

test('a list that goes from one state to another and back is sent with what both hold', async t => {
  const objects = new Objects();
  const had = objects.commit({ parents: [], files: [9, 9, 9, 9], atSeconds: 1 }, []);
  const one = objects.commit({ parents: [], files: [1, 2, 3, 4], atSeconds: 2 }, [had]);
  const other = objects.commit({ parents: [], files: [1, 2, 3, 5], atSeconds: 3 }, [one]);
  const back = objects.commit({ parents: [], files: [1, 2, 3, 4], atSeconds: 4 }, [other]);
  const sorted = await reachableOids(objects, { wants: [back], haves: [had] });
  const sent = new Set(oidsIn(sorted, 0, sorted.length / oidBytes));
  const lacked = objects.reach([back], new Set()).difference(objects.reach([had], new Set()));
  t.deepEqual([...lacked.difference(sent)], []);
});

test('haves that nobody knows count for nothing, a want that is missing is damage', async t => {
  const objects = new Objects();
  const head = objects.commit({ parents: [], files: [1, 1, 1, 1], atSeconds: 1 }, []);
  const sorted = await reachableOids(objects, { wants: [head], haves: [emptyTree, '7'.repeat(40)] });
  t.is(sorted.length / oidBytes, 4);
  await t.throwsAsync(reachableOids(objects, { wants: ['7'.repeat(40)], haves: [] }), { code: 'STORE_DAMAGED' });
});
