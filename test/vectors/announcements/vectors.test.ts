import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { parseAnnouncement, pathOf } from '../../../node/records/announcement.ts';
import { candidate, verified } from '../../../node/records/verified.ts';
import { type Expectation, files, type Vector } from './make.ts';

const folder = new URL('./', import.meta.url);
const names = readdirSync(folder).filter(name => name.endsWith('.json'));
const vectors = names.map(name => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Vector);
const bytesOf = ({ text, base64 }: Vector) =>
  new Uint8Array(base64 === undefined ? Buffer.from(text!) : Buffer.from(base64, 'base64'));

for (const vector of vectors) {
  test(`${vector.title}: ${vector.expect === 'accept' ? 'accepted' : vector.expect.code}`, t => {
    const read = parseAnnouncement(bytesOf(vector));
    if (!read.ok) {
      t.deepEqual({ code: read.code, field: read.field }, vector.expect as Exclude<Expectation, string>, read.message);
      t.true(read.message.startsWith(`${read.field}: `));
      return;
    }
    const it = candidate(read.value, bytesOf(vector));
    t.deepEqual(
      { id: it.id, oid: it.oid, path: pathOf(it.id) },
      { id: vector.id!, oid: vector.oid, path: vector.path! },
    );
    const good = verified(it, vector.list) !== undefined;
    t.deepEqual(good ? 'accept' : { code: 'BAD_SIGNATURE', field: 'signature' }, vector.expect);
  });
}

test('every code of refusal has its vectors', t => {
  const codes = vectors.map(({ expect }) => (expect === 'accept' ? expect : expect.code));
  t.deepEqual([...new Set(codes)].sort(), [
    'BAD_FIELD',
    'BAD_LIFETIME',
    'BAD_SIGNATURE',
    'NOT_AN_OBJECT',
    'NOT_CANONICAL',
    'NOT_JSON',
    'NOT_UTF8',
    'TOO_LARGE',
    'UNKNOWN_FIELD',
    'accept',
  ]);
});

test('the vectors are those that make.ts writes', t => {
  const made = files();
  t.deepEqual(names.sort(), [...made.keys()].sort());
  for (const [name, content] of made) t.is(readFileSync(new URL(name, folder), 'utf8'), content, name);
});

test('stock git gives every vector the same hash', t => {
  const repository = mkdtempSync(join(tmpdir(), 'rollcall-vectors-'));
  try {
    const paths = vectors.map((vector, i) => {
      const path = join(repository, `${i}`);
      writeFileSync(path, bytesOf(vector));
      return path;
    });
    const arguments_ = ['hash-object', '--no-filters', '--stdin-paths'];
    const oids = execFileSync('git', arguments_, { input: paths.join('\n'), encoding: 'utf8' })
      .trim()
      .split('\n');
    t.deepEqual(
      oids,
      vectors.map(({ oid }) => oid),
    );
  } finally {
    rmSync(repository, { recursive: true });
  }
});
