// Which rows the viewer shows, in which order, with which numbers beside the facets, and what the address says of it.
import test from 'ava';
import { parseFilter } from '../../node/list/filter.ts';
import { count, emptyCounts, facetAgainst, facetsOf, orderBy, passes, type Row } from '../../web-ui/src/lib/rows.ts';
import { formatView, initialView, parseView, type ViewState, withFacet } from '../../web-ui/src/lib/view-state.ts';
import { rowOf, seen } from './rows.ts';

for (const address of [
  '',
  'q=players%3E0',
  'game=openarena&game=xonotic&karma=green',
  'hide=empty&hide=locked&only=favourites&sort=-players',
  'q=a+b&country=unknown&sort=age&everything=1',
]) {
  test(`the address "?${address}" says what is shown`, t => {
    t.is(formatView(parseView(new URLSearchParams(address))).toString(), address);
  });
}

test('what an address says wrongly is left out', t => {
  const view = parseView(new URLSearchParams('sort=nothing&only=mine&hide=all&game=&colour=red'));
  t.deepEqual(view, initialView);
});

const chosen = (view: Partial<ViewState>, favourites: string[] = [], recent: string[] = []) => {
  const filter = parseFilter(view.filter ?? '');
  if (!filter.ok) throw new Error(filter.message);
  return {
    filter: filter.value,
    view: { ...initialView, ...view },
    favourites: new Set(favourites),
    recent: new Set(recent),
  };
};

const [empty, full, locked, silent, unseen, left] = [
  rowOf({ observed: seen(0) }),
  rowOf({ observed: seen(16) }),
  rowOf({ attributes: { password: 'true' } }),
  rowOf({ observed: { ...seen(null)!, up: false } }),
  rowOf({ observed: null }),
  rowOf({ hidden: 'silent' as never }),
] as const;
const all: readonly Row[] = [empty, full, locked, silent, unseen, left];

for (const [title, view, expected] of [
  ['nothing but what the node hides', {}, [empty, full, locked, silent, unseen]],
  ['nothing, when everything is wanted', { everything: true }, all],
  ['empty ones', { hide: ['empty'] }, [full, locked, silent, unseen]],
  ['full ones', { hide: ['full'] }, [empty, locked, silent, unseen]],
  ['ones with a password', { hide: ['locked'] }, [empty, full, silent, unseen]],
  ['what does not match', { filter: 'players:unknown' }, [silent, unseen]],
] as const) {
  test(`out of sight is ${title}`, t => {
    const ids = all.filter(row => passes(row, chosen(view))).map(({ id }) => id);
    t.deepEqual(
      ids,
      expected.map(({ id }) => id),
    );
  });
}

test('a favourite is never hidden, yet has to match what is typed', t => {
  const favourite = chosen({ hide: ['empty', 'full', 'locked'] }, [empty.id, left.id]);
  t.true(passes(empty, favourite));
  t.true(passes(left, favourite));
  t.false(passes(empty, chosen({ filter: 'elsewhere' }, [empty.id])));
});

test('only favourites, or only recent ones', t => {
  t.deepEqual(
    all.filter(row => passes(row, chosen({ only: 'recent' }, [empty.id], [full.id]))),
    [full],
  );
});

test('a facet counts what the others let through, so that its numbers come true', t => {
  const rows = [
    rowOf({ game: 'css', attributes: { country: 'DE' } }),
    rowOf({ game: 'css', attributes: {} }),
    rowOf({ game: 'xonotic', attributes: { country: 'de' }, tags: ['a', 'b'] }),
  ];
  const view = withFacet(withFacet(initialView, 'game', 'css'), 'country', 'de');
  const facets = facetsOf(view);
  const counts = emptyCounts();
  for (const row of rows) count(counts, row, facetAgainst(row, facets));
  t.deepEqual(
    [...counts.game],
    [
      ['css', 1],
      ['xonotic', 1],
    ],
  );
  t.deepEqual(
    [...counts.country],
    [
      ['de', 1],
      ['unknown', 1],
    ],
  );
  t.deepEqual([...counts.karma], [['yellow', 1]]);
  t.deepEqual(withFacet(withFacet(view, 'country', 'de'), 'game', 'css'), initialView);
});

const collator = new Intl.Collator('en');
for (const [by, down, expected] of [
  ['players', false, [full, empty, silent, unseen]],
  ['players', true, [empty, full, silent, unseen]],
  ['rank', false, [empty, full, silent, unseen]],
  ['ping', false, [empty, full, silent, unseen]],
] as const) {
  test(`by ${by}${down ? ', the other way round' : ''}: what nobody has seen comes last`, t => {
    const rows = [unseen, silent, full, empty].toSorted(orderBy(by, down, collator));
    t.deepEqual(
      rows.map(({ id }) => id),
      expected.map(({ id }) => id),
    );
  });
}
