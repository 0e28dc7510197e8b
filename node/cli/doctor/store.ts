// The store of a node that does not run. Opening it would already change its files, so a copy is opened: large files, which
// level never changes, are linked.
import { copyFile, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setImmediate as pause } from 'node:timers/promises';
import { fromUtf8 } from '../../base/bytes.ts';
import { RollcallError } from '../../base/errors.ts';
import { minute } from '../../base/time.ts';
import { moveAway } from '../../history/damaged.ts';
import { History } from '../../history/history.ts';
import { readLog } from '../../history/log.ts';
import { openStore, type Store } from '../../history/store.ts';
import { verifyHistory } from '../../history/verify.ts';
import { ago, count, date } from '../words.ts';
import { type Finding, findingsOf } from './findings.ts';

/** Undefined when there is none yet. @throws RollcallError STORE_UNREADABLE */
export async function openCopy(folder: string): Promise<({ readonly store: Store } & AsyncDisposable) | undefined> {
  const names = await readdir(folder).catch((): string[] => []);
  if (names.length === 0) return undefined;
  const copy = await mkdtemp(join(tmpdir(), 'rollcall-doctor-'));
  const remove = () => rm(copy, { recursive: true, force: true });
  try {
    for (const name of names.filter(name => name !== 'LOCK')) {
      const [from, to] = [resolve(folder, name), join(copy, name)];
      await (name.endsWith('.ldb') ? symlink(from, to) : copyFile(from, to));
    }
    const store = await openStore(copy);
    return {
      store,
      async [Symbol.asyncDispose]() {
        await store.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    if (!(error instanceof RollcallError)) throw error;
    throw new RollcallError(error.code, error.message.replaceAll(copy, folder), { remedy: moveAway() });
  }
}

export async function judgeStore(store: Store, list: string | undefined, now: number): Promise<Finding[]> {
  const { ok, problem } = findingsOf('store');
  const held = fromUtf8((await store.get('refs', 'list')) ?? new Uint8Array()) ?? '';
  if (list !== undefined && held !== '' && held !== list) {
    const remedy = `start it with --list ${held}, or give "${list}" a folder of its own with --data`;
    return [problem(`it holds the list "${held}", the configuration says "${list}"`, remedy)];
  }
  const { head } = await History.open({ store, author: '', pause });
  if (head === undefined) return [ok('it opens, and holds no commit yet')];
  const report = await verifyHistory({ store, listName: held || (list ?? ''), pause }, head, false);
  const [fault] = report.faults;
  if (fault !== undefined) return [problem(`${count(report.faults.length, 'fault')}, the first: ${fault}`, moveAway())];
  const [newest] = await readLog(store, { limit: 1 });
  return [
    ok(
      `it opens, and its head is whole: ${count(report.servers, 'server')}; "rollcall verify --full" checks the history`,
    ),
    ...(newest ? [judgeLast(newest.atMs, now)] : []),
  ];
}

/** Behind this the clock of whoever committed last was right, or this one is. */
const clockSkewMaxMs = 10 * minute;

function judgeLast(atMs: number, now: number): Finding {
  const { ok, problem } = findingsOf('clock');
  if (atMs > now + clockSkewMaxMs) {
    const message = `it is ${date(now)} here, and the last commit was ${date(atMs)}`;
    return problem(message, 'set the clock, and keep it set: timedatectl set-ntp true');
  }
  const last = `${date(now)}, the last commit was ${ago(atMs, now)}`;
  return ok(`${last}; with a node running it is compared with those of other nodes`);
}
