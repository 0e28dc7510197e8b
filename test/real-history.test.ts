// The real history of a public list, replayed: 22 months, 269 changes, names in many scripts.
import { join } from 'node:path';
import test from 'ava';
import { diffJson } from '../node/app/rows.ts';
import { second } from '../node/base/time.ts';
import { diffServers } from '../node/history/diff.ts';
import { stored } from '../node/history/history.ts';
import { readLog, serverLog } from '../node/history/log.ts';
import { openStore } from '../node/history/store.ts';
import { verifyHistory } from '../node/history/verify.ts';
import { seeded } from '../node/network/memory.ts';
import { signerOf, testList } from './announcements.ts';
import type { Lived } from './lived.ts';
import { temporaryFolder } from './processes.ts';
import { type Known, knownOf, relive, steps } from './real-list.ts';

test('22 months of a public list: list, log, every difference and the life of each server are those of the data', async t => {
  await using folder = await temporaryFolder();
  await using store = await openStore(join(folder.path, 'store'));
  const author = signerOf(9).peerId;
  const up = new Map<string, Known>();
  const snapshots: ReadonlyMap<string, Known>[] = [];
  const lives = new Map<string, [atMs: number, change: string][]>();
  let node: Lived | undefined;
  for await (const { node: after, now } of relive(store, author)) {
    node = after;
    const { joined, left } = steps[snapshots.length]!;
    for (const event of left) {
      const { id } = knownOf(event);
      up.delete(id);
      lives.get(id)!.push([now, 'left']);
    }
    for (const event of joined) {
      const known = knownOf(event);
      const before = up.get(known.id);
      up.set(known.id, known);
      const change = before === undefined ? 'joined' : before.name === known.name ? undefined : 'changed';
      if (change) lives.set(known.id, [...(lives.get(known.id) ?? []), [now, change]]);
    }
    snapshots.push(new Map(up));
    const listed = [...node.live.list.listed.values()].filter(({ announcement }) => announcement.state === 'up');
    const names = listed.map(({ id, announcement }) => `${id} ${announcement.name}`);
    t.deepEqual(names.sort(), [...up].map(([id, { name }]) => `${id} ${name}`).sort());
  }
  const { commits, history } = node!;
  t.is(commits.length, steps.length);
  t.is(up.size, 254);

  const log = (await readLog(store, { limit: 1_000 })).toReversed();
  t.deepEqual(
    log.map(({ oid, atMs }) => [oid, atMs]),
    commits.map(({ oid }, i) => [oid, steps[i]!.at * second]),
  );
  t.deepEqual(
    log.map(({ added }) => added),
    snapshots.map((after, i) => [...after.keys()].filter(id => !snapshots[i - 1]?.has(id)).length),
  );
  t.deepEqual(
    log.map(({ removed }) => removed),
    steps.map(({ left }) => left.length),
  );

  const random = seeded(1);
  const pairs = [...snapshots.keys()].slice(1).map(i => [i - 1, i] as const);
  for (let i = 0; i < 200; i++)
    pairs.push([Math.floor(random() * snapshots.length), Math.floor(random() * snapshots.length)]);
  for (const [a, b] of pairs) {
    const [before, after] = [snapshots[a]!, snapshots[b]!];
    const diff = diffJson(await diffServers(stored(store), commits[a]!.tree, commits[b]!.tree));
    t.deepEqual(diff.added.map(({ id }) => id).sort(), [...after.keys()].filter(id => !before.has(id)).sort());
    t.deepEqual(diff.removed.map(({ id }) => id).sort(), [...before.keys()].filter(id => !after.has(id)).sort());
    const renamed = [...after].flatMap(([id, { name }]) => {
      const old = before.get(id)?.name;
      return old === undefined || old === name ? [] : [{ id, fields: { name: [old, name] } }];
    });
    const byId = (x: { id: string }, y: { id: string }) => (x.id < y.id ? -1 : 1);
    const changed = diff.changed.map(({ id, fields }) => ({ id, fields }));
    t.deepEqual(changed.sort(byId) as unknown, renamed.sort(byId));
  }

  for (const [id, life] of lives) {
    const touched = (await serverLog(store, id, 1_000)).toReversed();
    const told = touched.filter(({ change }) => !['renewed', 'gone', 'forgotten'].includes(change));
    t.deepEqual(
      told.map(({ atMs, change }) => [atMs, change] as [number, string]),
      life,
    );
  }

  const report = await verifyHistory({ store, listName: testList, pause: async () => {} }, history.head, true);
  t.deepEqual(report.faults, []);
  t.like(report, { ok: true, commits: steps.length });
});
