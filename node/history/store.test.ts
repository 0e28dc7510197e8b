import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import test from 'ava';
import fc from 'fast-check';
import { temporaryFolder, temporaryStore } from '../../test/stock-git.ts';
import { fromUtf8, utf8 } from '../base/bytes.ts';
import type { RollcallError } from '../base/errors.ts';
import { encodeObject } from './objects.ts';
import { openStore, type Range, type Space, type Store, type Write } from './store.ts';

const spaces: readonly Space[] = [
  'objects',
  'refs',
  'commits',
  'log',
  'servers',
  'announcers',
  'floors',
  'own',
  'peers',
];

const textsOf = async (store: Store, keys: readonly string[]) =>
  (await store.getMany('own', keys)).map(value => value && fromUtf8(value));

test('many keys give the values of each in the order they are asked in, twice where asked twice, none where there is none', async t => {
  const store = await temporaryStore(t);
  const keys = Array.from({ length: 2_000 }, (_, i) => `${(i * 7_919) % 2_000}`);
  await store.write(keys.filter(key => Number(key) % 3 > 0).map(key => ({ space: 'own', put: key, value: utf8(key) })));
  for (const asked of [keys, [...keys, ...keys], keys.slice(0, 1_001), keys.slice(0, 7), []]) {
    t.deepEqual(
      await textsOf(store, asked),
      asked.map(key => (Number(key) % 3 > 0 ? key : undefined)),
    );
  }
});

test('a batch is written whole or not at all', async t => {
  const store = await temporaryStore(t);
  await store.write([{ space: 'own', put: 'old', value: utf8('old') }]);
  const unwritable = null as unknown as Uint8Array;
  const batch: Write[] = [
    { space: 'own', put: 'new', value: utf8('new') },
    { space: 'own', del: 'old' },
    { space: 'own', put: 'bad', value: unwritable },
  ];
  await t.throwsAsync(store.write(batch));
  t.deepEqual(await textsOf(store, ['old', 'new', 'bad']), ['old', undefined, undefined]);
  await store.write(batch.slice(0, 2));
  t.deepEqual(await textsOf(store, ['old', 'new']), [undefined, 'new']);
});

test('what was written is there after closing and opening', async t => {
  const folder = await temporaryFolder(t);
  {
    await using store = await openStore(folder);
    await store.write([{ space: 'own', put: 'key', value: utf8('x') }]);
  }
  await using store = await openStore(folder);
  t.deepEqual(await textsOf(store, ['key']), ['x']);
});

const aKey = fc.string({ unit: fc.constantFrom('0', '9', 'a', '/', ':', ';', '~', 'ü'), maxLength: 3 });
const aRange = fc.record(
  { gt: aKey, gte: aKey, lt: aKey, lte: aKey, reverse: fc.boolean(), limit: fc.integer({ min: 1, max: 3 }) },
  { requiredKeys: [] },
) as fc.Arbitrary<Range>;

test('a range of one space gives its entries in order, and never those of another', async t => {
  const store = await temporaryStore(t);
  const keys = await fc.sample(aKey, 60);
  await store.write(
    spaces.flatMap(space => keys.map((key): Write => ({ space, put: key, value: utf8(`${space} ${key}`) }))),
  );
  const all = [...new Set(keys)].sort((a, b) => Buffer.compare(utf8(a), utf8(b)));
  const under = (a: string, b: string) => Buffer.compare(utf8(a), utf8(b)) < 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...spaces), aRange, async (space, range) => {
      // `gt` goes before `gte`, `lte` before `lt`.
      const lower = (key: string) => (range.gt === undefined ? !under(key, range.gte ?? '') : under(range.gt, key));
      const upper = (key: string) =>
        range.lte === undefined ? range.lt === undefined || under(key, range.lt) : !under(range.lte, key);
      const inside = all.filter(key => lower(key) && upper(key));
      const expected = (range.reverse ? inside.toReversed() : inside).slice(0, range.limit);
      const found: [string, string | undefined][] = [];
      for await (const [key, value] of store.entries(space, range)) found.push([key, fromUtf8(value)]);
      t.deepEqual(
        found,
        expected.map(key => [key, `${space} ${key}`]),
      );
    }),
    { numRuns: 200 },
  );
});

test('an object that is there but not sound is damage, one that is not there is undefined', async t => {
  const store = await temporaryStore(t);
  const { oid, entry } = encodeObject('blob', utf8('text'));
  await store.write([
    { space: 'objects', put: oid, value: entry },
    { space: 'objects', put: 'bad', value: entry.subarray(0, -2) },
  ]);
  t.is((await store.object(oid))?.type, 'blob');
  t.is(await store.object('missing'), undefined);
  await t.throwsAsync(store.object('bad'), { code: 'STORE_DAMAGED' });
});

test('a second process is told that the store is busy', async t => {
  const data = await temporaryFolder(t);
  const folder = join(data, 'store');
  await using _store = await openStore(folder);
  const module = new URL('./store.ts', import.meta.url).href;
  const script = `
    const { openStore } = await import(${JSON.stringify(module)});
    await openStore(${JSON.stringify(folder)}).catch(error => console.log(error.code, error.message));`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script]);
  t.is((await text(child.stdout)).trim(), `STORE_BUSY another node is running on ${data}`);
});

test('a folder that cannot be made is told', async t => {
  const error = await t.throwsAsync(openStore('/dev/null/store'), { code: 'STORE_UNREADABLE' });
  t.regex(error.message, /\/dev\/null\/store/);
});

test('a store that lost the file which names the others is not taken for an empty one', async t => {
  const folder = `${await temporaryFolder(t)}/store`;
  await (await openStore(folder)).close();
  await rm(`${folder}/CURRENT`);
  const error = await t.throwsAsync(openStore(folder), { code: 'STORE_UNREADABLE' });
  t.regex(error!.message, /CURRENT is missing/);
});

test('a damaged file is told as damage, with what to do, and without the path of the data folder', async t => {
  const folder = `${await temporaryFolder(t)}/store`;
  {
    await using store = await openStore(folder);
    const values = Array.from({ length: 200 }, (_, i) => ({
      space: 'own' as const,
      put: `k${i}`,
      value: randomBytes(1_000),
    }));
    await store.write(values);
  }
  // What was in the log goes into a table when the store is opened again.
  await (await openStore(folder)).close();
  const [table] = (await readdir(folder)).filter(name => name.endsWith('.ldb'));
  const bytes = await readFile(`${folder}/${table}`);
  bytes.fill(0xff, 0, bytes.length >> 1);
  await writeFile(`${folder}/${table}`, bytes);
  await using store = await openStore(folder);
  const reads: (() => Promise<unknown>)[] = [
    () => store.get('own', 'k1'),
    () => store.getMany('own', ['k1']),
    () => store.hasMany('own', ['k1']),
    async () => {
      // What can be read comes first.
      for await (const _ of store.entries('own'));
    },
  ];
  for (const read of reads) {
    const error = (await t.throwsAsync(read, { code: 'STORE_DAMAGED' })) as unknown as RollcallError;
    t.regex(error.message, /^the store is damaged: a file of it does not hold what was written \(.*\)$/);
    t.false(error.message.includes('/'));
    t.regex(error.remedy!, /move <data>\/store away/);
  }
});
