// What the views of the history decide without a page: addresses, fields that changed, names that are not what they seem.
import test from 'ava';
import fc from 'fast-check';
import { byAnnouncer, fieldChanges, textChange } from '../../web-ui/src/lib/diff.ts';
import {
  filterQuery,
  formatHistory,
  initialHistory,
  isFiltered,
  parseHistory,
} from '../../web-ui/src/lib/history-view.ts';
import { byLook, inspect, lookAlike } from '../../web-ui/src/lib/lookalikes.ts';

for (const address of [
  '',
  'server=eu-1&announcer=12D3&signer=ab&kind=merge&since=2026-01-02&until=2026-01-03&base=abcd&at=beef',
  'kind=rollback',
]) {
  test(`the address "?${address}" says what is shown of the history`, t => {
    t.is(formatHistory(parseHistory(new URLSearchParams(address))).toString(), address);
  });
}

test('what an address says wrongly is left out', t => {
  const query = new URLSearchParams('kind=all&since=yesterday&base=not-a-hash&at=xyz&until=2026-1-1');
  t.deepEqual(parseHistory(query), initialHistory);
});

test('days become milliseconds, the last one whole, and only filters are asked of the node', t => {
  const view = { ...initialHistory, since: '2026-01-02', until: '2026-01-02', at: 'beef', base: 'abcd' };
  const [begin, end] = [Date.UTC(2026, 0, 2), Date.UTC(2026, 0, 3) - 1];
  t.is(filterQuery(view).toString(), `since=${begin}&until=${end}`);
  t.true(isFiltered(view));
  t.false(isFiltered({ ...initialHistory, at: 'beef', base: 'abcd' }));
  t.is(filterQuery({ ...initialHistory, since: '2026-99-99' }).toString(), '');
});

test('a text change is its middle, by what people see as one character', t => {
  t.deepEqual(textChange('Bob’s instagib', 'Bob’s ctf'), { before: 'Bob’s ', old: 'instagib', new: 'ctf', after: '' });
  t.deepEqual(textChange('👨‍👩‍👧 one', '👨‍👩‍👦 one'), { before: '', old: '👨‍👩‍👧', new: '👨‍👩‍👦', after: ' one' });
  t.deepEqual(textChange('aaa', 'aa'), { before: 'aa', old: 'a', new: '', after: '' });
});

test('the parts of a text change make both texts again', t => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
      const { before, old, new: now, after } = textChange(a, b);
      t.deepEqual([before + old + after, before + now + after], [a, b]);
    }),
  );
});

test('lists change by members, tables by keys, times as times, and the signature says nothing', t => {
  const changes = fieldChanges({
    tags: [
      ['a', 'b'],
      ['b', 'c'],
    ],
    attributes: [
      { country: 'de', old: '1' },
      { country: 'at', same: '' },
    ],
    issuedAt: [1, 2],
    version: ['', '2'],
    signature: ['x', 'y'],
  });
  t.deepEqual(changes, [
    { kind: 'members', name: 'tags', kept: ['b'], gone: ['a'], come: ['c'] },
    { kind: 'text', name: 'attributes.country', change: { before: '', old: 'de', new: 'at', after: '' } },
    { kind: 'text', name: 'attributes.old', change: { before: '', old: '1', new: '', after: '' } },
    { kind: 'text', name: 'attributes.same', change: { before: '', old: '', new: '', after: '' } },
    { kind: 'time', name: 'issuedAt', old: 1, new: 2 },
    { kind: 'text', name: 'version', change: { before: '', old: '', new: '2', after: '' } },
  ]);
});

test('who did most comes first', t => {
  const by = (announcer: string) => ({ announcer });
  const counts = byAnnouncer({ added: [by('a'), by('b'), by('b')], removed: [by('b')], changed: [by('a')] });
  t.deepEqual(counts, [
    { announcer: 'b', added: 2, removed: 1, changed: 0 },
    { announcer: 'a', added: 1, removed: 0, changed: 1 },
  ]);
});

for (const [title, text, marked] of [
  ['plain names have no marks', 'Bob’s instagib 🎮', []],
  ['an honest name in Cyrillic has no marks', 'Сервер для друзей', []],
  ['words of two scripts side by side are honest', 'CTF Сервер', []],
  ['a Cyrillic letter in a Latin word is marked', 'Bоb', ['foreign о U+043E']],
  ['a Latin letter in a Cyrillic word is marked', 'Cервер', ['foreign C U+0043']],
  ['what cannot be seen is marked', 'a\u200b\u202eb', ['invisible \u200b\u202e U+200B U+202E']],
  [
    'piled up marks are marked, a few are not',
    `e\u0301 z${'\u0336'.repeat(5)}`,
    ['stacked \u0336\u0336 U+0336 U+0336'],
  ],
] as const) {
  test(title, t => {
    const odd = inspect(text).filter(({ mark }) => mark !== 'plain');
    t.deepEqual(
      odd.map(({ mark, text, points }) => `${mark} ${text} ${points.join(' ')}`),
      [...marked],
    );
  });
}

test('the pieces of a name are the name, whatever it is', t => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), text => {
      t.is(
        inspect(text)
          .map(piece => piece.text)
          .join(''),
        text.toWellFormed(),
      );
    }),
  );
  t.true(
    inspect('x'.repeat(10_000))
      .map(({ text }) => text)
      .join('').length < 3_000,
  );
});

for (const [a, b, alike] of [
  ['Bob', 'Bоb', true],
  ['Server 1O', 'Server l0', true],
  ['in\u200bvisible', 'invisible', true],
  ['Bob', 'BOB', false],
  ['Bob', 'Rob', false],
  ['', '\u200b', false],
] as const) {
  test(`${JSON.stringify(a)} and ${JSON.stringify(b)} ${alike ? 'look alike' : 'do not look alike'}`, t => {
    t.is(lookAlike(a, b), alike);
    t.is(byLook([b, 'another'])(a), alike ? b : undefined);
  });
}
