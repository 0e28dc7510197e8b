// What gossip brings is bounded by network and by announcer; anti-entropy and this node's own people are not held to it.
import test from 'ava';
import { announcementOf, testNow as now, signerOf, testList } from '../../test/announcements.ts';
import { minute } from '../base/time.ts';
import { ServerList } from '../list/server-list.ts';
import type { Verified } from '../records/verified.ts';
import { Allowance, bucketsMax, perPlace, refillMs, renewalsMin, renewalsPerServer } from './allowance.ts';
import { Door } from './door.ts';

const perNetworkMax = 64;
const limits = {
  serversMax: 1_000,
  perAnnouncerMax: 1_000,
  perNetworkMax,
  waitingMax: 100,
  countPrivateNetworks: true,
};

function setup() {
  const list = new ServerList(limits);
  const allowance = new Allowance(list);
  let at = now;
  const door = new Door({
    list,
    listName: testList,
    clock: () => at,
    pause: async () => {},
    changed: () => {},
    equivocated: () => {},
  });
  const codes = async (items: readonly Verified[]) =>
    (
      await door.receive(
        items.map(({ bytes }) => bytes),
        allowance,
      )
    ).map(({ verdict }) => (verdict.action === 'accept' ? 'accept' : verdict.code));
  const pass = (ms: number) => {
    at += ms;
  };
  return { list, allowance, door, codes, pass };
}

const network = '8.8.8';
let issued = 0;
/** Each is newer than the one before. */
const serverOf = (n: number, { in: net = network, by = 1 + Math.floor(n / 3), ...fields } = {} as Fields): Verified =>
  announcementOf(`s${n}`, {
    signer: signerOf(by),
    addresses: [`${net}.${1 + (n % 250)}:27960`],
    issuedAt: now + ++issued,
    ...fields,
  });
type Fields = {
  readonly in?: string;
  readonly by?: number;
  readonly name?: string;
  readonly state?: 'up' | 'left';
  readonly expiresAt?: number;
};

const times = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));
const accepted = (codes: readonly string[]) => codes.filter(code => code === 'accept').length;

test('a host that restarts 60 servers at once, or edits three names within a minute, does not wait', async t => {
  const { codes, pass } = setup();
  const host = (n: number, name: string) => serverOf(n, { by: 1, name });
  t.is(accepted(await codes(times(60, n => host(n, 'first')))), 60);
  pass(minute);
  t.is(accepted(await codes(times(60, n => host(n, 'again')))), 60);
  pass(5 * minute);
  for (const name of ['a', 'b', 'c'])
    t.deepEqual(
      await codes([host(0, name), host(1, name), host(2, name)]),
      times(3, () => 'accept'),
    );
});

test('renewals of one network are taken as often as its bucket holds, whoever signs them, then as it refills', async t => {
  const { codes, pass } = setup();
  const all = () => times(perNetworkMax, n => serverOf(n));
  t.is(accepted(await codes(all())), perNetworkMax);
  t.is(accepted(await codes(all())), (perPlace - 1) * perNetworkMax);
  t.deepEqual([...new Set(await codes(all()))], ['TOO_OFTEN']);
  pass(refillMs / 4);
  t.is(accepted(await codes(all())), (perPlace * perNetworkMax) / 4);
});

test('what is too much for gossip comes by anti-entropy, the newest of it', async t => {
  const { codes, door, list } = setup();
  const rounds = times(4, () => times(perNetworkMax, n => serverOf(n)));
  for (const round of rounds) await codes(round);
  const last = rounds.at(-1)!;
  t.not(list.held(last[0]!.id)!.oid, last[0]!.oid);
  await door.receive(last.map(({ bytes }) => bytes));
  for (const { id, oid } of last) t.is(list.held(id)!.oid, oid);
});

test('one network’s flood costs another network nothing', async t => {
  const { codes } = setup();
  for (let round = 0; round < 4; round++) await codes(times(perNetworkMax, n => serverOf(n)));
  t.deepEqual(await codes([serverOf(500, { in: '9.9.9' })]), ['accept']);
});

test('who is endorsed does not pay for what others announce beside him', async t => {
  const { codes, list } = setup();
  const honest = serverOf(0);
  await codes([honest]);
  list.setOrder(new Set([honest.id]), [], now);
  for (let round = 0; round < 4; round++) await codes(times(60, n => serverOf(3 + n)));
  t.deepEqual(await codes([serverOf(1_000), serverOf(0, { name: 'new' })]), ['TOO_OFTEN', 'accept']);
});

test('an announcer of few servers in many networks may change them so often, even when they are endorsed', async t => {
  const { codes, list } = setup();
  const one = (n: number) => serverOf(n, { by: 1, in: `8.8.${n}` });
  await codes([one(0), one(1)]);
  list.setOrder(new Set([one(0).id, one(1).id]), [], now);
  const renewals = await codes(times(600, n => one(n % 2)));
  t.is(accepted(renewals), renewalsMin + 2 * renewalsPerServer);
  t.deepEqual(await codes([one(2)]), ['accept'], 'another server of his is bounded by quotas');
});

test('going and coming back is a change like any other', async t => {
  const { codes } = setup();
  const toggles = times(300, n => serverOf(0, { state: n % 2 === 0 ? 'up' : 'left' }));
  t.true(accepted(await codes(toggles)) <= 1 + renewalsMin + renewalsPerServer);
});

test('servers that run out at once and come back under other names are no way around it', async t => {
  const { codes, list, pass } = setup();
  let taken = 0;
  for (let wave = 0; wave < 6; wave++) {
    const brief = times(50, n => serverOf(1_000 * wave + n, { by: 1_000 * wave + n, expiresAt: now + minute }));
    taken += accepted(await codes(brief));
    list.tick(now + (2 + wave) * minute);
    t.is(list.listed.size, 0);
    pass(1);
  }
  t.is(taken, perPlace * perNetworkMax);
});

test('forged announcements spend nothing of whom they name', async t => {
  const { allowance, door } = setup();
  const forged = times(10, n => {
    const { bytes } = serverOf(n);
    return new TextEncoder().encode(new TextDecoder().decode(bytes).replace('Server', 'Forged'));
  });
  const codes = (await door.receive(forged, allowance)).map(({ verdict }) => verdict.action);
  t.deepEqual([...new Set(codes)], ['reject']);
  t.is(allowance.size, 0);
});

test('buckets are forgotten when they are full, and past their number the one used longest ago', t => {
  const { allowance } = setup();
  const purse = (n: number) => ({ name: `network ${n}`, tokens: 1 });
  for (let n = 0; n <= bucketsMax; n++) allowance.spend([purse(n)], now);
  t.is(allowance.size, bucketsMax);
  t.deepEqual([allowance.covers([purse(0)], now), allowance.covers([purse(1)], now)], [true, false]);
  t.false(allowance.covers([purse(1)], now - minute), 'a clock that was put back refills nothing');
  allowance.spend([purse(0)], now + refillMs);
  t.is(allowance.size, 1);
});
