import { readFileSync } from 'node:fs';
import test from 'ava';
import { readPublicKeys } from '../node/trust/key.ts';
import { Keyring } from '../node/trust/keyring.ts';
import { parseStatement } from '../node/trust/statement.ts';
import { checkSignature } from '../node/trust/verified.ts';
import { goodStatements, mutants } from './statement-corpus.ts';

const now = Date.UTC(2025, 11, 1);

async function setup() {
  const names = ['ada', 'rsa', 'subkey', 'gpg'];
  const files = names.map(name => readFileSync(new URL(`vectors/statements/keys/${name}.asc`, import.meta.url)));
  const keys = (await Promise.all(files.map(readPublicKeys))).flatMap(read => (read.ok ? read.value : []));
  const counts = { checks: 0 };
  const keyring = new Keyring(keys, {
    check: (...signed) => {
      counts.checks++;
      return checkSignature(...signed);
    },
  });
  return { keyring, counts };
}

test('each statement that the mutants come from is accepted', async t => {
  const { keyring } = await setup();
  for (const bytes of goodStatements) {
    const read = parseStatement(bytes);
    t.true(read.ok && (await keyring.verify(read.value, now)).ok);
  }
});

test('of 10,000 mutated statements none is accepted, and few reach the work of OpenPGP', async t => {
  const { keyring, counts } = await setup();
  const codes = new Map<string, number>();
  const accepted: string[] = [];
  let parsed = 0;
  for (const { bytes, how } of mutants(10_000, 1)) {
    const read = parseStatement(bytes);
    if (read.ok) parsed++;
    const before = counts.checks;
    const verified = read.ok ? await keyring.verify(read.value, now) : read;
    // One key fits one signature: nobody makes this node try them all.
    t.true(counts.checks - before <= (read.ok ? 1 : 0));
    if (verified.ok) accepted.push(how);
    else codes.set(verified.code, (codes.get(verified.code) ?? 0) + 1);
  }
  t.deepEqual(accepted, []);
  t.true(counts.checks <= parsed && parsed < 3_000, `${counts.checks} of ${parsed}`);
  // What stays sound in form does reach it, or the corpus would prove nothing about signatures.
  t.true(counts.checks > 100, `${counts.checks}`);
  for (const code of [
    'BAD_UTF8',
    'BAD_HEADER',
    'EXTRA_HEADER',
    'NO_SIGNATURE',
    'TWO_SIGNATURES',
    'ARMOR_HEADER',
    'BAD_ARMOR',
  ]) {
    t.true(codes.has(code), code);
  }
  for (const code of ['BAD_CHECKSUM', 'BAD_MESSAGE', 'BAD_TRAILER', 'UNKNOWN_TRAILER', 'BAD_SIGNATURE'])
    t.true(codes.has(code), code);
  t.log(JSON.stringify({ parsed, ...counts, ...Object.fromEntries([...codes].sort()) }));
});

test('statements of the largest size take at most 50 ms each to read', t => {
  // Each would be slow for a careless pattern: many headers, parents, lines of an armor, blank lines, marks.
  const good = goodStatements[0]!.toString();
  const begun = process.cpuUsage();
  let read = 0;
  for (const [piece, before, sound] of [
    [`parent ${'a'.repeat(40)}\n`, 'author ', false],
    ['x y\n', 'author ', false],
    [' \n', ' -----END', false],
    [` ${'A'.repeat(64)}\n`, ' -----END', false],
    ['gpgsig x\n', 'gpgsig ', false],
    ['\n', 'Rollcall-List', false],
    ['a\n\n', 'Rollcall-List', true],
    ['\u0335', 'checkpoint', false],
    ['Rollcall-List: a\n', 'Rollcall-List', false],
    ['<', 'Ada Quist <', false],
  ] as const) {
    const most = piece.repeat((16_384 - good.length) / Buffer.byteLength(piece));
    const statement = parseStatement(Buffer.from(good.replace(before, () => most + before)));
    t.is(statement.ok, sound, piece);
    read++;
  }
  const { user, system } = process.cpuUsage(begun);
  t.true(user + system < read * 50_000, `${user + system} µs for ${read}`);
});
