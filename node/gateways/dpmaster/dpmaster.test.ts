import test from 'ava';
import { fuzz } from '../../../test/gateway-fuzz.ts';
import { fuzzTargets } from '../../../test/gateway-targets.ts';
import { replay, transcripts } from '../../../test/gateway-transcripts.ts';
import { at, GatewayWorld, recorded } from '../../../test/gateways.ts';
import { minute, second } from '../../base/time.ts';
import { Challenges } from '../challenges.ts';
import { DpMaster, dpmaster, registrationOf } from './dpmaster.ts';
import { formatGetInfo, packetBytesMax } from './wire.ts';

const challenge = 'b57f80e';
const server = at('8.8.8.8:27960');

function setup(world = new GatewayWorld('dpmaster', dpmaster.timeoutMs), challenges = recorded(challenge)) {
  const udp = world.udp({ packetBytesMax, receive: exchange => master.receive(exchange) });
  const master: DpMaster = new DpMaster(world.deps, challenges, udp.ask);
  world.every(() => master.tick());
  const say = async (from = server, text: string) => {
    udp.message(packet(text), from);
    await world.settle();
    return world.sent.splice(0).map(({ bytes }) => bytes.toString('latin1', 4));
  };
  return { world, master, udp, say };
}

const packet = (text: string): Buffer => Buffer.from(`\xff\xff\xff\xff${text}`, 'latin1');
const info = (fields: string, answer = `0${challenge}`): string =>
  `infoResponse\n\\protocol\\71\\clients\\0\\sv_maxclients\\8\\gamename\\Quake3Arena\\challenge\\${answer}${fields}`;

for (const transcript of await transcripts('dpmaster')) {
  test(`${transcript.title}: byte for byte as recorded`, async t => {
    const { world, udp } = setup(undefined, recorded(transcript.challenge!));
    await replay(t, transcript, world, { udp: (from, bytes) => udp.message(bytes, from) });
  });
}

test('a server that answers its challenge is announced, without what changes every minute', async t => {
  const { world, say } = setup();
  t.deepEqual(await say(server, 'heartbeat QuakeArena-1\n'), [`getinfo 0${challenge}`]);
  t.is(world.announced.size, 0);
  t.deepEqual(await say(server, info('\\hostname\\^1Red ^xf00arena\\mapname\\oa_dm1\\gametype\\4')), []);
  t.deepEqual(world.announced.get('dpmaster-8.8.8.8-27960'), {
    server: 'dpmaster-8.8.8.8-27960',
    addresses: ['8.8.8.8:27960'],
    game: 'openarena',
    name: 'Red arena',
    version: '',
    tags: [],
    attributes: { gamename: 'Quake3Arena', gametype: '4', gateway: 'dpmaster', protocol: '71' },
  });
});

test('an answer with the challenge of another address, or none, lists nobody', async t => {
  const world = new GatewayWorld('dpmaster', dpmaster.timeoutMs);
  const { monotonic, secret } = world.deps;
  const { say } = setup(world, new Challenges({ secret, monotonic, lifetimeMs: 2 * second, length: 7 }));
  const [asked = ''] = await say(server, 'heartbeat QuakeArena-1\n');
  const proof = asked.slice('getinfo '.length);
  await say(at('8.8.8.8:27961'), info('', proof));
  await say(at('8.8.4.4:27960'), info('', proof));
  await say(server, info('', ''));
  t.is(world.counters.get('challenge-failed'), 3);
  world.now += 4 * second;
  await say(server, info('', proof));
  t.is(world.said.length, 0, 'its time is over');
  const [again = ''] = await say(server, 'heartbeat QuakeArena-1\n');
  await say(server, info('', again.slice('getinfo '.length)));
  t.is(world.said.length, 1);
});

test('getinfo is no longer than a heartbeat with a tag of five', t => {
  t.true(formatGetInfo(`0${challenge}`).length <= packet('heartbeat Quake\n').length);
});

test('a heartbeat that is shorter than our question is not answered', async t => {
  const { world, say } = setup();
  t.deepEqual(await say(server, 'heartbeat Q\n'), []);
  t.is(world.counters.get('withheld'), 1);
});

test('a server that sends no more heartbeats is withdrawn when its time is out', async t => {
  const { world, say } = setup();
  await say(server, 'heartbeat QuakeArena-1\n');
  await say(server, info(''));
  await world.pass(dpmaster.timeoutMs - second);
  t.is(world.announced.size, 1);
  await world.pass(second);
  t.deepEqual(world.said.at(-1), { withdrawn: 'dpmaster-8.8.8.8-27960' });
});

test('heartbeats and answers keep it for as long as they come, without a further announcement', async t => {
  const { world, say } = setup();
  for (let i = 0; i < 10; i++) {
    await say(server, 'heartbeat QuakeArena-1\n');
    await say(server, info(`\\mapname\\map${i}\\clients\\${i}`));
    await world.pass(5 * minute);
  }
  t.deepEqual([world.announced.size, world.said.length], [1, 1]);
});

test('a server that a probe found silent is asked three times, and withdrawn', async t => {
  const { world, master, say } = setup();
  await say(server, 'heartbeat QuakeArena-1\n');
  await say(server, info(''));
  master.recheck(server);
  t.deepEqual(
    world.sent.splice(0).map(({ bytes }) => bytes.toString('latin1', 4)),
    [`getinfo r${challenge}`],
  );
  await world.pass(10 * second);
  t.is(world.sent.length, 2);
  t.is(world.announced.size, 0);
});

test('… and stays as it is when it answers', async t => {
  const { world, master, say } = setup();
  await say(server, 'heartbeat QuakeArena-1\n');
  await say(server, info('\\hostname\\A'));
  master.recheck(server);
  await say(server, info('\\hostname\\B', `r${challenge}`));
  await world.pass(minute);
  t.deepEqual([world.announced.size, world.said.length], [1, 1]);
});

test('nobody is asked again who is not registered', t => {
  const { world, master } = setup();
  master.recheck(server);
  t.is(world.sent.length, 0);
});

test('a client who proved nothing is told five lists at once, and then one each three seconds', async t => {
  const { world, say } = setup();
  const told = async () => {
    let lists = 0;
    for (let i = 0; i < 20; i++) lists += (await say(at(`9.9.9.9:${5_000 + i}`), 'getservers 71 empty full')).length;
    return lists;
  };
  t.is(await told(), 5);
  world.now += 6 * second;
  t.is(await told(), 2);
});

for (const [title, given, anonymousName, expected] of [
  ['of OpenArena', { protocol: '71', gamename: 'Quake3Arena' }, 'Quake3Arena', 'openarena'],
  ['of Quake III', { protocol: '68', gamename: 'Quake3Arena' }, 'Quake3Arena', 'quake3arena'],
  ['of Xonotic', { protocol: '3', gamename: 'Xonotic' }, undefined, 'xonotic'],
  ['of a game that nobody heard of', { protocol: '7', gamename: 'My_Game-2' }, undefined, 'my_game-2'],
  ['of a mod of RTCW', { protocol: '60', gamename: 'main' }, 'wolfmp', 'rtcw'],
  ['without a name', { protocol: '3' }, undefined, undefined],
  ['with a space in its name', { protocol: '3', gamename: 'My Game' }, undefined, undefined],
  ['without a protocol', { gamename: 'Xonotic' }, undefined, undefined],
  ['with a protocol that is none', { protocol: 'x', gamename: 'Xonotic' }, undefined, undefined],
  ['without room', { protocol: '3', gamename: 'Xonotic', sv_maxclients: '0' }, undefined, undefined],
  ['without its clients', { protocol: '3', gamename: 'Xonotic', clients: null }, undefined, undefined],
] as const) {
  test(`a server ${title} is ${expected ?? 'not registered'}`, t => {
    const pairs = Object.entries({ sv_maxclients: '8', clients: '0', ...given });
    const fields = new Map(pairs.filter((pair): pair is [string, string] => pair[1] !== null));
    t.is(registrationOf(fields, anonymousName)?.game, expected);
  });
}

test('10,000 mutated packets: no crash, nothing larger than what came, nothing listed without a challenge', async t => {
  const report = await fuzz(fuzzTargets.dpmaster!(), 10_000);
  t.like(report, { packets: 10_000, larger: 0, overtold: 0, announced: 0 });
  t.true(report.answers > 100 && report.lists > 100, JSON.stringify(report));
});
