// The flood that buried a commercial list, as a player sees it: 203 addresses, each with its network full, against 1,800
// real servers. Of 1.28 million fakes the quotas of the list let in this many.
import test from 'ava';
import { announcementOf, signerOf } from '../../test/announcements.ts';
import { atOnce } from '../base/slices.ts';
import { day, minute } from '../base/time.ts';
import { Neighbours } from './neighbours.ts';
import { byRank, type Seen } from './rank.ts';
import { View } from './view.ts';

const now = 1_763_600_000_000;
const perNetwork = 64;

/** Most hosts have a few servers, some rent out thirty. */
const real = Array.from({ length: 1_800 }, (_, n) => {
  const host =
    n < 300 ? `31.0.${Math.floor(n / 30)}.${n % 30}` : `32.${n % 5}.${Math.floor(n / 5) % 100}.${Math.floor(n / 500)}`;
  return announcementOf(`real-${n}`, { signer: signerOf(n % 600), addresses: [`${host}:27015`] });
});
const fakes = Array.from({ length: 203 * perNetwork }, (_, n) =>
  announcementOf(`fake-${n}`, {
    signer: signerOf(1_000 + (n % 10_000)),
    name: `!!! ${n} of 64 players online`,
    addresses: [`45.${n % 203}.7.7:${20_000 + Math.floor(n / 203)}`],
  }),
);
const reals = new Set(real.map(({ id }) => id));
const all = [...fakes, ...real];
const listed = new Map(all.map(item => [item.id, item]));
const digit = (id: string) => Number.parseInt(id[0]!, 16);

type Scene = {
  readonly endorsed?: boolean;
  /** Since when both are listed here. */
  readonly realMs: number;
  readonly fakesMs: number;
  readonly realSeen: (id: string) => Seen | null;
  readonly fakesSeen: (id: string) => Seen | null;
};

const unseen = () => null;
const up = (players: number): Seen => ({ up: true, players, flags: [], downSince: null });
const silent = (): Seen => ({ up: false, players: null, flags: [], downSince: now - 6 * minute });

for (const [title, scene] of [
  [
    'a newcomer knows nobody, and the fakes came first',
    { realMs: minute, fakesMs: day, realSeen: unseen, fakesSeen: unseen },
  ],
  [
    'a newcomer knows nobody, and the fakes came last',
    { realMs: day, fakesMs: minute, realSeen: unseen, fakesSeen: unseen },
  ],
  ['nobody has asked anybody yet', { realMs: 0, fakesMs: 0, realSeen: unseen, fakesSeen: unseen }],
  [
    'all answer, and each fake with 64 players',
    { realMs: 0, fakesMs: 0, realSeen: id => up(digit(id)), fakesSeen: () => up(64) },
  ],
  [
    'the fakes answer with 64 players, of the real ones nothing is known',
    { realMs: 0, fakesMs: day, realSeen: unseen, fakesSeen: () => up(64) },
  ],
  [
    'a node knows the real ones for a week when fakes come and answer with 64 players',
    { realMs: 8 * day, fakesMs: minute, realSeen: id => up(digit(id)), fakesSeen: () => up(64) },
  ],
  [
    'a maintainer has spoken, the fakes are older and answer with 64 players',
    { endorsed: true, realMs: 0, fakesMs: 8 * day, realSeen: unseen, fakesSeen: () => up(64) },
  ],
  [
    'a maintainer has spoken, and nobody has asked anybody yet',
    { endorsed: true, realMs: 0, fakesMs: 0, realSeen: unseen, fakesSeen: unseen },
  ],
  ['the fakes are not there', { realMs: 0, fakesMs: day, realSeen: id => up(digit(id)), fakesSeen: silent }],
] as const satisfies readonly (readonly [string, Scene])[]) {
  test(`of a list full of fakes the first 100 rows are real: ${title}`, t => {
    const { realMs, fakesMs, realSeen, fakesSeen }: Scene = scene;
    const endorsed = (id: string) => 'endorsed' in scene && reals.has(id);
    const since = (id: string) => now - (reals.has(id) ? realMs : fakesMs);
    const quotas = { perNetworkMax: 32, perSystemMax: 256 };
    const neighbours = new Neighbours({ ...quotas, since, countPrivateNetworks: true });
    atOnce(neighbours.restated(new Set(all.map(({ id }) => id).filter(endorsed))));
    neighbours.changed(all.map(after => ({ id: after.id, before: undefined, after })));
    const view = new View(
      {
        ...{ self: 'nobody', neighbours, endorsed, listed: (id: string) => listed.get(id) },
        observed: id => (reals.has(id) ? realSeen(id) : fakesSeen(id)),
        karma: () => ({ value: 0, tier: 'yellow' }),
      },
      now,
    );
    const shown = all.flatMap(item => {
      const sight = view.of(item);
      return sight.hidden ? [] : [{ id: item.id, rank: view.rank(item, sight) }];
    });
    shown.sort((a, b) => byRank(a.rank, b.rank));
    t.is(shown.filter(({ id }) => reals.has(id)).length, real.length, 'every real server is shown');
    t.deepEqual(
      shown.slice(0, 100).filter(({ id }) => !reals.has(id)),
      [],
    );
    t.true(shown.length <= real.length + 203 * quotas.perNetworkMax);
    t.log(`first fake in row ${shown.findIndex(({ id }) => !reals.has(id)) + 1 || 'none'} of ${shown.length}`);
  });
}
