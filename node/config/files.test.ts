import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { readConfigFiles } from './files.ts';

async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'rollcall-config-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

test('without any file there are the defaults', async t => {
  await using data = await folder();
  const { files, defaults } = await readConfigFiles(join(data.path, 'not-there-yet'));
  t.deepEqual(files, []);
  t.is(defaults.origin, 'config.default.json');
  t.is(JSON.parse(defaults.text).history.commitIntervalMs, 30_000);
});

test('the file that was named comes before that of the data folder', async t => {
  await using data = await folder();
  const [own, named] = [join(data.path, 'config.json'), join(data.path, 'mine.json')];
  await writeFile(own, '{}');
  await writeFile(named, '{"role":"player"}');
  t.deepEqual((await readConfigFiles(data.path, named)).files, [
    { origin: named, text: '{"role":"player"}' },
    { origin: own, text: '{}' },
  ]);
});

test('a file that was named and is not there is an error that names it', async t => {
  await using data = await folder();
  const error = await t.throwsAsync(readConfigFiles(data.path, join(data.path, 'gone.json')), { code: 'BAD_CONFIG' });
  t.regex(error!.message, /^cannot read .*gone\.json: ENOENT/);
});

test('a data folder whose config.json cannot be read is an error, not a default', async t => {
  await using data = await folder();
  await t.throwsAsync(readConfigFiles(data.path, data.path), { code: 'BAD_CONFIG', message: /EISDIR/ });
});
