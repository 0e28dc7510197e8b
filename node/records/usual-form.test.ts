import test from 'ava';
import fc from 'fast-check';
import { utf8 } from '../base/bytes.ts';
import { identityFromSeed } from '../identity/identity.ts';
import { type Announcement, formatAnnouncement, parseAnnouncement, parseAny } from './announcement.ts';
import { readUsual } from './usual-form.ts';
import { announced } from './verified.ts';

const { announcement } = announced(
  {
    server: 'eu-1',
    game: 'sauerbraten',
    name: "Bob's [instagib] {1}, 2: 3",
    addresses: ['203.0.113.7:28785', '[2001:db8::7]:28785'],
    state: 'up',
    version: '',
    tags: ['a', 'b'],
    attributes: { country: 'de', mode: '' },
    issuedAt: 1_763_600_000_123,
    expiresAt: 1_763_643_200_123,
  },
  'test',
  identityFromSeed(new Uint8Array(32).fill(9)),
);
const shapes: readonly Announcement[] = [
  announcement,
  { ...announcement, tags: [], attributes: {}, state: 'left' },
  { ...announcement, tags: ['x'], attributes: { z: 'z' }, addresses: ['a.example.org:1'], name: '' },
];
const usual = shapes.map(formatAnnouncement);

/** The two ways agree on what is an announcement, on what it says, and on what is wrong with all else. */
const agree = (bytes: Uint8Array) => {
  const [read, any] = [parseAnnouncement(bytes), parseAny(bytes)];
  if (JSON.stringify(read) !== JSON.stringify(any)) return false;
  if (!read.ok || !any.ok) return true;
  // Written again these are the very bytes, whichever way they were read.
  return Buffer.compare(formatAnnouncement(read.value), bytes) === 0;
};

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
const bytesOf = (latin1: string) => new Uint8Array(Buffer.from(latin1, 'latin1'));

test('the usual form is read as the parser for any reads it', t => {
  for (const [i, bytes] of usual.entries()) {
    t.deepEqual(readUsual(bytes), shapes[i]);
    t.deepEqual(parseAny(bytes), { ok: true, value: shapes[i]! });
    // Part of something larger, as in a batch.
    const within = Buffer.concat([utf8('{ '), bytes, utf8(' }')]).subarray(2, 2 + bytes.length);
    t.deepEqual(readUsual(within), shapes[i]);
  }
});

test('an announcement that ends too soon is not read on into the one before it', t => {
  for (const bytes of usual) {
    readUsual(bytes);
    for (let length = 0; length < bytes.length; length++) t.is(readUsual(bytes.subarray(0, length)), undefined);
  }
});

test('what is not ASCII, or has escapes, is left to the parser for any', t => {
  for (const name of ['Čeština', 'a "b"', 'a\\b', '日本', '🇩🇪']) {
    const bytes = formatAnnouncement({ ...announcement, name });
    t.is(readUsual(bytes), undefined, name);
    t.like(parseAnnouncement(bytes), { ok: true, value: { name } });
  }
});

test('any byte exchanged for any other is judged alike both ways', t => {
  for (const bytes of usual) {
    for (let at = 0; at < bytes.length; at++) {
      for (const byte of [0, 10, 32, 34, 44, 48, 57, 91, 92, 93, 97, 125, 127, 195]) {
        const changed = Uint8Array.from(bytes);
        changed[at] = byte;
        if (!agree(changed)) return t.fail(`byte ${at} as ${byte}: ${text(changed)}`);
      }
    }
  }
  t.pass();
});

test('whatever is cut out, put in, moved or said twice is judged alike both ways', t => {
  const pieces = fc.oneof(
    fc.constantFrom(
      ...[
        '"',
        '\\',
        '\\"',
        '\\u0041',
        ',',
        ',\n    ',
        ': ',
        '\n',
        ' ',
        '{}',
        '[]',
        '[\n    ',
        '\n  ]',
        '{\n    ',
        '\n  }',
        '\n}\n',
        'null',
      ],
      ...[
        '0',
        '-',
        '1e3',
        '.5',
        '9'.repeat(16),
        '\ufeff',
        '\x7f',
        '\xc3\xa9',
        '\xff',
        '"x"',
        '"z": "z"',
        '"__proto__": "x",\n    ',
      ],
      ...[
        '"1": "x",\n    ',
        '"country": "de",\n    ',
        ',\n    "country": "fr"',
        ',\n    "a"',
        ',\n  "players": 1',
        ',\n  "state": "up"',
      ],
    ),
    fc.string({ maxLength: 4 }),
  );
  const edit = fc.record({ at: fc.nat(), gone: fc.oneof(fc.constant(0), fc.nat(30)), piece: pieces });
  fc.assert(
    fc.property(fc.constantFrom(...usual), fc.array(edit, { minLength: 1, maxLength: 3 }), (bytes, edits) => {
      let changed = text(bytes);
      for (const { at, gone, piece } of edits) {
        const place = at % (changed.length + 1);
        changed = changed.slice(0, place) + piece + changed.slice(place + gone);
      }
      t.true(agree(bytesOf(changed)), changed);
    }),
    { numRuns: 3_000 },
  );
});

test('pieces put where they could belong are judged alike both ways', t => {
  const values = [
    '""',
    '"x"',
    '[]',
    '{}',
    '0',
    '01',
    '1',
    '1.0',
    '-1',
    '999999999999999',
    '1000000000000000',
    '"\xc3\xa9"',
    '"\\u0061"',
  ];
  const lists = [
    '[\n    "x"\n  ]',
    '[\n    "x",\n    "x"\n  ]',
    '[\n    "x",\n    "y"\n  ]',
    '[\n  ]',
    '[\n    "x",\n  ]',
    '[\n    []\n  ]',
  ];
  const pairs = [
    'a b',
    'b a',
    'a a',
    '__proto__ a',
    'a __proto__',
    '1 2',
    'a',
    'constructor',
    'A',
    'toString valueOf',
    'a {',
  ].map(
    keys =>
      `{\n    ${keys
        .split(' ')
        .map(key => `"${key}": "v"`)
        .join(',\n    ')}\n  }`,
  );
  for (const bytes of usual) {
    for (const [whole, head] of text(bytes).matchAll(/^( {2}"\w+": )/gm)) {
      for (const value of [...values, ...lists, ...pairs]) {
        const at = text(bytes).indexOf(whole);
        const rest = text(bytes).slice(at);
        const end = /(?<=^.*?(?:"|\d|\]|\}))(?=,\n {2}"|\n\}\n)/s.exec(rest)!.index;
        const changed = bytesOf(text(bytes).slice(0, at) + head + value + rest.slice(end));
        t.true(agree(changed), text(changed));
      }
    }
  }
});
