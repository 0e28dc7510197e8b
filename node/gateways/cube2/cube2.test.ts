import test from 'ava';
import { fuzz } from '../../../test/gateway-fuzz.ts';
import { fuzzTargets } from '../../../test/gateway-targets.ts';
import { replay, transcripts } from '../../../test/gateway-transcripts.ts';
import { at, GatewayWorld, recorded } from '../../../test/gateways.ts';
import { formatAddress } from '../../base/address.ts';
import { minute, second } from '../../base/time.ts';
import { cube2, redEclipse } from './cube2.ts';
import { CubeMaster } from './master.ts';
import type { Dialect } from './wire.ts';

const ping = 'q7Zx-0aB';
const server = at('8.8.8.8:28785');
const info = at('8.8.8.8:28786');

function setup(dialect: Dialect = 'cube2', challenge = ping, game?: string) {
  const { timeoutMs, name } = dialect === 'cube2' ? cube2 : redEclipse;
  const world = new GatewayWorld(name, timeoutMs);
  const connections = new Map<string, ReturnType<GatewayWorld['tcp']>>();
  const udp = world.udp({ packetBytesMax: 512, receive: ({ from, bytes }) => master.pong(from, bytes) });
  const master: CubeMaster = new CubeMaster({ ...world.deps, game }, dialect, timeoutMs, recorded(challenge), udp.ask);
  world.every(() => master.tick());
  const connect = (from = at('8.8.8.8:50000')) => {
    const held = connections.get(formatAddress(from)) ?? world.tcp(from);
    connections.set(formatAddress(from), held);
    return held;
  };
  const tell = (text: string, from = at('8.8.8.8:50000')) => master.read(connect(from), Buffer.from(text, 'latin1'));
  const pong = async (name = 'A cube', from = info) => {
    udp.message(
      Buffer.concat([Buffer.from(ping), Buffer.from([0, 5, 0x80, 4, 1, 0, 0, 12, 0, 0]), Buffer.from(`${name}\0`)]),
      from,
    );
    await world.settle();
  };
  const sent = () => world.sent.splice(0).map(({ peer, bytes }) => `${peer} ${bytes.toString('latin1')}`);
  return { world, master, udp, connect, tell, pong, sent };
}

const recordings = { cube2: await transcripts('cube2'), redeclipse: await transcripts('redeclipse') };
for (const dialect of ['cube2', 'redeclipse'] as const) {
  for (const transcript of recordings[dialect]) {
    test(`${transcript.title}: byte for byte as recorded`, async t => {
      const { world, udp, master, connect } = setup(dialect, transcript.challenge);
      world.barred = ['203.0.113.0/24'];
      await replay(t, transcript, world, {
        udp: (from, bytes) => udp.message(bytes, from),
        tcp: (from, bytes) => void master.read(connect(from), bytes),
        close: from => connect(from).close(),
      });
    });
  }
}

test('a server is announced once its ping came back, under its own name', async t => {
  const { world, tell, pong } = setup();
  tell('regserv 28785\n');
  t.is(world.said.length, 0);
  await pong('\f3Red \f7cube');
  t.deepEqual(world.announced.get('cube2-8.8.8.8-28785'), {
    server: 'cube2-8.8.8.8-28785',
    addresses: ['8.8.8.8:28785'],
    game: 'sauerbraten',
    name: 'Red cube',
    version: '',
    tags: [],
    attributes: { gateway: 'cube2', protocol: '260' },
  });
});

test('an answer from elsewhere, or to another ping, lists nobody', async t => {
  const { world, udp, tell, pong } = setup();
  tell('regserv 28785\n');
  await pong('liar', at('8.8.4.4:28786'));
  udp.message(Buffer.from([1, 1, 1, 0, 0, 0, 0]), info);
  t.is(world.said.length, 0);
  t.is(world.counters.get('challenge-failed'), 2);
});

test('a line may come in pieces, and several at once', t => {
  const { master, connect, sent } = setup();
  const connection = connect();
  const half = Buffer.from('reqauth 1 bob\nreqa');
  t.is(master.read(connection, half), 'reqauth 1 bob\n'.length);
  master.read(connection, Buffer.from('reqauth 2 eve\nreqauth 3 ann\n'));
  t.deepEqual(
    sent().map(line => line.split(' ').at(-1)),
    ['1\n', '2\n', '3\n'],
  );
});

for (const line of [
  'regserv',
  'regserv 0',
  'regserv 65535',
  'regserv -1',
  'regserv x',
  'regserv 1e3',
  'bogus',
  '\xff',
]) {
  test(`the line ${JSON.stringify(line)} registers nobody`, t => {
    const { world, tell, sent } = setup();
    tell(`${line}\n`);
    t.deepEqual(sent(), []);
    t.is(world.counters.get('malformed'), 1);
  });
}

test('a server without an answer is told so after five pings, and not listed', async t => {
  const { world, tell, sent } = setup();
  tell('regserv 28785\n');
  await world.pass(15 * second);
  const lines = sent();
  t.is(lines.filter(line => line.startsWith('udp')).length, 5);
  t.is(lines.at(-1), 'tcp 8.8.8.8:50000 failreg no answer to a ping on port 28786\n');
  t.is(world.said.length, 0);
});

test('a closed connection withdraws nobody who still answers', async t => {
  const { world, connect, tell, pong } = setup();
  tell('regserv 28785\n');
  await pong();
  connect().close();
  await pong();
  await world.pass(minute);
  t.is(world.announced.size, 1);
});

test('the client of the other dialect is told where it is', t => {
  const { sent, tell } = setup('redeclipse');
  tell('regserv 28785\n');
  t.deepEqual(sent(), [
    'tcp 8.8.8.8:50000 error "this is the master server of redeclipse, server will not be listed"\n',
  ]);
});

test('a registered server may hold its connection until its time is out', t => {
  const { connect, tell } = setup();
  tell('regserv 28785\n');
  t.is(connect().idleMs(), cube2.timeoutMs);
});

test('lists hold IPv4 and names, for the engine knows no IPv6', async t => {
  const { world, tell, sent } = setup();
  const game = 'sauerbraten';
  world.list('a', { game, addresses: ['8.8.8.8:28785'] });
  world.list('b', { game, addresses: ['[2a01:4f8::7]:28785', 'play.example.org:28795'] });
  world.list('c', { game, addresses: ['[2a01:4f8::7]:28785'] });
  world.list('d', { game: 'openarena', addresses: ['8.8.8.8:27960'] });
  tell('list\n');
  t.deepEqual(sent(), ['tcp 8.8.8.8:50000 addserver 8.8.8.8 28785\naddserver play.example.org 28795\n\0']);
});

test('what a Red Eclipse server calls itself cannot leave its quotes', async t => {
  const { world, tell, sent } = setup('redeclipse');
  world.list('a', {
    game: 'redeclipse',
    name: '"; quit; echo "^',
    addresses: ['8.8.8.8:28801'],
    attributes: { branch: 'a"b' },
  });
  tell('list\n');
  t.deepEqual(sent(), [
    'tcp 8.8.8.8:50000 clearservers\naddserver 8.8.8.8 28801 0 "^"; quit; echo ^"^^" "" "" "a^"b"\n',
  ]);
});

test('a gateway for another game of the engine announces and lists that game', async t => {
  const { world, tell, pong, sent } = setup('cube2', ping, 'inexor');
  tell('regserv 28785\n');
  await pong();
  t.is(world.announced.get('cube2-8.8.8.8-28785')?.game, 'inexor');
  world.list('b', { game: 'sauerbraten', addresses: ['8.8.4.4:28785'] });
  sent();
  tell('list\n', at('9.9.9.9:50000'));
  t.deepEqual(sent(), ['tcp 9.9.9.9:50000 addserver 8.8.8.8 28785\n\0']);
});

test("Tesseract's servers are asked on the game's port, behind two bytes that they do not repeat", async t => {
  const { world, tell, pong, sent } = setup('cube2', ping, 'tesseract');
  tell('regserv 42000\n');
  t.deepEqual(sent(), [`udp 8.8.8.8:42000 \xff\xff${ping}`]);
  await pong('A cube', at('8.8.8.8:42000'));
  t.is(world.announced.get('cube2-8.8.8.8-42000')?.game, 'tesseract');
});

test('bans are told with the registration, and once more when they change', async t => {
  const { world, tell, pong, sent } = setup();
  world.barred = ['203.0.113.0/24', '2001:db8::/32'];
  tell('regserv 28785\n');
  await pong();
  await world.pass(10 * second);
  sent();
  world.barred = ['198.51.100.7'];
  await world.pass(10 * second);
  await world.pass(minute);
  t.deepEqual(sent(), ['tcp 8.8.8.8:50000 cleargbans\naddgban 198.51.100.7\n']);
});

test('a server that said nothing for an hour and five minutes is withdrawn', async t => {
  const { world, tell, pong } = setup();
  tell('regserv 28785\n');
  await pong();
  world.now += cube2.timeoutMs - second;
  await world.pass(second);
  t.is(world.announced.size, 0);
  t.is(formatAddress(server), '8.8.8.8:28785');
});

for (const dialect of ['cube2', 'redeclipse'] as const) {
  test(`10,000 mutated lines and pings at ${dialect}: no crash, nothing listed without its ping`, async t => {
    const report = await fuzz(fuzzTargets[dialect]!(), 10_000);
    t.like(report, { packets: 10_000, announced: 0 });
    t.true(report.answers > 100, JSON.stringify(report));
  });
}
