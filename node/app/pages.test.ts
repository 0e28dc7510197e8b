import test from 'ava';
import { announcementOf, testNow } from '../../test/announcements.ts';
import { second } from '../base/time.ts';
import { pageItemsMax } from '../gossip/query.ts';
import { parseAnnouncement } from '../records/announcement.ts';
import type { Verified } from '../records/verified.ts';
import { Pages } from './pages.ts';
import { pageOf, type RowsDeps } from './rows.ts';

const games = ['openarena', 'xonotic', 'teeworlds'];
const serverOf = (n: number) => announcementOf(`s${n}`, { game: games[n % games.length]!, name: `Server ${n}` });

/** Servers by name, the highest number first; those whose number ends in 9 are hidden. Looking takes 100 ms a thousand. */
function setup(count: number) {
  const listed = new Map(Array.from({ length: count }, (_, n) => serverOf(n)).map(item => [item.id, item]));
  const state = { now: testNow, version: 1, looks: 0 };
  const numberOf = ({ announcement }: Pick<Verified, 'announcement'>) => Number(announcement.server.slice(1));
  const view = {
    of: (item: Verified) => ({ hidden: numberOf(item) % 10 === 9 ? 'silent' : null }),
    rank: (item: Verified) => ({ keys: [-numberOf(item)], name: '', id: item.id }),
  } as unknown as RowsDeps['view'];
  const pages = new Pages({
    listed: () => listed,
    page: async query => {
      state.looks++;
      state.now += 100 * Math.floor(listed.size / 1_000);
      return pageOf({ listed: listed.values(), view }, query);
    },
    version: () => state.version,
    monotonic: () => state.now,
  });
  const names = async (query: Parameters<Pages['of']>[0]) =>
    (await pages.of(query)).map(bytes => {
      const read = parseAnnouncement(bytes);
      return read.ok ? read.value.server : read.message;
    });
  return { listed, state, names };
}

test('a page holds what players are shown, the best first, as many as were asked for', async t => {
  const { names } = setup(40);
  t.deepEqual(await names({ limit: 3 }), ['s38', 's37', 's36']);
  t.deepEqual(await names({ game: 'xonotic', limit: 3 }), ['s37', 's34', 's31']);
  t.deepEqual(
    await names({ filter: '"server 1"', limit: 100 }),
    [18, 17, 16, 15, 14, 13, 12, 11, 10, 1].map(n => `s${n}`),
  );
  t.deepEqual(await names({ game: 'doom', limit: 3 }), []);
});

test('of a large list the best are found, however many come before them', async t => {
  const { names } = setup(3_000);
  const best = Array.from({ length: 3_000 }, (_, n) => 2_999 - n).filter(n => n % 10 !== 9);
  t.deepEqual(
    await names({ limit: pageItemsMax }),
    best.slice(0, pageItemsMax).map(n => `s${n}`),
  );
});

test('what took long is kept, without those that have gone, and made anew behind', async t => {
  const { listed, state, names } = setup(3_000);
  await names({ limit: 2 });
  state.version++;
  listed.delete(serverOf(2_998).id);
  t.deepEqual(await names({ limit: 2 }), ['s2997', 's2996']);
  t.is(state.looks, 1, 'for twenty times as long as it took');
  state.now += 10 * second;
  const better = serverOf(5_000);
  listed.set(better.id, better);
  t.deepEqual(await names({ limit: 2 }), ['s2997', 's2996'], 'nobody who begins waits');
  await names({ game: 'openarena', limit: 1 });
  t.deepEqual(await names({ limit: 2 }), ['s5000', 's2997']);
});

test('a small list is always shown as it is now', async t => {
  const { listed, state, names } = setup(3);
  await names({ limit: 1 });
  const better = serverOf(8);
  listed.set(better.id, better);
  state.version++;
  t.deepEqual(await names({ limit: 1 }), ['s8']);
});

test('questions by a game or a filter never take more than a fifth of the time', async t => {
  const { state, names } = setup(3_000);
  await names({ game: 'openarena', limit: 1 });
  await t.throwsAsync(names({ game: 'xonotic', limit: 1 }), { code: 'BUSY' });
  t.deepEqual(await names({ game: 'openarena', limit: 1 }), ['s2997'], 'what is kept is told');
  t.is((await names({ limit: 1 })).length, 1, 'and so is what all begin with');
  state.now += 2 * second;
  t.deepEqual(await names({ game: 'xonotic', limit: 1 }), ['s2998']);
});
