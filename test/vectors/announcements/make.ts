// Writes the test vectors beside it: `node test/vectors/announcements/make.ts`. It shares no code with node/records, so
// that the two check each other; other implementations may use the files as they are.
//
// A vector is { title, list, text or base64, expect, id, oid, path }: the bytes of an announcement, the list that they
// were sent to, and 'accept' or the code and field of the refusal. `id` and `path` are null where nothing was parsed.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import {
  alice,
  announcement,
  bob,
  flipped,
  good,
  goodSignature,
  issuedAt,
  malleated,
  ofSize,
  plain,
  print,
  signed,
  twisted,
  without,
} from './forge.ts';

export type Expectation = 'accept' | { code: string; field: string };
export type Vector = {
  title: string;
  list: string;
  text?: string;
  base64?: string;
  expect: Expectation;
  id: string | null;
  oid: string;
  path: string | null;
};

type Case = { title: string; bytes: Uint8Array; expect: Expectation; list?: string };

const accepted = (title: string, text: string): Case => ({ title, bytes: Buffer.from(text), expect: 'accept' });
const refused = (title: string, code: string, field: string, bytes: string | Uint8Array, list?: string): Case => ({
  title,
  bytes: Buffer.from(bytes as string),
  expect: { code, field },
  ...(list === undefined ? {} : { list }),
});
const whole = (title: string, code: string, bytes: string | Uint8Array) => refused(title, code, 'announcement', bytes);
const field = (title: string, name: string, value: unknown) =>
  refused(title, 'BAD_FIELD', name, announcement({ [name]: value }));
const signatureOf = (title: string, value: unknown) =>
  refused(title, 'BAD_FIELD', 'signature', print({ ...plain, signature: value }));

const cases: Case[] = [
  accepted('a server with IPv4, IPv6 and a name', good),
  accepted(
    'an empty name, no version, tags or attributes',
    announcement({ name: '', version: '', tags: [], attributes: {} }),
  ),
  accepted('a server that left', announcement({ state: 'left' })),
  accepted('the longest lifetime', announcement({ expiresAt: issuedAt + 86_400_000 })),
  accepted('the shortest lifetime', announcement({ expiresAt: issuedAt + 1 })),
  accepted('exactly 2048 bytes', ofSize(2_048)),
  accepted('a name of 64 characters', announcement({ name: '🇩🇪'.repeat(64) })),
  accepted('quotes and backslashes in a name', announcement({ name: '"\\"/' })),
  accepted(
    'attributes in ascending order of bytes',
    announcement({ attributes: { 'a-b': '1', 'a.b': '2', a_b: '3', ab: '4', b: '' } }),
  ),
  ...[
    'Сервер для своих',
    '日本語サーバー',
    'خادم عربي',
    'שרת עברי',
    'हिन्दी सर्वर',
    'ไทยเซิร์ฟเวอร์',
    '한국 서버',
    'Đấu trường',
    'Ελληνικός',
    '★彡 ❤️ 彡★',
  ].map((name, i) =>
    accepted(`a name in script ${i + 1}`, announcement({ name, tags: [name], attributes: { motd: name } })),
  ),

  whole('2049 bytes', 'TOO_LARGE', ofSize(2_049)),
  whole('a megabyte of spaces would be cut here: 2049 of them', 'TOO_LARGE', ' '.repeat(2_049)),
  whole('a byte that UTF-8 has no use for', 'NOT_UTF8', Buffer.from(good.replace('Bob', '\xff'), 'latin1')),
  whole('an overlong slash', 'NOT_UTF8', Buffer.from(good.replace('Bob', '\xc0\xaf'), 'latin1')),
  whole('a surrogate in UTF-8', 'NOT_UTF8', Buffer.from(good.replace('Bob', '\xed\xa0\x80'), 'latin1')),
  whole('a byte order mark', 'NOT_JSON', `\ufeff${good}`),
  whole('nothing', 'NOT_JSON', ''),
  whole('a cut announcement', 'NOT_JSON', good.slice(0, -3)),
  whole('a trailing comma', 'NOT_JSON', good.replace('"\n}', '",\n}')),
  whole('two announcements', 'NOT_JSON', '{}\n{}\n'),
  whole('an array', 'NOT_AN_OBJECT', '[]\n'),
  whole('null', 'NOT_AN_OBJECT', 'null\n'),

  whole('two keys the other way round', 'NOT_CANONICAL', print({ server: 'eu-1', ...signed() })),
  whole('attributes in another order', 'NOT_CANONICAL', announcement({ attributes: { b: '1', a: '2' } })),
  whole('an extra space', 'NOT_CANONICAL', twisted('"state": ', '"state":  ')),
  whole('an indent of four', 'NOT_CANONICAL', `${JSON.stringify(signed(), null, 4)}\n`),
  whole('no line breaks', 'NOT_CANONICAL', `${JSON.stringify(signed())}\n`),
  whole('no final newline', 'NOT_CANONICAL', good.slice(0, -1)),
  whole('two final newlines', 'NOT_CANONICAL', `${good}\n`),
  whole('CRLF line ends', 'NOT_CANONICAL', good.replaceAll('\n', '\r\n')),
  whole('a key twice, the same value', 'NOT_CANONICAL', twisted('"state": "up",', '"state": "up",\n  "state": "up",')),
  whole(
    'a key twice, the first one hidden',
    'NOT_CANONICAL',
    twisted('"state": "up"', '"state": "left",\n  "state": "up"'),
  ),
  whole('an attribute twice', 'NOT_CANONICAL', twisted('"country": "de"', '"country": "fr",\n    "country": "de"')),
  whole('a time with an exponent', 'NOT_CANONICAL', twisted('1763600000123', '1.763600000123e12')),
  whole('a time with a fraction of nothing', 'NOT_CANONICAL', twisted('1763600000123', '1763600000123.0')),
  whole('an escaped letter', 'NOT_CANONICAL', twisted("Bob's", "\\u0042ob's")),
  whole('an escaped slash', 'NOT_CANONICAL', announcement({ name: 'a/b' }).replace('a/b', 'a\\/b')),
  whole('an escaped key', 'NOT_CANONICAL', twisted('"game"', '"g\\u0061me"')),

  refused('a field that nobody knows', 'UNKNOWN_FIELD', 'players', print({ ...signed(), players: 12 })),
  refused('a field named __proto__', 'UNKNOWN_FIELD', '__proto__', twisted('"state"', '"__proto__": {},\n  "state"')),
  ...[...Object.keys(plain), 'signature'].map(name => refused(`${name} is missing`, 'BAD_FIELD', name, without(name))),

  field('an announcer that is no peer id', 'announcer', 'alice'),
  field('an announcer with a key of another kind', 'announcer', 'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N'),
  field('an announcer with a letter that base58 lacks', 'announcer', alice.peerId.replace(/.$/, 'l')),
  field('a server of no letters', 'server', ''),
  field('a server with a slash', 'server', 'eu/1'),
  field('a server in capitals', 'server', 'EU-1'),
  field('a server of 65 letters', 'server', 'a'.repeat(65)),
  field('a game with a line feed', 'game', 'sauerbraten\n'),
  field('a game that is a number', 'game', 7),
  field('a name with an escape', 'name', '\u001b[31mred'),
  field('a name with a right-to-left override', 'name', 'a\u202eb'),
  field('a name with a zero-width space', 'name', 'a\u200bb'),
  field('a name of decomposed letters', 'name', 'Cafe\u0301'),
  field('a name of 65 characters', 'name', 'é'.repeat(65)),
  field('a name under a tower of marks', 'name', `a${'\u0335'.repeat(12)}`),
  field('a name with half a surrogate pair', 'name', 'a\ud800'),
  field('a name behind a space', 'name', ' a'),
  field('no addresses', 'addresses', []),
  field(
    'nine addresses',
    'addresses',
    Array.from({ length: 9 }, (_, i) => `203.0.113.${i}:1`),
  ),
  field('an address twice', 'addresses', ['203.0.113.7:1', '203.0.113.7:1']),
  field('an address without a port', 'addresses', ['203.0.113.7']),
  field('an address with port 0', 'addresses', ['203.0.113.7:0']),
  field('an address with port 65536', 'addresses', ['203.0.113.7:65536']),
  field('an IPv6 address in a long form', 'addresses', ['[2001:db8:0:0:0:0:0:7]:1']),
  field('an IPv6 address in capitals', 'addresses', ['[2001:DB8::7]:1']),
  field('an IPv4 address inside IPv6', 'addresses', ['[::ffff:203.0.113.7]:1']),
  field('a host name in capitals', 'addresses', ['Play.example.org:1']),
  field('an address that is a number', 'addresses', [7]),
  field('addresses that are text', 'addresses', '203.0.113.7:1'),
  field('a state that nobody knows', 'state', 'down'),
  field('a version that is a number', 'version', 2020),
  field('a version of 33 characters', 'version', '1'.repeat(33)),
  field(
    '17 tags',
    'tags',
    Array.from({ length: 17 }, (_, i) => `t${i}`),
  ),
  field('a tag twice', 'tags', ['a', 'a']),
  field('an empty tag', 'tags', ['']),
  field('a tag of 33 characters', 'tags', ['t'.repeat(33)]),
  field('a tag that is null', 'tags', [null]),
  field('17 attributes', 'attributes', Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, '']))),
  field('an attribute whose key begins with a digit', 'attributes', { 1: 'x' }),
  field('an attribute whose key is in capitals', 'attributes', { Country: 'de' }),
  field('an attribute whose key has 33 letters', 'attributes', { ['k'.repeat(33)]: '' }),
  field('an attribute that is a number', 'attributes', { slots: 16 }),
  field('an attribute of 129 characters', 'attributes', { motd: 'x'.repeat(129) }),
  field('attributes in an array', 'attributes', []),
  field('an issuedAt of zero', 'issuedAt', 0),
  field('an issuedAt with a fraction', 'issuedAt', issuedAt + 0.5),
  field('an issuedAt past the whole numbers that JSON holds', 'issuedAt', 2 ** 53),
  field('an issuedAt in words', 'issuedAt', '2025-11-20T01:53:20Z'),
  field('an expiresAt below zero', 'expiresAt', -1),
  signatureOf('a signature of 85 letters', goodSignature.slice(0, -1)),
  signatureOf('a signature with padding', `${goodSignature}==`),
  signatureOf('a signature in plain base64', `${goodSignature.slice(0, 40)}+${goodSignature.slice(41)}`),
  signatureOf('a signature with unused bits set', `${goodSignature.slice(0, -1)}B`),
  signatureOf('a signature that is null', null),

  refused('an end before the beginning', 'BAD_LIFETIME', 'expiresAt', announcement({ expiresAt: issuedAt - 1 })),
  refused('an end at the beginning', 'BAD_LIFETIME', 'expiresAt', announcement({ expiresAt: issuedAt })),
  refused(
    '24 hours and a millisecond',
    'BAD_LIFETIME',
    'expiresAt',
    announcement({ expiresAt: issuedAt + 86_400_001 }),
  ),

  refused('an announcement for another list', 'BAD_SIGNATURE', 'signature', good, 'elsewhere'),
  refused('a signature of another key', 'BAD_SIGNATURE', 'signature', print(signed({}, { by: bob }))),
  refused('the announcer exchanged', 'BAD_SIGNATURE', 'signature', twisted(alice.peerId, bob.peerId)),
  refused(
    'the port changed after signing',
    'BAD_SIGNATURE',
    'signature',
    twisted('203.0.113.7:28785', '203.0.113.7:28786'),
  ),
  refused('the name changed after signing', 'BAD_SIGNATURE', 'signature', twisted("Bob's", "Rob's")),
  refused('an end put off after signing', 'BAD_SIGNATURE', 'signature', twisted('1763643200123', '1763643200124')),
  refused('a signature with a bit flipped', 'BAD_SIGNATURE', 'signature', flipped(0)),
  refused('a signature with its last bit flipped', 'BAD_SIGNATURE', 'signature', flipped(511)),
  refused('a signature with the group order added', 'BAD_SIGNATURE', 'signature', malleated()),
  refused('a signature of zeros', 'BAD_SIGNATURE', 'signature', print({ ...plain, signature: 'A'.repeat(86) })),
];

function vector({ title, bytes, expect, list = 'vectors' }: Case): Vector {
  const buffer = Buffer.from(bytes);
  const text = buffer.toString('utf8');
  const oid = createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
  const readable = expect === 'accept' || expect.code === 'BAD_SIGNATURE';
  const { announcer, server } = readable ? JSON.parse(text) : {};
  const id = readable ? createHash('sha256').update(`${announcer}/${server}`).digest('hex').slice(0, 40) : null;
  const path = id && `servers/${id[0]}/${id[1]}/${id[2]}/${id}.json`;
  const body = Buffer.from(text).equals(buffer) ? { text } : { base64: buffer.toString('base64') };
  return { title, list, ...body, expect, id, oid, path };
}

/** Name and content of every file. */
export function files(): Map<string, string> {
  const made = new Map<string, string>();
  for (const it of cases) {
    const code = it.expect === 'accept' ? 'good' : it.expect.code.toLowerCase().replaceAll('_', '-');
    const name = `${code}--${it.title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.json`;
    if (made.has(name)) throw new Error(`two vectors are called ${name}`);
    made.set(name, `${JSON.stringify(vector(it), null, 2)}\n`);
  }
  return made;
}

if (import.meta.main) {
  for (const [name, content] of files()) writeFileSync(new URL(name, import.meta.url), content);
}
