import test from 'ava';
import { commonTerms } from './common-terms.ts';
import { type Filterable, wordsOf } from './filter.ts';

const rowOf = (fields: Partial<Filterable>) => {
  const about = { id: '1', announcer: 'me', server: 's', game: '', version: '', addresses: [], state: 'up', tags: [] };
  const said = { name: '', attributes: {}, issuedAt: 1, expiresAt: 2, observed: null };
  const row: Filterable = {
    ...about,
    ...said,
    standing: 'new',
    hidden: null,
    karma: { value: 0, tier: 'green' },
    ...fields,
  };
  return { ...row, words: wordsOf(row) };
};
const keysOf = (...args: Parameters<typeof commonTerms>) => commonTerms(...args).map(({ key }) => key);

test('words, tags and attributes that many have are likely to be asked for, the most common first', t => {
  const rows = Array.from({ length: 400 }, (_, n) =>
    rowOf({
      name: `Bob's ${n}. ${n % 2 === 0 ? 'Instagib' : 'duel'}`,
      tags: n % 4 === 0 ? ['CTF', 'x y'] : [`r${n}`],
      attributes: n % 5 === 0 ? { country: 'DE' } : {},
      addresses: [`203.0.113.7:${20_000 + n}`],
    }),
  );
  const common = keysOf(rows);
  t.deepEqual(common.slice(0, 5), ['word:bob', 'word:203', 'word:113', 'word:instagib', 'word:duel']);
  for (const key of ['word:ctf', 'tag=ctf', 'tag=x y', 'attributes.country=de']) t.true(common.includes(key), key);
  t.false(common.some(key => key.includes('20007') || key.includes('r3')));
});

test('what one in fifty has is not common, and of none nothing is', t => {
  t.deepEqual(keysOf(Array.from({ length: 500 }, (_, n) => rowOf({ name: n % 50 === 0 ? 'seldom' : '' }))), []);
  t.deepEqual(keysOf([]), []);
});

test("no more of them are told than an index has room for, and a row with thousands of words is in nobody's way", t => {
  const words = (count: number, of: string) => Array.from({ length: count }, (_, n) => `${of}${n}`).join(' ');
  t.is(keysOf([rowOf({ name: words(60, 'w') })]).length, 32);
  const [hostile, usual] = [rowOf({ name: words(5_000, 'v') }), rowOf({ name: 'usual' })];
  t.is(keysOf([hostile, ...Array.from({ length: 20 }, () => usual)])[0], 'word:usual');
});

test('a tag that nobody can ask for by its name is left out', t => {
  t.deepEqual(
    keysOf([rowOf({ tags: ['a"b c"d'], attributes: { 'ä?': 'x' } })]).filter(key => key.includes('=')),
    [],
  );
});
