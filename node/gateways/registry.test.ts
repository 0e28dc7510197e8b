import test from 'ava';
import { at, GatewayWorld } from '../../test/gateways.ts';
import { hour, minute, second } from '../base/time.ts';
import { barredMs, batchMax, changeGapMs, gameId, perHostMax, Registry, retryMs, slugOf } from './registry.ts';

const timeoutMs = 15 * minute;
const here = at('8.8.8.8:27960');
const it = { game: 'OpenArena', name: 'A', attributes: { protocol: '71' } };
const setup = (options = {}) => new GatewayWorld('dpmaster', timeoutMs, { lab: false, ...options });

test('a server is announced with what it says of itself, and by whom it was heard', async t => {
  const world = setup();
  t.is(world.registry.register(here, here, it), 'new');
  await world.settle();
  t.deepEqual(
    [...world.announced.values()],
    [
      {
        server: 'dpmaster-8.8.8.8-27960',
        addresses: ['8.8.8.8:27960'],
        game: 'openarena',
        name: 'A',
        version: '',
        tags: [],
        attributes: { gateway: 'dpmaster', protocol: '71' },
      },
    ],
  );
});

test('the same words announce nothing', async t => {
  const world = setup();
  world.registry.register(here, here, it);
  for (let i = 0; i < 20; i++) {
    await world.pass(5 * minute);
    t.is(world.registry.register(here, here, { ...it }), 'kept');
  }
  t.is(world.said.length, 1);
});

test('other words are announced, yet not sooner than some minutes after the last ones', async t => {
  const world = setup();
  world.registry.register(here, here, it);
  await world.pass(second);
  t.is(world.registry.register(here, here, { ...it, name: 'B' }), 'kept');
  await world.pass(changeGapMs - second);
  t.is(world.registry.register(here, here, { ...it, name: 'C' }), 'changed');
  await world.settle();
  t.deepEqual(
    world.said.map(said => 'name' in said && said.name),
    ['A', 'C'],
  );
});

for (const [address, from, lab, outcome] of [
  ['8.8.8.8:27960', '8.8.8.8:1', false, 'new'],
  ['8.8.8.8:27960', '8.8.4.4:27960', false, 'foreign-address'],
  ['127.0.0.1:27960', '127.0.0.1:27960', false, 'unreachable'],
  ['127.0.0.1:27960', '127.0.0.1:27960', true, 'new'],
  ['192.168.1.7:27960', '192.168.1.7:27960', false, 'unreachable'],
  ['203.0.113.7:27960', '203.0.113.7:27960', true, 'unreachable'],
  ['[2a01:4f8::7]:27960', '[2a01:4f8::7]:27960', false, 'new'],
  ['[::1]:27960', '[::1]:27960', false, 'unreachable'],
] as const) {
  test(`${address} registered from ${from}${lab ? ' in a lab' : ''} is ${outcome}`, t => {
    const world = new GatewayWorld('dpmaster', timeoutMs, { lab });
    t.is(world.registry.register(at(address), at(from), it), outcome);
  });
}

test('one host registers so many servers and no more, until one of them is gone', t => {
  const world = setup({ perHostMax });
  const outcomes = Array.from({ length: perHostMax + 1 }, (_, i) => {
    const address = { ...here, port: 1_000 + i };
    return world.registry.register(address, address, it);
  });
  t.deepEqual(new Set(outcomes.slice(0, perHostMax)), new Set(['new'] as const));
  t.is(outcomes.at(-1), 'too-many-there');
  world.registry.withdraw({ ...here, port: 1_000 });
  t.is(world.registry.register(here, here, it), 'new');
});

test('when all places are taken nobody new registers, and those who did stay', t => {
  const world = setup({ serversMax: 1 });
  world.registry.register(here, here, it);
  const other = at('8.8.4.4:27960');
  t.is(world.registry.register(other, other, it), 'full');
  t.is(world.registry.register(here, here, it), 'kept');
});

test('who is silent for the time-out is withdrawn, who speaks is not', async t => {
  const world = setup();
  const other = at('8.8.4.4:27960');
  world.registry.register(here, here, it);
  world.registry.register(other, other, it);
  await world.pass(timeoutMs / 2);
  world.registry.heard(other);
  await world.pass(timeoutMs / 2);
  t.deepEqual([...world.announced.keys()], ['dpmaster-8.8.4.4-27960']);
  t.is(world.registry.size, 1);
});

test('servers announced before a restart have the time-out to come back, and come back without a word', async t => {
  const world = setup();
  world.registry.resume([
    { server: 'dpmaster-8.8.8.8-27960', addresses: [here] },
    { server: 'dpmaster-8.8.4.4-27960', addresses: [at('8.8.4.4:27960')] },
    { server: 'of-somebody-else', addresses: [at('9.9.9.9:27960')] },
  ]);
  t.is(world.registry.size, 2);
  t.is(world.registry.register(here, here, it), 'new');
  await world.pass(timeoutMs);
  t.deepEqual(
    world.said.map(said => ('withdrawn' in said ? said.withdrawn : said.server)),
    ['dpmaster-8.8.8.8-27960', 'dpmaster-8.8.4.4-27960', 'dpmaster-8.8.8.8-27960'],
  );
});

test('a server that a rule bars is not tried again with each of its words, and others are announced beside it', async t => {
  const world = setup();
  world.refusal = server => (server.server === 'dpmaster-8.8.8.8-27960' ? new Error('barred') : undefined);
  const other = at('8.8.4.4:27960');
  world.registry.register(here, here, it);
  world.registry.register(other, other, it);
  await world.settle();
  t.deepEqual([...world.announced.keys()], ['dpmaster-8.8.4.4-27960']);
  t.is(world.registry.register(here, here, it), 'barred');
  await world.pass(barredMs + second);
  t.is(world.registry.register(here, here, it), 'new');
});

test('when deny rules are others, whom one barred comes back with his next word', async t => {
  const world = setup();
  world.refusal = () => new Error('barred');
  world.registry.register(here, here, it);
  await world.settle();
  t.is(world.registry.register(here, here, it), 'barred');
  world.refusal = () => undefined;
  world.registry.forgetBarred();
  t.is(world.registry.register(here, here, it), 'new');
  await world.settle();
  t.is(world.announced.size, 1);
});

test('a server that was announced before a restart, and is barred since, is withdrawn when it comes back', async t => {
  const world = setup();
  world.registry.resume([{ server: 'dpmaster-8.8.8.8-27960', addresses: [here] }]);
  world.refusal = () => new Error('barred');
  world.registry.register(here, here, it);
  await world.settle();
  await world.settle();
  t.deepEqual(world.said, [{ withdrawn: 'dpmaster-8.8.8.8-27960' }]);
  t.is(world.registry.size, 0);
});

test('what a full disk kept from being announced, or withdrawn, is said when there is room', async t => {
  const world = setup();
  const other = at('8.8.4.4:27960');
  world.registry.register(other, other, it);
  await world.settle();
  world.diskIsFull = true;
  world.registry.register(here, here, it);
  world.registry.withdraw(other);
  await world.settle();
  world.diskIsFull = false;
  t.is(world.registry.register(here, here, it), 'new');
  await world.pass(retryMs + second);
  t.deepEqual([...world.announced.keys()], ['dpmaster-8.8.8.8-27960']);
});

test('a server that leaves and comes back at once ends as it was said last', async t => {
  const world = setup();
  world.registry.register(here, here, it);
  world.registry.withdraw(here);
  world.registry.register(here, here, it);
  await world.settle();
  t.is(world.announced.size, 1);
});

test('what programs send is brought into the form of announcements', async t => {
  const world = setup();
  const long = 'x'.repeat(1_000);
  world.registry.register(here, here, {
    game: 'My Game! ™',
    name: `\u0007  Bob\u202e's ${long}`,
    version: long,
    tags: ['a', 'a', '', 'b'],
    attributes: { long, empty: '', ...Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`key${i}`, 'v'])) },
  });
  await world.settle();
  const [said] = [...world.announced.values()];
  t.is(said!.game, 'my-game');
  t.true(said!.name.startsWith("Bob's xxx"));
  t.deepEqual(
    [said!.name.length, said!.version.length, said!.tags, said!.attributes.long],
    [64, 32, ['a', 'b'], undefined],
  );
  t.is(Object.keys(said!.attributes).length, 16);
  t.is(said!.attributes.gateway, 'dpmaster');
});

test('no two addresses share a name, and names have the form that announcements want', t => {
  const addresses = ['8.8.8.8:1', '[::1]:1', '[2a01:4f8::7]:1', '[2a01:4f8:7::]:1', '[::7]:1', '[7::]:1'].map(at);
  const names = addresses.map(address => slugOf('redeclipse', address));
  t.is(new Set(names).size, names.length);
  for (const name of names) t.regex(name, /^[a-z0-9][a-z0-9_.-]{0,63}$/);
});

for (const [name, id] of [
  ['Quake3Arena', 'quake3arena'],
  ['et', 'et'],
  ['  ', 'unknown'],
  ['--a--', 'a'],
  ['Ärger', 'rger'],
] as const) {
  test(`a game that calls itself "${name}" is ${id}`, t => t.is(gameId(name), id));
}

test('servers that register at once are written together, yet not so many that nobody else gets a turn', async t => {
  const batches: number[] = [];
  const world = setup();
  const registry = new Registry({
    family: 'dpmaster',
    timeoutMs: hour,
    serversMax: 16_384,
    perHostMax,
    announce: async servers => {
      batches.push(servers.length);
      return servers.map(() => undefined);
    },
    withdraw: async () => {},
    sources: world.sources,
    later: () => {},
    monotonic: world.deps.monotonic,
    counters: world.counters,
    log: () => {},
  });
  for (let i = 0; i < 1_000; i++) {
    const address = at(`8.8.${i >> 8}.${i & 0xff}:27960`);
    registry.register(address, address, it);
  }
  await registry.settled();
  t.deepEqual(batches, [...Array<number>(7).fill(batchMax), 1_000 - 7 * batchMax]);
});
