// Tests a folder of vectors against the node's own parser and verifier.
import { readdirSync, readFileSync } from 'node:fs';
import test from 'ava';
import type { Parsed } from '../../../node/base/verdict.ts';
import type { Expectation, Vector } from './forge.ts';

const bytesOf = ({ text, base64 }: Vector) =>
  new Uint8Array(base64 === undefined ? Buffer.from(text!) : Buffer.from(base64, 'base64'));

export function checkVectors<R>(
  folder: URL,
  files: Map<string, string>,
  parse: (bytes: Uint8Array) => Parsed<R>,
  verify: (record: R, bytes: Uint8Array, list: string) => unknown,
): void {
  const names = readdirSync(folder).filter(name => name.endsWith('.json'));
  const vectors = names.map(name => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Vector);

  for (const vector of vectors) {
    test(`${vector.title}: ${vector.expect === 'accept' ? 'accepted' : vector.expect.code}`, t => {
      const read = parse(bytesOf(vector));
      if (!read.ok) {
        t.deepEqual({ code: read.code, field: read.field }, vector.expect as Exclude<Expectation, string>, read.message);
        t.true(read.message.startsWith(`${read.field}: `));
        return;
      }
      const good = verify(read.value, bytesOf(vector), vector.list) !== undefined;
      t.deepEqual(good ? 'accept' : { code: 'BAD_SIGNATURE', field: 'signature' }, vector.expect);
    });
  }

  test('the vectors are those that make.ts writes', t => {
    t.true(names.length > 40);
    t.deepEqual(names.sort(), [...files.keys()].sort());
    for (const [name, content] of files) t.is(readFileSync(new URL(name, folder), 'utf8'), content, name);
  });
}
