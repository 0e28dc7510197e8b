import test from 'ava';
import type { Observed } from '../api/port.ts';
import { minute } from '../base/time.ts';
import type { Sight } from '../list/view.ts';
import type { Verified } from '../records/verified.ts';
import { KeptRow } from './kept-row.ts';
import { RowPages } from './row-pages.ts';
import { askedFor } from './rows.ts';

function world(servers: number) {
  let [now, pauses] = [1_763_600_000_000, 0];
  const pages = new RowPages({ monotonic: () => now, pause: async () => void pauses++ });
  const put = (n: number, name: string) => {
    const id = n.toString(16).padStart(40, '0');
    const said = { announcer: 'me', server: `s${n}`, game: 'a', name, addresses: [], state: 'up' };
    const announcement = { ...said, version: '1', tags: ['ctf'], attributes: {}, issuedAt: 1, expiresAt: 2 };
    const item = { id, announcement } as unknown as Verified;
    const standing = { endorsed: true, karma: { value: 0, tier: 'yellow' as const }, since: null, hidden: null };
    const sight: Sight<Observed> = { ...standing, observed: null, network: undefined };
    pages.set(new KeptRow({ item, sight, rank: { id, name, keys: [] }, neighbour: undefined }));
  };
  for (let n = 0; n < servers; n++) put(n, n % 2 === 0 ? 'even' : 'odd');
  const found = async (filter: string) => {
    const asked = askedFor({ filter, limit: 0 });
    await pages.prepare(asked);
    const page = pages.page(asked).next();
    return page.done ? page.value.total : undefined;
  };
  const remember = (filter: string) => pages.remember(askedFor({ filter }).terms);
  const pausesOf = async (work: () => Promise<unknown> | undefined) => {
    const before = pauses;
    await work();
    return pauses - before;
  };
  const later = (ms: number) => {
    now += ms;
  };
  return { pages, put, found, remember, pausesOf, later };
}

test('many who ask for the same common word at once wait for one look at the rows that may have it', async t => {
  const { found, remember, pausesOf } = world(10_000);
  const alone = await pausesOf(() => remember('even'));
  t.true(alone > 1);
  const together = await pausesOf(() => Promise.all(Array.from({ length: 50 }, () => remember('odd tag:ctf -odd'))));
  t.true(together <= 2 * alone, `${together} pauses, ${alone} for one word`);
  t.is(remember('odd tag:ctf'), undefined);
  t.deepEqual([await found('even'), await found('odd'), await found('-odd tag:ctf')], [5_000, 5_000, 5_000]);
});

test('what many have is looked for before anybody asks, and once a minute', async t => {
  const { pages, put, found, remember, later } = world(4_000);
  await pages.lookAhead();
  for (const filter of ['even', 'odd', 'tag:ctf', '-even "ODD"']) t.is(remember(filter), undefined, filter);
  t.is(await found('even'), 2_000);
  for (let n = 0; n < 2_000; n++) put(n, 'another');
  await pages.lookAhead();
  t.not(remember('another'), undefined);
  later(minute);
  for (let n = 0; n < 2_000; n++) put(n, 'the third');
  await pages.lookAhead();
  t.is(remember('third'), undefined);
  t.deepEqual([await found('third'), await found('even')], [2_000, 1_000]);
});
