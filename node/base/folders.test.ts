import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { makeFolder } from './folders.ts';

test('a folder is made with those that it lies in, and left as it is when it is there', async t => {
  const base = await mkdtemp(join(tmpdir(), 'rollcall-folders-'));
  t.teardown(() => rm(base, { recursive: true }));
  const folder = join(base, 'a', 'b', 'c');
  await makeFolder(folder, 0o700);
  await makeFolder(folder);
  t.is((await stat(folder)).mode & 0o777, 0o700);
  t.is((await stat(join(base, 'a'))).mode & 0o777, 0o700);
});

test('what cannot be made is an error, where nothing can be made too', async t => {
  const base = await mkdtemp(join(tmpdir(), 'rollcall-folders-'));
  t.teardown(() => rm(base, { recursive: true }));
  await writeFile(join(base, 'file'), '');
  await t.throwsAsync(makeFolder(join(base, 'file', 'a', 'b')), { code: 'ENOTDIR' });
  await mkdir(join(base, 'there'));
  // Only Linux has it; elsewhere the root of the disk refuses.
  await t.throwsAsync(makeFolder('/proc/rollcall/a'));
});
