import { setImmediate } from 'node:timers/promises';
import test from 'ava';
import type { Answer, Observation } from './observation.ts';
import { type Duty, type Listed, type PlaceView, Prober, type ProberOptions, type Question } from './prober.ts';

const answer: Answer = { players: 4, maxPlayers: 8, map: 'dm1', rttMs: 20 };
const minute = 60_000;

/** A prober on a fake clock. What `alive` says answers; `names` is the DNS. */
function setup(options: Partial<ProberOptions> = {}, alive: (question: Question) => boolean = () => true) {
  let now = 1_000_000;
  let aheadMs = 0;
  const tasks: { intervalMs: number; nextMs: number; task: () => void | Promise<void> }[] = [];
  const asked: (Question & { at: number })[] = [];
  const observed: [id: string, observation: Observation][] = [];
  const names = new Map<string, string[]>();
  const silences: { atMs: number; end: () => void }[] = [];
  let resolutions = 0;
  const it = {
    asked,
    observed,
    names,
    alive,
    resolutions: () => resolutions,
    ipv6: true,
    endorsed: new Set<string>(),
    duty: (_: PlaceView): Duty => ({ atMs: 0, firm: false }),
    /** How long a question takes that is not answered. */
    silenceMs: 0,
    /** When set, answers wait for it. */
    hold: undefined as Promise<void> | undefined,
    /** Somebody sets the clock. */
    set(byMs: number) {
      aheadMs += byMs;
    },
    async pass(ms: number) {
      for (const end = now + ms; now < end; ) {
        now += 250;
        for (const { atMs, end } of silences) if (atMs <= now) end();
        for (const ticking of tasks) {
          if (now < ticking.nextMs) continue;
          ticking.nextMs = now + ticking.intervalMs;
          await ticking.task();
        }
        // Everything that does not wait for time settles before time goes on.
        for (let turn = 0; turn < 3; turn++) await setImmediate();
      }
    },
  };
  const prober = new Prober(
    {
      clock: () => now + aheadMs,
      monotonic: () => now,
      random: () => 0.5,
      ticker: (intervalMs, task) => void tasks.push({ intervalMs, nextMs: now + intervalMs, task }),
      resolve: async name => {
        resolutions++;
        const ips = names.get(name);
        if (!ips) throw new Error('ENOTFOUND');
        return ips;
      },
      reaches: ip => it.ipv6 || !ip.includes(':'),
      ask: async question => {
        asked.push({ ...question, at: now });
        await it.hold;
        if (it.alive(question)) return answer;
        if (it.silenceMs > 0) await new Promise<void>(end => silences.push({ atMs: now + it.silenceMs, end }));
        return undefined;
      },
      onObserved: (id, observation) => void observed.push([id, observation]),
      duty: place => it.duty(place),
      endorsed: id => it.endorsed.has(id),
    },
    { intervalMs: minute, concurrency: 16, keepMs: 5 * minute, allowPrivateAddresses: false, ...options },
  );
  const controller = new AbortController();
  prober.run(controller.signal);
  const list = (id: string, ...addresses: string[]) => prober.list(server(id, addresses));
  return Object.assign(it, { prober, list, stop: () => controller.abort() });
}

const server = (id: string, addresses: string[], more: Partial<Listed> = {}): Listed => ({
  id,
  game: 'openarena',
  addresses,
  attributes: {},
  ...more,
});

test('a newly listed server is asked within two seconds, and everybody is told', async t => {
  const { prober, list, pass, observed } = setup();
  await pass(minute);
  list('a', '8.8.8.8:27960');
  t.is(prober.get('a'), null);
  await pass(2_000);
  t.like(prober.get('a'), { up: true, ...answer, observers: 1 });
  t.deepEqual(observed, [['a', prober.get('a')!]]);
});

test('an address is asked once an interval though 1,000 servers announce it, and all share what was seen', async t => {
  const { prober, list, pass, asked, observed } = setup();
  for (let i = 0; i < 1_000; i++) list(`${i}`, '8.8.8.8:27960');
  await pass(10 * minute);
  t.true(asked.length >= 9 && asked.length <= 10, `${asked.length}`);
  for (const [i, { at }] of asked.entries()) t.true(i === 0 || at - asked[i - 1]!.at >= minute);
  t.true(prober.get('0')!.up && prober.get('999')!.up);
  t.is(observed.length, 1_000 * asked.length);
});

test('names that lead to one address do not multiply the questions, nor do games and withdrawals', async t => {
  const { prober, pass, asked, names, resolutions } = setup();
  for (let i = 0; i < 50; i++) {
    names.set(`host${i}.example.org`, ['8.8.8.8']);
    prober.list(server(`${i}`, [`host${i}.example.org:27960`], i % 2 ? { game: 'css' } : {}));
  }
  await pass(minute / 2);
  for (let i = 0; i < 50; i++) {
    prober.forget(`${i}`);
    prober.list(server(`${i}`, [`host${i}.example.org:27960`]));
  }
  await pass(minute / 4);
  t.is(asked.length, 1);
  t.is(resolutions(), 100);
});

test('servers of one host are asked a second apart, in a lab all at once', async t => {
  const { list, pass, asked } = setup({ allowPrivateAddresses: true });
  for (let i = 0; i < 5; i++) {
    list(`far ${i}`, `8.8.8.8:${27_960 + i}`);
    list(`near ${i}`, `127.0.0.1:${27_960 + i}`);
  }
  await pass(1_000);
  t.is(asked.filter(({ ip }) => ip === '127.0.0.1').length, 5);
  await pass(10_000);
  const times = asked.filter(({ ip }) => ip === '8.8.8.8').map(({ at }) => at);
  t.is(times.length, 5);
  t.true(times.slice(1).every((at, i) => at - times[i]! >= 1_000));
});

test('no more questions are on their way at once than allowed', async t => {
  const it = setup({ concurrency: 3 });
  const { promise, resolve } = Promise.withResolvers<void>();
  it.hold = promise;
  for (let i = 0; i < 20; i++) it.list(`${i}`, `8.8.8.${i}:27960`);
  await it.pass(5_000);
  t.is(it.asked.length, 3);
  resolve();
  await it.pass(1_000);
  t.is(it.asked.length, 20);
});

for (const [title, address, allowed] of [
  ['a loopback address', '127.0.0.1:27960', true],
  ['a LAN address', '192.168.1.1:27960', true],
  ['the cloud metadata address', '169.254.169.254:80', true],
  ['a documentation address', '203.0.113.7:27960', false],
] as const) {
  test(`${title} is not asked${allowed ? ' unless private addresses are allowed' : ' even if private ones are allowed'}`, async t => {
    const outside = setup();
    outside.list('a', address);
    await outside.pass(2 * minute);
    t.is(outside.asked.length, 0);
    t.is(outside.prober.get('a'), null);
    const lab = setup({ allowPrivateAddresses: true });
    lab.list('a', address);
    await lab.pass(1_000);
    t.is(lab.asked.length, Number(allowed));
  });
}

test('a name that turns to a private address after the first probe is not asked there', async t => {
  const { prober, list, pass, asked, names } = setup();
  names.set('rebind.example.org', ['8.8.8.8']);
  list('a', 'rebind.example.org:27960');
  await pass(minute / 2);
  t.true(prober.get('a')!.up);
  names.set('rebind.example.org', ['127.0.0.1', '::ffff:10.0.0.1']);
  await pass(5 * minute);
  t.deepEqual([...new Set(asked.map(({ ip }) => ip))], ['8.8.8.8']);
  t.is(prober.get('a'), null);
});

test('a server is down only after two silences a second apart', async t => {
  const { list, pass, asked, observed } = setup({}, () => false);
  list('a', '8.8.8.8:27960');
  await pass(10_000);
  t.is(asked.length, 2);
  t.true(asked[1]!.at - asked[0]!.at >= 1_000);
  t.is(observed.length, 1);
  t.like(observed[0]![1], { up: false, players: null, map: null, at: asked[1]!.at });
});

test('a server that loses one packet stays up, and one that stopped turns down with the next probe', async t => {
  const it = setup();
  it.list('a', '8.8.8.8:27960');
  await it.pass(1_000);
  let losses = 1;
  it.alive = () => losses-- <= 0;
  await it.pass(1.2 * minute);
  t.is(it.asked.length, 3);
  t.true(it.observed.every(([, { up }]) => up));
  it.alive = () => false;
  await it.pass(1.2 * minute);
  t.false(it.prober.get('a')!.up);
});

test('a server with IPv4 and IPv6 is up if one of them answers', async t => {
  const { prober, list, pass } = setup({}, ({ ip }) => ip.includes(':'));
  list('a', '8.8.8.8:27960', '[2a01:4f8::1]:27960');
  await pass(10_000);
  t.true(prober.get('a')!.up);
});

test('an IPv6 server is unknown, not down, to a node without IPv6', async t => {
  const it = setup();
  it.ipv6 = false;
  it.list('a', '[2a01:4f8::1]:27960');
  await it.pass(minute);
  t.is(it.asked.length, 0);
  t.is(it.prober.get('a'), null);
});

test('what was seen is forgotten when it is old, and when the server is gone', async t => {
  const { prober, list, pass, stop } = setup();
  for (const id of ['a', 'b']) list(id, '8.8.8.8:27960');
  await pass(1_000);
  prober.forget('b');
  t.is(prober.get('b'), null);
  t.truthy(prober.get('a'));
  stop();
  await pass(5 * minute);
  t.is(prober.get('a'), null);
});

test('a renewal that changes nothing asks nothing, a new address is asked at once', async t => {
  const { prober, list, pass, asked } = setup();
  list('a', '8.8.8.8:27960');
  await pass(1_000);
  list('a', '8.8.8.8:27960');
  await pass(5_000);
  t.is(asked.length, 1);
  list('a', '9.9.9.9:27960');
  t.is(prober.get('a'), null);
  await pass(1_000);
  t.deepEqual(
    asked.map(({ ip }) => ip),
    ['8.8.8.8', '9.9.9.9'],
  );
});

test('a game that cannot be asked stays unknown', async t => {
  const { prober, pass, asked } = setup();
  prober.list(server('a', ['8.8.8.8:28785'], { game: 'sauerbraten' }));
  await pass(minute);
  t.is(asked.length, 0);
  t.is(prober.get('a'), null);
});

test('1,000 announcements that name one victim by many ports and names get it 10 questions in an hour', async t => {
  const { prober, pass, asked, names } = setup({}, () => false);
  for (let i = 0; i < 1_000; i++) {
    names.set(`name${i}.example.org`, ['8.8.8.8']);
    const host = i % 2 ? '8.8.8.8' : `name${i}.example.org`;
    prober.list(server(`${i}`, [`${host}:${1_024 + i}`]));
  }
  await pass(60 * minute);
  t.is(new Set(asked.map(({ ip }) => ip)).size, 1);
  // At 0, 1, 2, 4, 8, 16, 32 and 48 minutes, and a second try of each.
  t.true(asked.length >= 12 && asked.length <= 16, `${asked.length}`);
});

test('what others ask is thought over when it is time to and not asked; what was firm once is asked, whatever they do', async t => {
  const it = setup();
  const views: unknown[] = [];
  it.duty = ({ host, servers, askedAtMs }) => {
    views.push([host, [...servers], askedAtMs]);
    return { atMs: 1_010_000 * views.length, firm: false };
  };
  it.list('a', '8.8.8.8:27960', '[2a01:4f8::1]:27960');
  await it.pass(15_000);
  t.is(it.asked.length, 0);
  t.deepEqual(views, [
    ['8.8.8.8', ['a'], undefined],
    ['8.8.8.8', ['a'], undefined],
    ['8.8.8.8', ['a'], undefined],
  ]);
  it.prober.forget('a');
  it.duty = () => ({ atMs: 1_030_000, firm: true });
  it.list('a', '8.8.8.8:27960');
  await it.pass(1_000);
  it.duty = () => ({ atMs: 2_000_000, firm: false });
  await it.pass(15_000);
  t.deepEqual(
    it.asked.map(({ at }) => at),
    [1_030_000],
  );
});

test('a second address is asked by those who ask its owner’s, not by those whom a stranger’s first address draws', async t => {
  const it = setup();
  const hosts = new Map<string, string>();
  it.duty = ({ host, servers }) => {
    for (const id of servers) hosts.set(id, host);
    return { atMs: 9e9, firm: false };
  };
  it.list('stranger', '9.9.9.9:27960', '8.8.8.8:27960');
  it.list('owner', '8.8.8.8:27960');
  await it.pass(1_000);
  t.is(hosts.get('owner'), '8.8.8.8');
});

test('what others saw change is looked at soon', async t => {
  const it = setup();
  it.list('a', '8.8.8.8:27960');
  await it.pass(20_000);
  it.alive = () => false;
  it.prober.hurry('a');
  it.prober.hurry('never listed');
  await it.pass(5_000);
  t.false(it.prober.get('a')!.up);
});

test('endorsed servers and those that have answered keep their interval among 10,000 silent ones', async t => {
  const isHonest = (ip: string) => ip.startsWith('9.9.');
  const it = setup({ concurrency: 4 }, ({ ip }) => isHonest(ip));
  const { prober, list, pass, asked, endorsed } = it;
  it.silenceMs = 1_000;
  for (let n = 0; n < 50; n++) list(`answers${n}`, `9.9.9.${n + 1}:27960`);
  await pass(minute);
  for (let n = 0; n < 10_000; n++) list(`silent${n}`, `20.${n >> 8}.${n & 255}.1:27960`);
  for (let n = 0; n < 50; n++) list(`endorsed${n}`, `9.9.8.${n + 1}:27960`);
  for (let n = 0; n < 50; n++) endorsed.add(`endorsed${n}`);
  prober.restated();
  const from = asked.length;
  await pass(5 * minute);
  const times = new Map<string, number>();
  for (const { ip } of asked.slice(from)) if (isHonest(ip)) times.set(ip, (times.get(ip) ?? 0) + 1);
  t.is(times.size, 100);
  t.true(Math.min(...times.values()) >= 4, `${Math.min(...times.values())} times in five minutes`);
  t.true(
    asked.slice(from).some(({ ip }) => !isHonest(ip)),
    'strangers have their turns as well',
  );
});

test('a clock that is set back, or on, neither stops the questions nor makes them more, and what is seen has its date', async t => {
  for (const byMs of [-10 * minute, 10 * minute]) {
    const { prober, list, asked, pass, set, stop } = setup();
    list('a', '8.8.8.8:27960');
    await pass(minute);
    const { at } = prober.get('a')!;
    set(byMs);
    await pass(8 * minute);
    t.true(asked.length === 8 || asked.length === 9, `${asked.length} questions in 9 minutes`);
    const aheadMs = prober.get('a')!.at - at - byMs;
    t.true(aheadMs > 0 && aheadMs <= 9 * minute);
    stop();
  }
});

test('what came of a question is told though the clock was set back before it', async t => {
  const { observed, list, pass, set, stop } = setup();
  list('a', '8.8.8.8:27960');
  await pass(minute / 2);
  set(-10 * minute);
  observed.length = 0;
  await pass(2 * minute);
  t.true(observed.length > 0);
  stop();
});
