import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { RollcallError } from '../base/errors.ts';
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
  const error = await t.throwsAsync<RollcallError>(readConfigFiles(data.path, join(data.path, 'gone.json')), {
    code: 'BAD_CONFIG',
  });
  t.regex(error!.message, /^cannot read .*gone\.json: ENOENT/);
  t.regex(error!.remedy!, /^name a file that is there, or leave out --config/);
});

test('a data folder whose config.json cannot be read is an error, not a default', async t => {
  await using data = await folder();
  await mkdir(join(data.path, 'config.json'));
  const error = await t.throwsAsync<RollcallError>(readConfigFiles(data.path), {
    code: 'BAD_CONFIG',
    message: /EISDIR/,
  });
  t.regex(error!.remedy!, /this is a folder/);
});

test('a data folder that is a file is told so', async t => {
  await using data = await folder();
  const file = join(data.path, 'a-file');
  await writeFile(file, '');
  const error = await t.throwsAsync<RollcallError>(readConfigFiles(file), { code: 'BAD_CONFIG', message: /ENOTDIR/ });
  t.is(error!.remedy, 'what stands before its name is a file: name a folder with --data');
});

const nobody = 65_534;

// Alone, for the whole process becomes somebody else: nothing keeps root from reading.
test.serial('a file that this user may not read is told what to do', async t => {
  await using data = await folder();
  const own = join(data.path, 'config.json');
  await writeFile(own, '{}', { mode: 0o000 });
  await chmod(data.path, 0o755);
  const isRoot = process.geteuid!() === 0;
  if (isRoot) process.seteuid!(nobody);
  const error = await t
    .throwsAsync<RollcallError>(readConfigFiles(data.path), { code: 'BAD_CONFIG', message: /EACCES/ })
    .finally(() => isRoot && process.seteuid!(0));
  t.is(error!.remedy, 'let the user who runs this read it');
});
