import test from 'ava';
import fc from 'fast-check';
import { tidyAddress } from '../base/address.ts';
import { fromUtf8, utf8 } from '../base/bytes.ts';
import { tidyText } from '../base/text.ts';
import { identityFromSeed } from '../identity/identity.ts';
import {
  announcementBytesMax,
  attributeGraphemesMax,
  formatAnnouncement,
  lifetimeMaxMs,
  nameGraphemesMax,
  parseAnnouncement,
  signAnnouncement,
  tagGraphemesMax,
  versionGraphemesMax,
} from './announcement.ts';
import { announced, candidate, verified } from './verified.ts';

const list = 'test';
const signer = identityFromSeed(new Uint8Array(32).fill(9));
const one = announced(
  {
    server: 'eu-1',
    game: 'sauerbraten',
    name: "Bob's instagib",
    addresses: ['203.0.113.7:28785'],
    state: 'up',
    version: '',
    tags: ['instagib'],
    attributes: { country: 'de' },
    issuedAt: 1_763_600_000_123,
    expiresAt: 1_763_643_200_123,
  },
  list,
  signer,
);

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
