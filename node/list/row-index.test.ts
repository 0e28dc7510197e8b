import test from 'ava';
import { atOnce } from '../base/slices.ts';
import { Bits } from './bits.ts';
import { type Filterable, parseTerms, type Term, wordsOf } from './filter.ts';
import { KeptOrder } from './kept-order.ts';
import { RowIndex } from './row-index.ts';
import { isExact, Signatures } from './signatures.ts';

const bitsOf = (items: Iterable<number>): Bits => {
  const bits = new Bits();
  for (const item of items) bits.add(item);
  return bits;
};
const none: readonly string[] = [];

/** @throws Error unless it is one term */
function termOf(text: string): Term {
  const terms = parseTerms(text);
  const term = terms.ok ? terms.value[0] : undefined;
  if (!term) throw new Error(text);
  return term;
}

/** A row of which only some fields matter. */
function rowOf(id: string, fields: Partial<Filterable>): Filterable {
  const about = { announcer: 'me', server: `s${id}`, game: 'a', version: '', addresses: [], state: 'up', tags: [] };
  const said = { name: '', attributes: {}, issuedAt: 1, expiresAt: 2, observed: null };
  const standing = { standing: 'new', hidden: null, karma: { value: 0, tier: 'green' } };
  return { id, ...about, ...said, ...standing, ...fields };
}

/** The same numbers each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

test('bits are a set of numbers, however far apart', t => {
  const random = seeded(1);
  const draw = () => new Set(Array.from({ length: 300 }, () => Math.floor(random() * 5_000)));
  for (let round = 0; round < 20; round++) {
    const [a, b] = [draw(), draw()];
    const [bits, others] = [bitsOf(a), bitsOf(b)];
    const itemsOf = (set: Bits) => Array.from({ length: 5_100 }, (_, at) => at).filter(at => set.has(at));
    const ascending = (set: ReadonlySet<number>) => [...set].sort((x, y) => x - y);
    t.deepEqual(itemsOf(bits), ascending(a));
    t.deepEqual([...bits], ascending(a));
    t.is(bits.size, a.size);
    t.is(bits.sizeWith(others), a.intersection(b).size);
    const both = bits.copy();
    both.keep(others);
    t.deepEqual(itemsOf(both), ascending(a.intersection(b)));
    const rest = bits.copy();
    rest.drop(others);
    t.deepEqual(itemsOf(rest), ascending(a.difference(b)));
    const either = bitsOf([...a].filter(at => at < 1_024));
    either.join(others);
    t.deepEqual(itemsOf(either), ascending(new Set([...a].filter(at => at < 1_024)).union(b)));
    both.become(rest);
    t.deepEqual(itemsOf(both), itemsOf(rest));
    both.clear();
    t.is(both.size, 0);
    bits.filter(at => at % 3 === 0);
    t.deepEqual(
      itemsOf(bits),
      ascending(a).filter(at => at % 3 === 0),
    );
    const [low, high] = [ascending(a).filter(at => at < 1_024), ascending(a).filter(at => at >= 1_024)];
    const filtered = bitsOf(a);
    filtered.filter(at => at % 2 === 0, 0, 1_024);
    t.deepEqual([...filtered], [...low.filter(at => at % 2 === 0), ...high]);
    others.delete(4_999);
    others.delete(1_000_000);
    t.false(others.has(4_999) || others.has(1_000_000));
  }
});

test('a signature leaves every row that has the word, and few of the others', t => {
  const random = seeded(2);
  const letters = 'abcdefghijklmnopqrstuvwxyz 0123456789';
  const text = (length: number) =>
    Array.from({ length }, () => letters[Math.floor(random() * letters.length)]!).join('');
  const rows = Array.from({ length: 2_000 }, () => text(120));
  const signatures = new Signatures();
  for (const [at, words] of rows.entries()) signatures.add(at, words, [`tag\n${words.slice(0, 3)}`]);
  const all = bitsOf(rows.keys());
  for (const letter of 'ax 9') {
    const found = all.copy();
    signatures.keepWord(found, letter);
    t.true(isExact(letter));
    t.is(found.size, rows.filter(words => words.includes(letter)).length, letter);
  }
  t.false(isExact('ü') || isExact('ab'));
  const left: number[] = [];
  for (let at = 0; at < 200; at++) {
    const found = all.copy();
    const [from, length] = [Math.floor(random() * 100), 1 + Math.floor(random() * 20)];
    signatures.keepWord(found, rows[at]!.slice(from, from + length));
    t.true(found.has(at));
    if (length > 3) t.true(found.size < 60, `${found.size} for ${length} letters`);
    const keyed = all.copy();
    signatures.keepKey(keyed, `tag\n${rows[at]!.slice(0, 3)}`);
    t.true(keyed.has(at));
    left.push(keyed.size);
  }
  const mean = left.reduce((sum, size) => sum + size, 0) / left.length;
  t.true(mean < rows.length / 20, `${mean} by key`);
  for (const [at, words] of rows.entries()) signatures.delete(at, words, [`tag\n${words.slice(0, 3)}`]);
  signatures.add(7, 'seven', none);
  const found = all.copy();
  signatures.keepWord(found, 'seven');
  t.is(found.size, 1);
});

test('an order that is kept is the one that sorting would give', t => {
  const random = seeded(3);
  const values = Array.from({ length: 200 }, () => random());
  const there = new Set<number>();
  const compare = (a: number, b: number) => values[a]! - values[b]!;
  const order = new KeptOrder({ compare, keys: value => [Math.floor(values[value]! * 3)] }, row =>
    there.has(row) ? row : undefined,
  );
  atOnce(order.sort([]));
  for (let round = 0; round < 100; round++) {
    for (let n = Math.floor(random() * 20); n > 0; n--) {
      const row = Math.floor(random() * values.length);
      values[row] = random();
      if (random() < 0.6) there.add(row);
      else there.delete(row);
      order.moved(row);
    }
    t.deepEqual([...order.sorted()], [...there].sort(compare));
  }
});

test('what moves while an order is sorted is in its place when that is done; with too much of it all is sorted again', t => {
  const random = seeded(5);
  const values = Array.from({ length: 5_000 }, () => random());
  const at = (row: number) => (row < values.length ? { value: values[row]! } : undefined);
  const order = new KeptOrder<{ value: number }>({ compare: (a, b) => a.value - b.value, keys: () => [] }, at);
  const move = (row: number) => {
    values[row] = random();
    order.moved(row);
  };
  const expected = () => [...values.keys()].sort((a, b) => values[a]! - values[b]!);
  const sorting = order.sort([...values.keys()]);
  for (let row = 0; !sorting.next().done; row += 7) move(row);
  t.true(order.isSorted);
  t.deepEqual([...order.sorted()], expected());
  for (let row = 0; row < 2_001; row++) move(row);
  t.false(order.isSorted);
  atOnce(order.sort([...values.keys()]));
  t.deepEqual([...order.sorted()], expected());
});

test('a common term follows what changes while its rows are looked at, and no slice of that looks at many', t => {
  const index = new RowIndex();
  const put = (n: number, name: string) => {
    const row = rowOf(`${n}`, { name });
    index.set({ ...row, words: wordsOf(row) });
  };
  for (let n = 0; n < 20_000; n++) put(n, n % 2 === 0 ? 'even' : 'uneven');
  const even = termOf('even');
  let slices = 0;
  for (const _ of index.remember(even)!) {
    put(slices, 'odd');
    put(19_999 - slices, 'odd');
    index.delete(`${10_000 + slices}`);
    slices++;
  }
  t.true(slices >= 4);
  t.is(index.select([even]).size, 20_000 - 3 * slices);
});

test('a term that many rows have is remembered, and follows each change of a row', t => {
  const random = seeded(4);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const index = new RowIndex();
  const rows = new Map<string, Filterable>();
  const change = (n: number) => {
    const said = { name: pick(['Alpha', 'Beta']), tags: [pick(['ctf', 'duel'])] };
    const observed = pick([null, { up: true, players: 1, maxPlayers: 2, rttMs: 3, map: pick([null, '', 'dust']) }]);
    const attributes: Record<string, string> = random() < 0.5 ? { country: 'DE' } : {};
    const row = rowOf(`${n}`, { ...said, observed, attributes });
    rows.set(row.id, row);
    index.set({ ...row, words: wordsOf(row) });
  };
  for (let n = 0; n < 4_000; n++) change(n);
  const filters = ['tag:ctf', 'alpha', 'map:unknown', 'map:dust', 'attributes.country:de', '-alpha tag:duel players>0'];
  // Other common terms than can be remembered push these out, and they come back.
  const others = Array.from({ length: 70 }, (_, n) => `attributes.x${n}:unknown`);
  for (let round = 0; round < 4; round++) {
    for (let n = 0; n < 200; n++) {
      const id = pick([...rows.keys()]);
      if (random() < 0.8) change(Number(id));
      else if (rows.delete(id)) index.delete(id);
    }
    for (const filter of [...filters, ...(round === 2 ? others : []), ...filters]) {
      const terms = parseTerms(filter);
      if (!terms.ok) throw new Error(terms.message);
      const holds = (row: Filterable) => terms.value.every(term => term.holds(row) !== term.not);
      for (const term of terms.value) {
        const looking = index.remember(term);
        if (looking) atOnce(looking);
      }
      t.is(index.select(terms.value).size, rows.values().filter(holds).toArray().length, filter);
    }
  }
});

test('a part of a word that is remembered is found without a look at the rows of that word', t => {
  const index = new RowIndex();
  let looks = 0;
  const put = (id: string, name: string) => {
    const row = rowOf(id, { name });
    const words = wordsOf(row);
    index.set({
      ...row,
      get words() {
        looks++;
        return words;
      },
    });
  };
  for (let n = 0; n < 5_000; n++) put(`${n}`, n % 2 === 0 ? 'instagib' : n % 3 === 0 ? 'the gibbon' : 'duel');
  const remember = (text: string): number => {
    looks = 0;
    const looking = index.remember(termOf(text));
    if (looking) {
      for (const _ of looking) {
        // One that changes meanwhile is no longer what it was known for.
        put('0', 'duel');
      }
    }
    return looks;
  };
  t.true(remember('instagib') >= 2_500);
  const changes = Math.ceil(5_000 / 4_096) + 1;
  t.true(remember('nsta') < 100 * changes);
  t.is(index.select([termOf('nsta')]).size, 2_499);
  t.true(remember('gib') < 1_000 + 100 * changes);
  t.is(index.select([termOf('gib')]).size, 2_499 + 833);
});

test('a term is remembered however it is written', t => {
  const index = new RowIndex();
  for (let n = 0; n < 2_000; n++) {
    const row = rowOf(`${n}`, { name: 'Capture', tags: ['CTF'] });
    index.set({ ...row, words: wordsOf(row) });
  }
  for (const [first, ...others] of [
    ['capture', '"Capture"', '-CAPTURE'],
    ['tag:ctf', 'TAG:"ctf"', 'tag=CTF', 'tag!=ctf'],
  ] as const) {
    atOnce(index.remember(termOf(first))!);
    for (const other of others) t.is(index.remember(termOf(other)), undefined, other);
  }
  // What holds of other rows is another term.
  for (const other of ['name:capture', '"tag:ctf"', 'tag:capture', 'attributes.tag:ctf'])
    t.is(index.select([termOf(other)]).size, other === 'name:capture' ? 2_000 : 0, other);
});

test('a sample is of rows from everywhere, and of all where there are few', t => {
  const index = new RowIndex();
  const put = (n: number) => {
    const row = rowOf(`${n}`, {});
    index.set({ ...row, words: wordsOf(row) });
  };
  for (let n = 0; n < 10; n++) put(n);
  index.delete('3');
  t.is([...index.sample(50)].length, 9);
  for (let n = 10; n < 1_000; n++) put(n);
  put(3);
  const sample = [...index.sample(100)].map(({ id }) => Number(id));
  t.is(sample.length, 100);
  t.true(Math.max(...sample) > 980);
});
