import test from 'ava';
import fc from 'fast-check';
import { ada } from '../../test/adopting.ts';
import { announcementOf, testNow } from '../../test/announcements.ts';
import { pause } from '../../test/histories.ts';
import { StatementNode } from '../../test/statement-node.ts';
import { temporaryFolder } from '../../test/stock-git.ts';
import { hour } from '../base/time.ts';
import { adoptedFrom, beginWith, forgetOlder, newestBeginning } from './beginning.ts';
import { entriesFrom } from './log.ts';
import { readCuts } from './refs.ts';
import type { Store } from './store.ts';
import { sweep } from './sweep.ts';
import { childrenIn } from './tree-bytes.ts';

/** What happens on a node, one after the other. */
const event = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('announce' as const), server: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('drop' as const), server: fc.nat(5) }) },
  // The very announcement that was there before: trees come back as they were.
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('again' as const), server: fc.nat(5) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('commit' as const) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('checkpoint' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rollback' as const), to: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('retain' as const) }) },
);

async function reached(store: Store): Promise<{ all: Set<string>; missing: string[] }> {
  const cuts = new Set(await readCuts(store));
  const open: string[] = [];
  for await (const [, { oid }] of entriesFrom(store, 0)) open.push(oid);
  const [all, missing]: [Set<string>, string[]] = [new Set(), []];
  for (let oid = open.pop(); oid !== undefined; oid = open.pop()) {
    if (all.has(oid)) continue;
    all.add(oid);
    const object = await store.object(oid);
    if (!object) missing.push(oid);
    else if (object.type === 'tree') open.push(...childrenIn(Buffer.from(object.body)).map(child => child.oid));
    else if (object.type === 'commit') {
      const head = Buffer.from(object.body).toString('latin1').split('\n\n')[0]!;
      for (const [, kind, named] of head.matchAll(/^(tree|parent) ([0-9a-f]{40})$/gm)) {
        if (kind === 'tree' || !cuts.has(oid)) open.push(named!);
      }
    }
  }
  return { all, missing };
}

test('what goes in many small portions is what goes at once, and leaves what is kept', async t => {
  const clock = { now: testNow };
  const node = await StatementNode.open({ folder: await temporaryFolder(t), clock, keys: [ada.key] });
  t.teardown(() => node.store.close());
  const { store } = node;
  for (let i = 0; i < 12; i++) {
    clock.now += hour;
    node.list(announcementOf(`s${i % 5}`, { issuedAt: clock.now }));
    await node.commit();
    if (i % 4 === 3) await node.take(await node.signed(ada));
  }
  const beginning = (await newestBeginning(store, clock.now))!;
  const adopted = new Set<string>();
  await adoptedFrom(store, beginning.height + 1, adopted);
  await beginWith(beginning, adopted, store);
  await forgetOlder(store, pause);
  const alone = <T>(task: () => Promise<T>) => task();
  let portions = 0;
  for (let swept = true; swept; portions++) {
    swept = (await sweep({ store, alone, leanedOn: async () => [], pause }, 1)) !== undefined;
    t.deepEqual((await reached(store)).missing, []);
  }
  t.true(portions > 10, `${portions} portions`);
  const { all } = await reached(store);
  const left: string[] = [];
  for await (const [oid] of store.entries('objects')) left.push(oid);
  t.deepEqual(left, [...all].sort());
});

/** The only server of a folder goes, what was there with it, and it comes back as it was. */
const cameBack = {
  events: [
    { kind: 'announce' as const, server: 5 },
    { kind: 'commit' as const },
    { kind: 'drop' as const, server: 5 },
    ...[0, 0, 0].map(server => ({ kind: 'announce' as const, server })),
    { kind: 'checkpoint' as const },
    { kind: 'drop' as const, server: 0 },
    { kind: 'retain' as const },
    ...[0, 0].map(server => ({ kind: 'announce' as const, server })),
    { kind: 'again' as const, server: 5 },
    { kind: 'checkpoint' as const },
  ],
  failAt: 0,
};

test('whatever happened, and whichever write fails, nothing that the history reaches is deleted', async t => {
  const drawn = fc.record({ events: fc.array(event, { minLength: 15, maxLength: 40 }), failAt: fc.nat(20) });
  let swept = 0;
  await fc.assert(
    fc.asyncProperty(drawn, async ({ events, failAt }) => {
      const clock = { now: testNow };
      const retaining = { is: false, writes: 0 };
      const writing = () => {
        if (retaining.is && ++retaining.writes === failAt) throw new Error('no space left');
      };
      const folder = await temporaryFolder(t);
      const node = await StatementNode.open({ folder, clock, keys: [ada.key], keepMs: hour, writing });
      const last = new Map<number, ReturnType<typeof announcementOf>>();
      const commits: string[] = [];
      const before = async () => [...(await reached(node.store)).all];
      for (const it of [...events, { kind: 'retain' as const }]) {
        clock.now += hour / 2;
        if (it.kind === 'announce') {
          const item = announcementOf(`s${it.server}`, { issuedAt: clock.now });
          last.set(it.server, item);
          node.list(item);
        } else if (it.kind === 'again') {
          const item = last.get(it.server);
          if (item) node.list(item);
        } else if (it.kind === 'drop') {
          const item = last.get(it.server);
          if (item) node.live.changed(node.live.list.drop(item.id));
        } else if (it.kind === 'commit') commits.push(await node.commit());
        else if (it.kind === 'checkpoint') {
          if (node.history.head !== undefined || node.live.list.listed.size > 0)
            await node.take(await node.signed(ada));
        } else if (it.kind === 'rollback') {
          const to = commits[it.to % Math.max(1, commits.length)];
          if (to !== undefined && (await node.store.get('commits', to)))
            await node.take(await node.signed(ada, { to }));
        } else {
          const old = await before();
          retaining.is = true;
          await node.retention.run().catch(() => {});
          retaining.is = false;
          const { all, missing } = await reached(node.store);
          t.deepEqual(missing, []);
          t.deepEqual((await node.verify()).faults, []);
          await node.retention.run();
          if (node.retention.state.isShallow) {
            const still = await node.store.hasMany(
              'objects',
              old.filter(oid => !all.has(oid)),
            );
            swept += still.filter(is => !is).length;
          }
        }
      }
      t.deepEqual((await reached(node.store)).missing, []);
      const again = await node.restart();
      t.deepEqual((await again.verify()).faults, []);
      await again.store.close();
    }),
    { numRuns: 60, examples: [[cameBack]] },
  );
  t.true(swept > 100, `${swept} objects went`);
});
