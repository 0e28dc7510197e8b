// What becomes of a store whose disk is full or gone while it is open.
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { Level } from 'level';
import { temporaryFolder } from '../../test/stock-git.ts';
import type { RollcallError } from '../base/errors.ts';
import { openStore, Store } from './store.ts';

/** level begins a new file after 4 MB: it needs the folder then. */
const value = new Uint8Array(1024 * 1024);
const writesMax = 64;

test('when the disk is gone, writing fails with what to do, and says nothing of where the store is', async t => {
  const folder = await temporaryFolder(t);
  await using store = await openStore(join(folder, 'store'));
  await rename(join(folder, 'store'), join(folder, 'gone'));
  await writeFile(join(folder, 'store'), '');
  const fill = async () => {
    for (let i = 0; i < writesMax; i++) await store.write([{ space: 'own', put: String(i), value }]);
  };
  const error = (await t.throwsAsync(fill(), { code: 'STORE_UNWRITABLE' })) as RollcallError;
  t.regex(error.message, /^cannot write to the store until the node is started again: /);
  t.false(error.message.includes(folder));
  t.regex(error.remedy ?? '', /disk is full/);
});

test('after a write that failed nothing is acknowledged any more, though the disk has room again: level would lose it', async t => {
  const folder = await temporaryFolder(t);
  const db = new Level<string, Uint8Array>(folder, { keyEncoding: 'utf8', valueEncoding: 'view' });
  await db.open();
  await using store = new Store(db);
  const put = (key: string) => store.write([{ space: 'own', put: key, value }]);
  await put('before');
  const batch = db.batch.bind(db) as () => ReturnType<typeof db.batch>;
  const full = Object.assign(new Error('IO error: 000003.log: No space left on device'), { code: 'LEVEL_IO_ERROR' });
  const failing = () => Object.assign(batch(), { write: () => Promise.reject(full) });
  Object.assign(db, { batch: failing });
  const failed = put('during');
  Object.assign(db, { batch });
  const meanwhile = put('meanwhile');
  for (const write of [failed, meanwhile, put('after')]) {
    const error = await t.throwsAsync<RollcallError>(write, { code: 'STORE_UNWRITABLE', message: /No space left/ });
    t.regex(error!.remedy!, /then start the node again/);
  }
  t.truthy(await store.get('own', 'before'), 'it can be read as before');
});
