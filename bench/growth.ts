// What a day adds to the store: announcements renewed, changed, new and withdrawn at the pace of a real list, through the
// list, the committer and the history of a node, with a clock that is turned by hand. With `--keep` a checkpoint is adopted
// each day, and what is older than so many days goes.
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import config from '../config.default.json' with { type: 'json' };
import { Live } from '../node/app/live.ts';
import { Retention } from '../node/app/retention.ts';
import { StatementBook } from '../node/app/statement-book.ts';
import { pause } from '../node/app/timers.ts';
import { day, second } from '../node/base/time.ts';
import { Committer } from '../node/history/committer.ts';
import { History, stored } from '../node/history/history.ts';
import { noteList } from '../node/history/lists.ts';
import { recordsOf } from '../node/history/records.ts';
import { openStore, type Space } from '../node/history/store.ts';
import { ServerList } from '../node/list/server-list.ts';
import { announced, type Verified } from '../node/records/verified.ts';
import { signerOf, testList, testNow } from '../test/announcements.ts';
import { maintainerOf } from '../test/maintainers.ts';
import { serverOf } from './servers.ts';

const { values } = parseArgs({
  options: {
    servers: { type: 'string', default: '10000' },
    days: { type: 'string', default: '2' },
    changes: { type: 'string', default: '0.5' },
    moves: { type: 'string', default: '0.1' },
    keep: { type: 'string', default: '0' },
  },
});
const [servers, days] = [Number(values.servers), Number(values.days)];
/** How much is kept; 0 for all. */
const keepDays = Number(values.keep);
/** Of all servers, each day: so many say something new of themselves, and so many leave while as many come. */
const [changes, moves] = [Number(values.changes), Number(values.moves)];
/** Half of the life of an announcement. */
const renewEveryMs = config.list.lifetimeMs / 2;
/** Some steps to a commit: else all that comes in one would share its trees. */
const stepMs = 10 * second;
const spaces: readonly Space[] = ['objects', 'log', 'commits', 'servers', 'announcers', 'changes', 'lists', 'floors'];

let now = testNow;
let random = 1;
/** The minimal standard generator (Park, Miller 1988): the same day each time. */
const chance = () => {
  random = (random * 48_271) % 2_147_483_647;
  return random / 2_147_483_647;
};

const folder = await mkdtemp(join(tmpdir(), 'rollcall-bench-'));
try {
  say(
    `${servers} servers, renewed every ${renewEveryMs / 3_600_000} h, ${changes * 100} % changed and ${moves * 100} % replaced a day\n`,
  );
  say(row('after', 'commits', ...spaces.map(space => `${space}, MB`), 'sum, MB', 'on disk, MB'));
  await using store = await openStore(join(folder, 'store'));
  const history = await History.open({ store, author: signerOf(1).peerId, pause });
  const live = new Live(new ServerList({ ...config.list, countPrivateNetworks: true }));
  const timers: { atMs: number; task: () => void }[] = [];
  let commits = 0;
  const committer = new Committer({
    write: some => history.write(live.tree, some, now, []),
    head: () => history.head,
    intervalMs: config.history.commitIntervalMs,
    changesMax: config.history.commitChangesMax,
    later: (delayMs, task) => void timers.push({ atMs: now + delayMs, task }),
    committed: () => void commits++,
    unheard: fail,
    failed: fail,
  });
  live.onChange(some => committer.note(some));
  const ada = await maintainerOf('Ada');
  const book = await StatementBook.open({
    store,
    shipped: [ada.key],
    listName: testList,
    clock: () => now,
    changed: () => {},
    log: () => {},
  });
  const retention = new Retention({
    store,
    keepMs: keepDays * day,
    committer,
    book,
    adopter: { statement: undefined },
    clock: () => now,
    pause,
    log: (_, message) => say(`  ${message}`),
  });
  /** Signs the list as it stands, and commits the merge, as `app/adopter.ts` does. */
  const checkpoint = async () => {
    await committer.flush();
    const [previous] = book.all();
    const signed = await ada.state(
      {
        tree: (await history.commit(history.head!)).tree,
        parents: previous ? [previous.statement.oid] : [],
        sequence: book.highest + 1,
        records: await recordsOf(stored(store), live.tree.root()),
      },
      now,
    );
    await book.receive(signed.bytes, '');
    const { signer, fingerprint, statement } = book.get(signed.digest)!;
    const { oid, bytes, parents, subject, sequence, kind, rollbackTo, digest } = statement;
    await history.write(live.tree, [], now, [], {
      statement: {
        ...{ oid, bytes, parents, author: signer, atMs: now, summary: subject },
        statement: { sequence, kind, rollbackTo, digest, fingerprint },
      },
      attachments: {},
      blobs: new Map(),
    });
  };
  const admit = (item: Verified) => live.changed(live.list.admit(item, now).changes);
  /** Does what the committer had put off until then. */
  const until = async (atMs: number) => {
    for (;;) {
      timers.sort((a, b) => a.atMs - b.atMs);
      if (timers[0] === undefined || timers[0].atMs > atMs) break;
      const { atMs: dueMs, task } = timers.shift()!;
      now = Math.max(now, dueMs);
      task();
      await committer.flush();
    }
    now = atMs;
  };

  type Server = { n: number; item: Verified; version: number };
  const all = Array.from({ length: servers }, (_, n): Server => ({ n, item: serverOf(n, 0), version: 0 }));
  let next = servers;
  const announce = (server: Server, state: 'up' | 'left'): void => {
    const { n, item, version } = server;
    const { announcer: _, signature: __, ...fields } = item.announcement;
    const name = version === 0 ? fields.name : `${fields.name.split(' #')[0]} #${version}`;
    const times = { issuedAt: now, expiresAt: now + config.list.lifetimeMs };
    server.item = announced({ ...fields, ...times, name, state }, testList, signerOf(1 + Math.floor(n / 100)));
    admit(server.item);
  };
  // They came up at any time of the last half life.
  const dueMs = all.map(() => now + chance() * renewEveryMs);
  for (const server of all) announce(server, 'up');
  await committer.flush();
  await tell('the start');

  for (let today = 1; today <= days; today++) {
    for (const endMs = now + day; now < endMs; ) {
      await until(now + stepMs);
      live.changed(live.list.tick(now));
      await noteList(store, history);
      for (const [i, server] of all.entries()) {
        const happens = (perDay: number) => chance() < (perDay * stepMs) / day;
        if (happens(moves)) {
          announce(server, 'left');
          const fresh: Server = { n: next, item: serverOf(next, 0), version: 0 };
          next++;
          announce(fresh, 'up');
          all[i] = fresh;
        } else if (happens(changes)) {
          server.version++;
          announce(server, 'up');
        } else if (dueMs[i]! <= now) announce(server, 'up');
        else continue;
        // Whatever is said anew holds for a whole life.
        dueMs[i] = now + renewEveryMs;
      }
    }
    await until(now + config.history.commitIntervalMs);
    await committer.flush();
    if (keepDays > 0) await checkpoint();
    await tell(`day ${today}`);
    if (keepDays > 0) await retain(`… kept`);
  }

  async function retain(after: string): Promise<void> {
    const turns = turnsOfLoop();
    const [start, used] = [performance.now(), process.cpuUsage()];
    await retention.run();
    const { user, system } = process.cpuUsage(used);
    const took = `${((performance.now() - start) / 1e3).toFixed(1)} s, ${((user + system) / 1e6).toFixed(1)} s of CPU`;
    say(`  ${took}, ${turns.longestMs().toFixed(0)} ms of it in one turn of the event loop at most`);
    await tell(after);
  }

  async function tell(after: string): Promise<void> {
    const sizes: number[] = [];
    for (const space of spaces) {
      let bytes = 0;
      for await (const [key, value] of store.entries(space)) bytes += space.length + 1 + key.length + value.length;
      sizes.push(bytes);
    }
    const files = await readdir(join(folder, 'store'));
    const disk = await Promise.all(files.map(async name => (await stat(join(folder, 'store', name))).size));
    say(row(after, String(commits), ...[...sizes, sum(sizes), sum(disk)].map(bytes => (bytes / 1e6).toFixed(1))));
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** By CPU time of this thread, so that it says nothing of what else the machine does. */
function turnsOfLoop(): { longestMs: () => number } {
  let [longestUs, isOn] = [0, true];
  let before = process.threadCpuUsage();
  const turn = () => {
    const now = process.threadCpuUsage();
    longestUs = Math.max(longestUs, now.user + now.system - before.user - before.system);
    before = now;
    if (isOn) setImmediate(turn);
  };
  setImmediate(turn);
  return {
    longestMs: () => {
      isOn = false;
      turn();
      return longestUs / 1e3;
    },
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function row(first: string, ...cells: readonly string[]): string {
  return `| ${first.padEnd(10)} | ${cells.map(cell => cell.padEnd(14)).join(' | ')} |`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function fail(error: unknown): never {
  throw error;
}
