// What becomes of a store whose disk is gone while it is open.
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { temporaryFolder } from '../../test/stock-git.ts';
import type { RollcallError } from '../base/errors.ts';
import { openStore } from './store.ts';

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
  t.regex(error.message, /^cannot write to the store: /);
  t.false(error.message.includes(folder));
  t.regex(error.remedy ?? '', /disk is full/);
});
