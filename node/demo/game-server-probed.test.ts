import test from 'ava';
import { minute } from '../base/time.ts';
import { Asker } from '../probe/ask.ts';
import type { Observation } from '../probe/observation.ts';
import { Prober } from '../probe/prober.ts';
import { startGameServer } from './game-server.ts';

test('a server is asked over IPv6 too', async t => {
  const asker = new Asker(minute);
  t.teardown(() => asker.close());
  await using server = await startGameServer({
    ...{ protocol: 'quake3', name: 'X', map: 'dm6', maxPlayers: 4, players: 2 },
    host: '::1',
  });
  const port = Number(server.address.split(':').at(-1));
  t.like(await asker.ask({ ip: '::1', port, protocol: 'quake3' }), { players: 2, map: 'dm6' });
});

test('gamedig sees a real server on loopback come, change and go', async t => {
  const gameServer = await startGameServer({
    protocol: 'quake3',
    name: 'X',
    map: 'oa_dm1',
    maxPlayers: 12,
    players: 5,
  });
  // Whoever answers may take his time; only silence is not waited for so long.
  const [patient, hasty] = [new Asker(minute), new Asker(1_000)];
  let asker = patient;
  t.teardown(async () => {
    await Promise.all([patient.close(), hasty.close()]);
    await gameServer.close();
  });
  let now = 0;
  let tick = () => {};
  let seen = Promise.withResolvers<Observation>();
  const prober = new Prober(
    {
      clock: () => now,
      monotonic: () => now,
      random: () => 0,
      ticker: (intervalMs, task) => {
        if (intervalMs < minute) tick = () => void task();
      },
      resolve: async () => [],
      reaches: () => true,
      endorsed: () => false,
      ask: (...question) => asker.ask(...question),
      onObserved: (_, observation) => seen.resolve(observation),
      duty: () => ({ atMs: 0, firm: false }),
    },
    { intervalMs: minute, concurrency: 4, keepMs: 5 * minute, allowPrivateAddresses: true },
  );
  prober.run(new AbortController().signal);
  const next = async () => {
    seen = Promise.withResolvers();
    const ticking = setInterval(() => {
      now += 1_000;
      tick();
    }, 10);
    const observation = await seen.promise;
    clearInterval(ticking);
    return observation;
  };
  prober.list({ id: 'a', game: 'openarena', addresses: [gameServer.address], attributes: {} });
  t.like(await next(), { up: true, players: 5, maxPlayers: 12, map: 'oa_dm1', observers: 1 });
  gameServer.set({ players: 0, map: 'oa_dm2' });
  t.like(await next(), { up: true, players: 0, map: 'oa_dm2' });
  await gameServer.close();
  asker = hasty;
  t.like(await next(), { up: false, players: null });
});
