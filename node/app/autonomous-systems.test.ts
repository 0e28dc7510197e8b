import { writeFile } from 'node:fs/promises';
import test from 'ava';
import { mmdbOf } from '../../test/mmdb.ts';
import { temporaryFolder } from '../../test/stock-git.ts';
import { openAutonomousSystems } from './autonomous-systems.ts';

const number = (asn: number) => ({ autonomous_system_number: asn, autonomous_system_organization: 'Example' });
const rootServer = ['193.0.14.0/24', number(25_152)] as const;

for (const [title, ranges, ipVersion, expected] of [
  [
    'the usual form',
    [rootServer, ['203.0.112.0/20', number(64_500)], ['2001:db8::/32', number(4_200_000_001)]],
    6,
    [64_500, 64_500, 4_200_000_001],
  ],
  ['text', [rootServer, ['203.0.113.0/24', { asn: 'AS64500', name: 'Example' }]], 6, [64_500, undefined, undefined]],
  ['a database of IPv4 alone', [rootServer, ['203.0.112.0/20', number(64_500)]], 4, [64_500, 64_500, undefined]],
  ['a number that is none', [rootServer, ['203.0.113.0/24', { asn: 'AS' }], ['203.0.112.0/24', number(0)]], 6, []],
] as const) {
  test(`a database says whose an address is: ${title}`, async t => {
    const path = `${await temporaryFolder(t)}/asn.mmdb`;
    await writeFile(path, mmdbOf(ranges, ipVersion));
    const asOf = (await openAutonomousSystems(path))!;
    const asked = ['203.0.113.7', '203.0.112.1', '2001:db8::7'];
    for (const _ of ['asked', 'asked again']) {
      t.deepEqual(
        asked.map(ip => asOf(ip)),
        asked.map((_, i) => expected[i]),
      );
    }
    t.deepEqual([asOf('198.51.100.1'), asOf('example.org'), asOf('')], [undefined, undefined, undefined]);
    t.is(asOf('193.0.14.129'), 25_152);
  });
}

test('more addresses than it remembers are told all the same', async t => {
  const path = `${await temporaryFolder(t)}/asn.mmdb`;
  await writeFile(path, mmdbOf([rootServer, ['10.0.0.0/9', number(64_500)], ['10.128.0.0/9', number(64_501)]]));
  const asOf = (await openAutonomousSystems(path))!;
  for (let i = 0; i < 12_000; i++) {
    if (asOf(`10.${i & 255}.${i >> 8}.1`) !== ((i & 255) < 128 ? 64_500 : 64_501)) return t.fail(`address ${i}`);
  }
  t.is(asOf('10.0.0.1'), 64_500);
});

test('without a path there is none', async t => {
  t.is(await openAutonomousSystems(''), undefined);
});

const good = mmdbOf([rootServer]);
for (const [title, bytes, says] of [
  ['that is not there', undefined, /no such file/],
  ['that is empty', Buffer.alloc(0), /no MMDB file/],
  ['of something else', Buffer.from('{"asn": 64500}'.repeat(100)), /no MMDB file/],
  ['without its end', good.subarray(0, -200), /MMDB file/],
  ['without its beginning', good.subarray(300), /cut short/],
  ['of countries', mmdbOf([['193.0.14.0/24', { country: 'nl' }]]), /does not tell/],
] as const) {
  test(`a file ${title} is refused, and it says which and what to do`, async t => {
    const path = `${await temporaryFolder(t)}/asn.mmdb`;
    if (bytes) await writeFile(path, bytes);
    const error = await t.throwsAsync(openAutonomousSystems(path), { code: 'BAD_CONFIG', message: says });
    t.true(error.message.includes(`list.asDatabase ${path}`));
    t.regex(String((error as { remedy?: string }).remedy), /MMDB/);
  });
}
