import test from 'ava';
import { parseSecretKeys } from './gpg.ts';

const fingerprint = '60303AE22B998861BCE3B28F33EEC1BE758A213C';
const sec = (validity: string, capabilities: string) =>
  `sec:${validity}:255:22:33EEC1BE758A213C:1763600000:1826672000::u:::${capabilities}:::+:::23::0:`;
const fpr = (digits: string) => `fpr:::::::::${digits}:`;
const uid = (validity: string, text: string) => `uid:${validity}::::1763600000::5F4A::${text}::::::::::0:`;
const ada = 'Ada Quist <ada@example.org>';

test('a key is known by its primary fingerprint and its first user id', t => {
  const lines = [sec('u', 'scESC'), fpr(fingerprint), uid('u', ada), uid('u', 'Other <o@example.org>')];
  const subkey = ['ssb:u:255:18:0123456789ABCDEF:1763600000::::::e:::+:::23:', fpr('F'.repeat(40))];
  t.deepEqual(parseSecretKeys([...lines, ...subkey, ''].join('\n')), [
    { fingerprint: fingerprint.toLowerCase(), userId: ada },
  ]);
});

for (const [title, record] of [
  ['expired', sec('e', 'scESC')],
  ['was revoked', sec('r', 'scESC')],
  ['is disabled', sec('d', 'scESCD')],
  ['only certifies', sec('u', 'cC')],
] as const) {
  test(`a key that ${title} is no key to sign with`, t => {
    t.deepEqual(parseSecretKeys([record, fpr(fingerprint), uid('u', ada)].join('\n')), []);
  });
}

test('a user id that was revoked is passed over, and escapes are undone', t => {
  const lines = [sec('u', 'scESC'), fpr(fingerprint), uid('r', 'Old <o@example.org>'), uid('u', 'A\\x3a B <b@x.org>')];
  t.deepEqual(parseSecretKeys(lines.join('\n')), [
    { fingerprint: fingerprint.toLowerCase(), userId: 'A: B <b@x.org>' },
  ]);
});

test('what is no list of keys holds none', t => {
  for (const text of ['', 'tru::1:1763600000:0:3:1:5', 'fpr:::', 'gpg: error']) t.deepEqual(parseSecretKeys(text), []);
});
