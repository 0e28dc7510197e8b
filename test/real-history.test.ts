// The real history of a public list, replayed: 22 months, 269 changes, names in many scripts.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { Live } from '../node/app/live.ts';
import { diffJson } from '../node/app/rows.ts';
import { tidyAddress } from '../node/base/address.ts';
import { sha256Hex } from '../node/base/bytes.ts';
import { day, second } from '../node/base/time.ts';
import { Door } from '../node/gossip/door.ts';
import { Committer } from '../node/history/committer.ts';
import { diffServers } from '../node/history/diff.ts';
import { type Committed, History, stored } from '../node/history/history.ts';
import { readLog, serverLog } from '../node/history/log.ts';
import { openStore } from '../node/history/store.ts';
import { verifyHistory } from '../node/history/verify.ts';
import { ServerList } from '../node/list/server-list.ts';
import { seeded } from '../node/network/memory.ts';
import { identityOf } from '../node/records/announcement.ts';
import { announcementOf, signerOf, testList } from './announcements.ts';
import { temporaryFolder } from './processes.ts';

type Event = { readonly list: string; readonly address: string; readonly name?: string };
type Step = { readonly at: number; readonly joined: readonly Event[]; readonly left: readonly Event[] };
/** What the data say of one server. */
type Known = {
  readonly id: string;
  readonly server: string;
  readonly name: string;
  readonly addresses: string[];
  readonly list: string;
};

/** The game's default port, which the data leave out. */
const defaultPort = 6567;

const steps: Step[] = (await readFile(new URL('data/mindustry-list-history.ndjson', import.meta.url), 'utf8'))
  .trim()
  .split('\n')
  .map(line => JSON.parse(line));

/** `80.74.28.57:55072, 80.74.28.57:7623 ` is two addresses of one server. */
const addressesIn = (text: string): string[] =>
  text.split(',').map(part => {
    const address = tidyAddress(/:\d+\s*$/.test(part) ? part : `${part.trim()}:${defaultPort}`);
    if (!address.ok) throw new Error(address.message);
    return address.value;
  });

const announcers: Readonly<Record<string, number>> = { servers_be: 1, servers_v8: 2 };

function knownOf({ list, address, name = '' }: Event): Known {
  const server = `s-${sha256Hex(`${list} ${address}`).slice(0, 12)}`;
  const id = identityOf(signerOf(announcers[list]!).peerId, server);
  return { id, server, name, addresses: addressesIn(address), list };
}

test('22 months of a public list: list, log, every difference and the life of each server are those of the data', async t => {
  await using folder = await temporaryFolder();
  await using store = await openStore(join(folder.path, 'store'));
  const pause = async () => {};
  let now = 0;
  const history = await History.open({ store, author: signerOf(9).peerId, pause });
  const live = new Live(
    new ServerList({
      serversMax: 1_000,
      perAnnouncerMax: 1_000,
      perNetworkMax: 64,
      waitingMax: 10,
      countPrivateNetworks: true,
    }),
  );
  const door = new Door({
    list: live.list,
    listName: testList,
    clock: () => now,
    pause,
    changed: changes => live.changed(changes),
    equivocated: () => t.fail(),
  });
  const commits: Committed[] = [];
  const committer = new Committer({
    write: changes => history.write(live.tree, changes, now, []),
    listed: id => live.list.listed.get(id),
    intervalMs: 30 * second,
    changesMax: 10_000,
    later: () => {},
    committed: commit => void commits.push(commit),
    failed: error => t.fail(String(error)),
  });
  live.onChange(changes => committer.note(changes));

  const announcement = ({ server, name, addresses, list }: Known, state: 'up' | 'left') => {
    const times = { issuedAt: now, expiresAt: now + day };
    const fields = { game: 'mindustry', name, addresses, state, attributes: { list }, ...times };
    return announcementOf(server, { ...fields, signer: signerOf(announcers[list]!) });
  };
  const announce = async (known: Known, state: 'up' | 'left') => {
    const [received] = await door.receive([announcement(known, state).bytes]);
    t.is(received!.verdict.action, 'accept');
  };

  const up = new Map<string, Known>();
  const snapshots: ReadonlyMap<string, Known>[] = [];
  const lives = new Map<string, [atMs: number, change: string][]>();
  for (const { at, joined, left } of steps) {
    // Until the next change every server keeps announcing itself, as ours do; the one time a day is enough here.
    for (now ||= at * second - 1; now < at * second - 1; ) {
      now = Math.min(now + day - second, at * second - 1);
      for (const known of up.values()) door.admit(announcement(known, 'up'));
      live.changed(live.list.tick(now));
    }
    now = at * second;
    for (const event of left) {
      const known = up.get(knownOf(event).id)!;
      await announce(known, 'left');
      up.delete(known.id);
      lives.get(known.id)!.push([now, 'left']);
    }
    for (const event of joined) {
      const known = knownOf(event);
      const before = up.get(known.id);
      await announce(known, 'up');
      up.set(known.id, known);
      const change = before === undefined ? 'joined' : before.name === known.name ? undefined : 'changed';
      if (change) lives.set(known.id, [...(lives.get(known.id) ?? []), [now, change]]);
    }
    await committer.flush();
    snapshots.push(new Map(up));
    const listed = [...live.list.listed.values()].filter(({ announcement }) => announcement.state === 'up');
    const names = listed.map(({ id, announcement }) => `${id} ${announcement.name}`);
    t.deepEqual(names.sort(), [...up].map(([id, { name }]) => `${id} ${name}`).sort());
  }
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
    const told = touched.filter(({ change }) => change !== 'renewed' && change !== 'forgotten');
    t.deepEqual(
      told.map(({ atMs, change }) => [atMs, change] as [number, string]),
      life,
    );
  }

  const report = await verifyHistory({ store, listName: testList, pause }, history.head, true);
  t.deepEqual(report.faults, []);
  t.like(report, { ok: true, commits: steps.length });
});
