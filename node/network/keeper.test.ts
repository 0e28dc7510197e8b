import test from 'ava';
import { backoffMaxMs, entryBackoffMaxMs, Keeper, peersWanted, type Target } from './keeper.ts';

const entry = (address: string, peerId?: string): Target => ({ kind: 'entry', peerId, addresses: [address] });
const remembered = (peerId: string): Target => ({ kind: 'remembered', peerId, addresses: [`/${peerId}`] });

function setup(targets: Target[]) {
  const state = {
    now: 0,
    up: new Map<string, string>(),
    connected: new Set<string>(),
    dialled: [] as string[],
    hangUp: false,
  };
  const keeper = new Keeper({
    monotonic: () => state.now,
    random: () => 0.5,
    targets: () => targets,
    peersConnected: () => state.connected.size,
    isConnected: id => state.connected.has(id),
    dial: async ({ addresses: [address] }) => {
      state.dialled.push(address!);
      const peer = state.up.get(address!);
      if (peer === undefined) throw new Error('refused');
      if (!state.hangUp) state.connected.add(peer);
      return peer;
    },
    log: () => {},
  });
  const run = async (ms: number): Promise<string[]> => {
    state.dialled.length = 0;
    for (const end = state.now + ms; ; state.now += 1_000) {
      keeper.tick();
      // The dials of these tests take no time: one turn of the loop finishes them.
      await new Promise(resolve => setImmediate(resolve));
      if (state.now >= end) return [...state.dialled];
    }
  };
  return { state, run };
}

test('an entry point that is down is dialled again with growing pauses, at least once a minute', async t => {
  const { state, run } = setup([entry('/x')]);
  t.is((await run(63_000)).length, 6);
  t.is((await run(10 * entryBackoffMaxMs)).length, 10);
  state.up.set('/x', 'xavier');
  await run(entryBackoffMaxMs);
  t.true(state.connected.has('xavier'));
});

test('an entry point that answers is left alone until it is gone, then dialled at once', async t => {
  const { state, run } = setup([entry('/x')]);
  state.up.set('/x', 'xavier');
  t.is((await run(60_000)).length, 1);
  state.connected.delete('xavier');
  t.is((await run(0)).length, 1);
});

test('a peer that always hangs up at once is dialled as seldom as one that is down', async t => {
  const { state, run } = setup([entry('/x')]);
  state.up.set('/x', 'xavier');
  state.hangUp = true;
  t.is((await run(63_000)).length, 6);
});

test('entry points come before remembered peers, and nobody is dialled twice at one time', async t => {
  const many = Array.from({ length: peersWanted }, (_, index) => remembered(`peer${index}`));
  const { run } = setup([entry('/x', 'peer0'), ...many]);
  t.deepEqual(await run(0), ['/x', ...many.slice(1).map(target => target.addresses[0]!)]);
});

test('nobody is dialled while there are peers enough', async t => {
  const { state, run } = setup([entry('/x'), remembered('a')]);
  for (let index = 0; index < peersWanted; index++) state.connected.add(`inbound ${index}`);
  t.deepEqual(await run(60_000), []);
  state.connected.delete('inbound 0');
  t.deepEqual(await run(0), ['/x']);
});

test('a remembered peer that never answers is hardly dialled any more', async t => {
  const { run } = setup([remembered('a')]);
  await run(2 * backoffMaxMs);
  t.true((await run(10 * backoffMaxMs)).length <= 11);
});
