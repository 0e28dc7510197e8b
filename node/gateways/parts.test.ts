import test from 'ava';
import { at } from '../../test/gateways.ts';
import { second } from '../base/time.ts';
import { Buckets, sourcesMax } from './buckets.ts';
import { Challenges } from './challenges.ts';
import { Listing, promptMs, type Row } from './listing.ts';
import { peerOf } from './peers.ts';
import { requestRate, Sources } from './sources.ts';

test('a bucket gives what it holds, and fills again with time', t => {
  const buckets = new Buckets({ burst: 3, perSecond: 2 });
  t.deepEqual(
    [1, 2, 3, 4].map(() => buckets.take('a', 0)),
    [true, true, true, false],
  );
  t.true(buckets.take('b', 0), 'others have their own');
  t.false(buckets.take('a', 499));
  t.true(buckets.take('a', 500));
  t.false(buckets.take('a', 500));
  t.deepEqual(
    [1, 2, 3, 4].map(() => buckets.take('a', 100 * second)),
    [true, true, true, false],
  );
});

test('a clock that goes back fills no bucket and empties none', t => {
  const buckets = new Buckets({ burst: 2, perSecond: 1 });
  t.true(buckets.take('a', 10_000));
  t.true(buckets.take('a', 0));
  t.false(buckets.take('a', 0));
});

test('buckets are bounded: a flood pushes out who was quiet, and nobody who spoke', t => {
  const buckets = new Buckets({ burst: 1, perSecond: 0.001 });
  buckets.take('quiet', 0);
  for (let i = 0; i < 2 * sourcesMax; i++) {
    buckets.take(`flood ${i}`, 0);
    if (i % 1_000 === 0) buckets.take('busy', 0);
  }
  t.true(buckets.size <= sourcesMax);
  t.false(buckets.take('busy', 0));
  t.true(buckets.take('quiet', 0));
});

test('a challenge is good for its address, its port, what it is about and its time, and for nothing else', t => {
  let now = 1_000 * second;
  const challenges = new Challenges({
    secret: Buffer.alloc(32, 1),
    monotonic: () => now,
    lifetimeMs: 2 * second,
    length: 8,
  });
  const here = at('8.8.8.8:27960');
  const challenge = challenges.issue(here, 'q');
  t.regex(challenge, /^[A-Za-z0-9_-]{8}$/);
  t.true(challenges.holds(here, challenge, 'q'));
  t.false(challenges.holds(at('8.8.8.8:27961'), challenge, 'q'));
  t.false(challenges.holds(at('8.8.4.4:27960'), challenge, 'q'));
  t.false(challenges.holds(here, challenge, 'x'));
  t.false(challenges.holds(here, '', 'q'));
  now += 2 * second;
  t.true(challenges.holds(here, challenge, 'q'));
  now += 2 * second;
  t.false(challenges.holds(here, challenge, 'q'));
  const other = new Challenges({
    secret: Buffer.alloc(32, 2),
    monotonic: () => now,
    lifetimeMs: 2 * second,
    length: 8,
  });
  t.not(other.issue(here), challenges.issue(here));
});

test('all ports of one address are one source, and so are all addresses of an IPv6 /48; not so in a lab', t => {
  for (const [lab, first, second, shared] of [
    [false, '8.8.8.8:1', '8.8.8.8:2', true],
    [false, '8.8.8.8:1', '8.8.4.4:1', false],
    [false, '[2a01:4f8:1::1]:1', '[2a01:4f8:1:ffff::2]:2', true],
    [false, '[2a01:4f8:1::1]:1', '[2a01:4f8:2::1]:1', false],
    [true, '127.0.0.1:1', '127.0.0.1:2', false],
    [true, '8.8.8.8:1', '8.8.8.8:2', true],
  ] as const) {
    const sources = new Sources(() => 0, lab);
    for (let i = 0; i < requestRate.burst; i++) sources.mayAsk(at(first));
    t.is(sources.mayAsk(at(second)), !shared, `${first} and ${second}`);
  }
});

for (const [address, host, kind] of [
  ['8.8.8.8', '8.8.8.8', 'ipv4'],
  ['::ffff:8.8.8.8', '8.8.8.8', 'ipv4'],
  ['2A01:4f8:0:0::7', '2a01:4f8::7', 'ipv6'],
  ['fe80::1%eth0', 'fe80::1', 'ipv6'],
] as const) {
  test(`a socket's ${address} is ${host}`, t => t.deepEqual(peerOf(address, 7), { kind, host, port: 7 }));
}

function listing() {
  const world = { now: 0, sorted: 0, rows: new Map<string, Row>() };
  const rows = (ids: Iterable<string>) => {
    world.sorted++;
    return [...ids].flatMap(id => world.rows.get(id) ?? []);
  };
  const it = new Listing({ rows, monotonic: () => world.now });
  const put = (id: string, game: string, state = 'up') => {
    const announcement = { game, state } as never;
    world.rows.set(id, { id, game } as Row);
    it.set(id, announcement);
  };
  return { world, it, put };
}

test('a group holds the servers that name it, and forgets those that leave', t => {
  const { world, it, put } = listing();
  const groups = it.groups(({ game }) => [game, 'all'], []);
  put('a', 'quake');
  put('b', 'cube');
  t.deepEqual(
    groups.get('quake').map(({ id }) => id),
    ['a'],
  );
  t.deepEqual(
    groups.get('all').map(({ id }) => id),
    ['a', 'b'],
  );
  put('a', 'cube');
  put('b', 'cube', 'left');
  world.now += promptMs;
  t.deepEqual(groups.get('quake'), []);
  t.deepEqual(
    groups.get('all').map(({ id }) => id),
    ['a'],
  );
  it.set('a', undefined);
  world.now += promptMs;
  t.deepEqual(groups.get('all'), []);
});

test('a group is the very same array for a second, and for a tenth of one whatever changes', t => {
  const { world, it, put } = listing();
  const groups = it.groups(({ game }) => [game], []);
  put('a', 'quake');
  const first = groups.get('quake');
  for (let i = 0; i < 1_000; i++) {
    put(`b${i}`, 'quake');
    t.is(groups.get('quake'), first);
  }
  world.now += promptMs;
  t.is(groups.get('quake').length, 1_001);
  t.is(world.sorted, 2);
});

test('questions about groups that nobody is in keep nothing', t => {
  const { world, it } = listing();
  const groups = it.groups(({ game }) => [game], []);
  for (let i = 0; i < 1_000; i++) t.is(groups.get(`nobody ${i}`).length, 0);
  t.is(world.sorted, 0);
});
