import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Write } from '../history/store.ts';
import { claimList, openToken, sayRunning } from './data-folder.ts';

async function folderOf(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-data-'));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}

test('the token is made once, 0600, and read from then on', async t => {
  const folder = await folderOf(t);
  const token = await openToken(folder);
  t.regex(token, /^[A-Za-z0-9_-]{43}$/);
  t.is(await openToken(folder), token);
  t.is((await stat(join(folder, 'api-token'))).mode & 0o777, 0o600);
});

test('who runs is told as long as it runs', async t => {
  const folder = await folderOf(t);
  const running = { pid: 4711, http: 'http://127.0.0.1:7480', peerId: '12D3KooW' };
  {
    await using _ = await sayRunning(folder, running);
    t.deepEqual(JSON.parse(await readFile(join(folder, 'node.json'), 'utf8')), running);
  }
  await t.throwsAsync(stat(join(folder, 'node.json')), { code: 'ENOENT' });
});

test('a store that holds one list is not opened for another', async t => {
  const held = new Map<string, Uint8Array>();
  const store = {
    get: async (_: string, key: string) => held.get(key),
    write: async (writes: readonly Write[]) => {
      for (const write of writes) if ('put' in write) held.set(write.put, write.value);
    },
  };
  await claimList(store, 'inexor');
  await t.notThrowsAsync(claimList(store, 'inexor'));
  const error = await t.throwsAsync(claimList(store, 'lan'), { code: 'OTHER_LIST' });
  t.regex(error!.message, /"inexor", not "lan"/);
});
