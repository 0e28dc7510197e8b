import test from 'ava';
import { fromUtf8 } from '../base/bytes.ts';
import { day } from '../base/time.ts';
import { identityFromSeed } from '../identity/identity.ts';
import {
  addressesMax,
  announcementFault,
  attributeGraphemesMax,
  attributesMax,
  identityOf,
  lifetimeMaxMs,
  nameGraphemesMax,
  pathOf,
  signedBytes,
  signedPart,
  tagGraphemesMax,
  tagsMax,
  versionGraphemesMax,
} from './announcement.ts';
import { announced, restored } from './verified.ts';

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

test('what is signed is the same whether it is formatted or cut out of the bytes', t => {
  const other = announced({ ...fields, name: '日本', tags: [] }, list, signer);
  for (const name of [list, 'x', 'l'.repeat(64), list]) {
    for (const { announcement, bytes } of [one, other, one]) {
      t.is(fromUtf8(signedPart(bytes, name)), fromUtf8(signedBytes(announcement, name)));
    }
  }
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
