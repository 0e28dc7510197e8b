import test from 'ava';
import fc from 'fast-check';
import { tidyAddress } from '../base/address.ts';
import { fromUtf8, utf8 } from '../base/bytes.ts';
import { tidyText } from '../base/text.ts';
import { day } from '../base/time.ts';
import { identityFromSeed } from '../identity/identity.ts';
import {
  addressesMax,
  announcementBytesMax,
  announcementFault,
  attributeGraphemesMax,
  attributesMax,
  formatAnnouncement,
  identityOf,
  lifetimeMaxMs,
  nameGraphemesMax,
  parseAnnouncement,
  pathOf,
  signAnnouncement,
  signedBytes,
  tagGraphemesMax,
  tagsMax,
  versionGraphemesMax,
} from './announcement.ts';
import { announced, candidate, restored, verified } from './verified.ts';

const list = 'test';
const signer = identityFromSeed(new Uint8Array(32).fill(9));
const now = 1_763_600_000_123;
const fields = {
  server: 'eu-1',
  game: 'sauerbraten',
  name: "Bob's instagib",
  addresses: ['203.0.113.7:28785'],
  state: 'up',
  version: '',
  tags: ['instagib'],
  attributes: { country: 'de' },
  issuedAt: now,
  expiresAt: now + day,
} as const;
const one = announced(fields, list, signer);

const scripts = [
  'Сервер ',
  '日本',
  'خادم ',
  'שרת',
  'हिन्दी',
  'ไทย',
  '한국',
  'Đấu ',
  'Ελλη',
  '★',
  '❤️',
  '🇩🇪',
  '"',
  '\\',
  '/',
  ' ',
  "'",
];
const text = (graphemesMax: number) =>
  fc
    .string({
      unit: fc.oneof(fc.constantFrom(...scripts), fc.string({ unit: 'grapheme', maxLength: 1 })),
      maxLength: 12,
    })
    .map(typed => tidyText(typed, graphemesMax));
const slug = fc.stringMatching(/^[a-z0-9][a-z0-9_.-]{0,20}$/);
const address = fc
  .tuple(
    fc.oneof(
      fc.ipV4(),
      fc.ipV6().map(ip => `[${ip}]`),
      fc.domain(),
    ),
    fc.integer({ min: 1, max: 65_535 }),
  )
  .map(([host, port]) => tidyAddress(`${host}:${port}`))
  .filter(tidy => tidy.ok)
  .map(tidy => (tidy.ok ? tidy.value : ''));
const anyFields = fc
  .record({
    server: slug,
    game: slug,
    name: text(nameGraphemesMax),
    addresses: fc.uniqueArray(address, { minLength: 1, maxLength: 4 }),
    state: fc.constantFrom('up', 'left'),
    version: text(versionGraphemesMax),
    tags: fc.uniqueArray(
      text(tagGraphemesMax).filter(tag => tag !== ''),
      { maxLength: 4 },
    ),
    attributes: fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9_.-]{0,10}$/), text(attributeGraphemesMax), {
      maxKeys: 4,
    }),
    issuedAt: fc.integer({ min: 1, max: 2 ** 45 }),
    lifetimeMs: fc.integer({ min: 1, max: lifetimeMaxMs }),
  })
  .map(({ lifetimeMs, ...rest }) => ({ ...rest, expiresAt: rest.issuedAt + lifetimeMs }));
const anyAnnouncement = anyFields
  .map(some => signAnnouncement(some, list, signer))
  .filter(some => formatAnnouncement(some).length <= announcementBytesMax);

test('what is formatted is parsed to the same announcement and the same bytes', t => {
  fc.assert(
    fc.property(anyAnnouncement, announcement => {
      const bytes = formatAnnouncement(announcement);
      const read = parseAnnouncement(bytes);
      t.true(read.ok, read.ok ? '' : read.message);
      if (!read.ok) return;
      t.deepEqual(read.value, announcement);
      t.deepEqual(formatAnnouncement(read.value), bytes);
      t.truthy(verified(candidate(read.value, bytes), list));
      t.is(verified(candidate(read.value, bytes), `${list}2`), undefined);
    }),
    { numRuns: 300 },
  );
});

const accepted = (bytes: Uint8Array): boolean => {
  const read = parseAnnouncement(bytes);
  return read.ok && verified(candidate(read.value, bytes), list) !== undefined;
};

test('an announcement with any one bit turned is refused', t => {
  t.true(accepted(one.bytes));
  const through: number[] = [];
  for (let bit = 0; bit < one.bytes.length * 8; bit++) {
    const bytes = Uint8Array.from(one.bytes);
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    if (accepted(bytes)) through.push(bit);
  }
  t.deepEqual(through, []);
});

test('an announcement cut anywhere, or without any one byte, is refused', t => {
  const { bytes } = one;
  for (let at = 0; at < bytes.length; at++) {
    t.false(accepted(bytes.subarray(0, at)), `cut at ${at}`);
    t.false(accepted(Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + 1)])), `without ${at}`);
  }
});

test('an announcement with any bytes put in or exchanged is refused', t => {
  fc.assert(
    fc.property(
      anyAnnouncement,
      fc.nat(),
      fc.oneof(fc.uint8Array({ maxLength: 3 }), fc.constantFrom(' ', '\n', '\t', '\\', '"', ',', '0').map(utf8)),
      fc.nat(2),
      (announcement, place, put, gone) => {
        const bytes = formatAnnouncement(announcement);
        const at = place % (bytes.length + 1);
        const changed = Uint8Array.from([...bytes.subarray(0, at), ...put, ...bytes.subarray(at + gone)]);
        t.is(accepted(changed), Buffer.compare(bytes, changed) === 0);
      },
    ),
    { numRuns: 500 },
  );
});

test('bytes that nobody signed never throw', t => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '"announcer"',
    ':',
    ',',
    '[',
    ']',
    '1',
    'null',
    '"',
    '\n',
    '\0',
    fromUtf8(one.bytes)!,
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.array(pieces).map(parts => utf8(parts.join(''))),
        fc.json().map(utf8),
      ),
      bytes => {
        t.is(accepted(bytes), Buffer.compare(bytes, one.bytes) === 0);
      },
    ),
  );
});

const many = <T>(length: number, entry: (i: number) => T): T[] => Array.from({ length }, (_, i) => entry(i));
const keyed = (length: number) => Object.fromEntries(many(length, i => [`k${i}`, '']));

for (const [field, most, beyond] of [
  ['server', 'a'.repeat(64), 'a'.repeat(65)],
  ['game', 'a'.repeat(64), 'a'.repeat(65)],
  ['name', '語'.repeat(nameGraphemesMax), '語'.repeat(nameGraphemesMax + 1)],
  ['version', 'é'.repeat(versionGraphemesMax), 'é'.repeat(versionGraphemesMax + 1)],
  ['addresses', many(addressesMax, i => `203.0.113.${i}:1`), many(addressesMax + 1, i => `203.0.113.${i}:1`)],
  ['addresses', ['203.0.113.7:65535'], ['203.0.113.7:65536']],
  ['tags', many(tagsMax, String), many(tagsMax + 1, String)],
  ['tags', ['語'.repeat(tagGraphemesMax)], ['語'.repeat(tagGraphemesMax + 1)]],
  ['attributes', keyed(attributesMax), keyed(attributesMax + 1)],
  ['attributes', { ['k'.repeat(32)]: '' }, { ['k'.repeat(33)]: '' }],
  ['attributes', { k: '語'.repeat(attributeGraphemesMax) }, { k: '語'.repeat(attributeGraphemesMax + 1) }],
  ['issuedAt', now, now - 1],
  ['expiresAt', now + lifetimeMaxMs, now + lifetimeMaxMs + 1],
  ['expiresAt', now + 1, now],
] as const) {
  const shown = JSON.stringify(beyond).slice(0, 30);
  test(`the bound of ${field} is kept: ${shown} is one too far`, t => {
    const within = { ...one.announcement, [field]: most };
    t.is(announcementFault(within), undefined);
    t.deepEqual(announcementFault({ ...within, [field]: beyond })?.field, field === 'issuedAt' ? 'expiresAt' : field);
  });
}

for (const field of Object.keys(one.announcement)) {
  test(`a fault in ${field} names ${field}`, t => {
    for (const value of [undefined, null, false, -1, 1.5, {}, [[]], { x: {} }, 'x\n', { nested: 'x\u202e' }]) {
      // An object is what attributes are, an empty one is sound.
      if (field === 'attributes' && JSON.stringify(value) === '{}') continue;
      t.like(announcementFault({ ...one.announcement, [field]: value }), { code: 'BAD_FIELD', field }, `${value}`);
    }
    const { [field as 'name']: _, ...rest } = one.announcement;
    t.like(announcementFault(rest), { code: 'BAD_FIELD', field, message: `${field}: is missing` });
  });
}

test('a field that is unknown is named, cut to a harmless length', t => {
  t.like(announcementFault({ ...one.announcement, players: 1 }), { code: 'UNKNOWN_FIELD', field: 'players' });
  t.is(announcementFault({ ...one.announcement, ['x'.repeat(1_000)]: 1 })?.field.length, 40);
});

test('what is signed begins with the purpose and the list', t => {
  const { signature: _, ...unsigned } = one.announcement;
  const expected = `rollcall/announcement/1\ntest\n${JSON.stringify(unsigned, null, 2)}\n`;
  t.is(fromUtf8(signedBytes(one.announcement, list)), expected);
});

test('an identity depends on announcer and server alone, its path on the identity', t => {
  t.is(identityOf('12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X', 'eu-1').length, 40);
  t.is(announced({ ...fields, name: 'other', issuedAt: now + 1 }, list, signer).id, one.id);
  t.not(announced({ ...fields, server: 'eu-2' }, list, signer).id, one.id);
  t.is(
    pathOf('0123456789abcdef0123456789abcdef01234567'),
    'servers/0/1/2/0123456789abcdef0123456789abcdef01234567.json',
  );
});

test('fields out of bounds are refused before anything is signed', t => {
  const never = { peerId: signer.peerId, sign: () => t.fail() as never };
  t.throws(() => announced({ ...fields, addresses: [] }, list, never), {
    code: 'BAD_FIELD',
    message: /^addresses: must hold/,
  });
  const message = 'addresses: "::1" is not host:port, such as 203.0.113.7:28785';
  t.throws(() => announced({ ...fields, addresses: ['::1'] }, list, never), { code: 'BAD_FIELD', message });
  t.throws(() => announced({ ...fields, expiresAt: now }, list, never), { code: 'BAD_LIFETIME' });
});

test('fields that are sound one by one yet too large together are refused', t => {
  const attributes = Object.fromEntries(many(attributesMax, i => [`k${i}`, 'x'.repeat(attributeGraphemesMax)]));
  t.throws(() => announced({ ...fields, attributes }, list, signer), { code: 'TOO_LARGE' });
});

test('what a store gives back is restored with the same names, what is damaged is not', t => {
  t.deepEqual(restored(one.bytes), one);
  t.is(restored(one.bytes.subarray(1)), undefined);
});
