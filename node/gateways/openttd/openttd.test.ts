import test from 'ava';
import fc from 'fast-check';
import { fuzz } from '../../../test/gateway-fuzz.ts';
import { fuzzTargets } from '../../../test/gateway-targets.ts';
import { replay, transcripts } from '../../../test/gateway-transcripts.ts';
import { at, GatewayWorld } from '../../../test/gateways.ts';
import { formatAddress } from '../../base/address.ts';
import { second } from '../../base/time.ts';
import { dayOfYear, formatGameInfo, type GameInfo, landscapes, parseGameInfo, yearOfDay } from './game-info.ts';
import { OpenTtdMaster } from './master.ts';
import { openttd } from './openttd.ts';
import { Reader, Writer } from './packet.ts';
import { codeOf } from './rows.ts';
import { formatListing, packetLength, parse, parseGameInfoAnswer } from './wire.ts';

const recordings = await transcripts('openttd');
const server = at('8.8.8.8:3979');
const info: GameInfo = {
  name: 'Bob’s',
  revision: '13.0',
  passworded: false,
  clients: 2,
  clientsMax: 25,
  width: 256,
  height: 512,
  landscape: 'arctic',
  dedicated: true,
  began: dayOfYear(1950),
};
const update = (form = 6, it = info) => formatGameInfo(new Writer(0x03).uint8(6), it, form).packet();
const registerPacket = (kind = 1, port = 3979, code = '', secret = '') =>
  new Writer(0x01).uint8(6).uint8(kind).uint16(port).text(code).text(secret).packet();
const listing = (form = 6) => new Writer(0x04).uint8(6).uint8(form).text('13.0').uint32(0).packet();

function setup() {
  const world = new GatewayWorld('openttd', openttd.timeoutMs);
  const connections = new Map<string, ReturnType<GatewayWorld['tcp']>>();
  const there = new Map([[formatAddress(server), info]]);
  const asked: string[] = [];
  const master = new OpenTtdMaster(world.deps, openttd.timeoutMs, address => {
    asked.push(formatAddress(address));
    return Promise.resolve(there.get(formatAddress(address)));
  });
  const connect = (from = at('8.8.8.8:50000')) => {
    const held = connections.get(formatAddress(from));
    const connection = held && !held.closed.aborted ? held : world.tcp(from);
    connections.set(formatAddress(from), connection);
    return connection;
  };
  const say = async (bytes: Buffer, from = at('8.8.8.8:50000')) => {
    master.read(connect(from), bytes);
    await settled(world);
    return world.sent.splice(0).map(it => it.bytes);
  };
  return { world, master, there, asked, connect, say };
}

/** Servers are asked over promises that are fulfilled. */
async function settled(world: GatewayWorld): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await world.settle();
}

test('a server that can be reached is announced, and told its invite code', async t => {
  const { world, asked, say } = setup();
  const [ack] = await say(registerPacket());
  t.deepEqual(asked, ['8.8.8.8:3979']);
  t.is(ack![2], 0x02);
  t.is(ack!.at(-1), 2, 'direct');
  t.true(ack!.includes(`${codeOf(server)}\0`));
  t.deepEqual(world.announced.get('openttd-8.8.8.8-3979'), {
    server: 'openttd-8.8.8.8-3979',
    addresses: ['8.8.8.8:3979'],
    game: 'openttd',
    name: 'Bob’s',
    version: '13.0',
    tags: [],
    attributes: { began: '1950', gateway: 'openttd', landscape: 'arctic', size: '256x512' },
  });
});

test('code and secret are the same when a server comes back, whatever it sends', async t => {
  const { connect, say } = setup();
  const first = await say(registerPacket());
  connect().close();
  t.deepEqual(await say(registerPacket(1, 3979, '+OTHER', 'guessed')), first);
});

test('a server that cannot be reached is told so, and its updates list nobody', async t => {
  const { world, there, say } = setup();
  there.clear();
  const [ack] = await say(registerPacket());
  t.is(ack!.at(-1), 1, 'isolated');
  await say(update());
  t.is(world.said.length, 0);
});

for (const [kind, name] of [
  [0, 'local'],
  [2, 'invite-only'],
] as const) {
  test(`a game that is ${name} has a code and is not listed`, async t => {
    const { world, say } = setup();
    const [ack] = await say(registerPacket(kind));
    await say(update());
    t.is(ack![2], 0x02);
    t.is(world.said.length, 0);
    const [, direct] = await say(new Writer(0x06).uint8(6).text(codeOf(server)).packet(), at('8.8.4.4:1'));
    t.is(direct![2], 0x0b, 'who has the code finds it');
  });
}

test('nobody registers at an address that others cannot reach', async t => {
  const { world, there, say } = setup();
  const odd = at('203.0.113.7:3979');
  there.set(formatAddress(odd), info);
  const [error] = await say(registerPacket(), at('203.0.113.7:50000'));
  t.deepEqual([error![2], error![3]], [0x00, 1]);
  t.is(world.said.length, 0);
});

test('a second registration over one connection closes it', async t => {
  const { connect, say } = setup();
  await say(registerPacket());
  const connection = connect();
  await say(registerPacket(1, 3980));
  t.true(connection.closed.aborted);
});

test('a closed connection is a stopped server; one that came back before is not', async t => {
  const { world, connect, say } = setup();
  await say(registerPacket());
  const old = connect();
  await say(registerPacket(), at('8.8.8.8:50001'));
  old.close();
  await settled(world);
  t.is(world.announced.size, 1);
  connect(at('8.8.8.8:50001')).close();
  await settled(world);
  t.is(world.announced.size, 0);
});

test('a server that a probe found silent is asked, and leaves if it stays so', async t => {
  const { world, master, there, connect, say } = setup();
  await say(registerPacket());
  const connection = connect();
  await master.recheck(server);
  t.is(world.registry.size, 1);
  there.clear();
  await master.recheck(server);
  await settled(world);
  t.is(world.announced.size, 0);
  t.true(connection.closed.aborted, 'it has to register again');
});

test('updates keep a server listed; without them it goes', async t => {
  const { world, say } = setup();
  await say(registerPacket());
  for (let i = 0; i < 4; i++) {
    await world.pass(30 * second);
    await say(update());
  }
  t.is(world.announced.size, 1);
  await world.pass(openttd.timeoutMs);
  t.is(world.announced.size, 0);
});

test('a listing has the servers of the whole network, and an empty packet at its end', async t => {
  const { world, say } = setup();
  const observed = { up: true, players: 3, maxPlayers: 15, map: null, rttMs: 3 };
  const attributes = { landscape: 'toyland', size: '64x128', began: '1980', password: 'yes' };
  world.list('a', {
    game: 'openttd',
    name: 'A',
    version: '14.1',
    addresses: ['[2a01:4f8::7]:3979'],
    attributes,
    observed,
  });
  world.list('b', { game: 'openarena', addresses: ['8.8.4.4:27960'] });
  const [bytes] = await say(listing(), at('8.8.4.4:1'));
  const first = bytes!.subarray(0, packetLength(bytes!));
  t.is(first.readUInt16LE(3), 1);
  const reader = new Reader(first.subarray(5));
  t.is(reader.text(64), '[2a01:4f8::7]:3979');
  t.deepEqual(parseGameInfo(reader), {
    name: 'A',
    revision: '14.1',
    passworded: true,
    clients: 3,
    clientsMax: 15,
    width: 64,
    height: 128,
    landscape: 'toyland',
    dedicated: true,
    began: dayOfYear(1980),
  });
  t.is(bytes!.subarray(first.length).toString('hex'), '0500050000');
});

test('a code finds a server that another gateway lists; one that there is not is told apart', async t => {
  const { world, say } = setup();
  world.list('a', { game: 'openttd', addresses: ['8.8.4.4:3979'] });
  const code = codeOf(at('8.8.4.4:3979'));
  const [connecting, direct] = await say(new Writer(0x06).uint8(6).text(code).packet(), at('9.9.9.9:1'));
  t.is(connecting![2], 0x07);
  t.is(
    direct!.subarray(3).toString('hex'),
    Buffer.from(`${code}\0\x008.8.4.4\0`).toString('hex') + Buffer.from([0x8b, 0x0f]).toString('hex'),
  );
  const [failed] = await say(new Writer(0x08).uint8(6).text(code).uint8(0).packet(), at('9.9.9.9:1'));
  t.is(failed!.subarray(2).toString('latin1'), `\x09${code}\0`);
  const [error] = await say(new Writer(0x06).uint8(6).text('+NONE').packet(), at('9.9.9.9:1'));
  t.is(error!.subarray(2).toString('latin1'), '\x00\x02+NONE\0');
});

test('a packet may come in pieces, and several at once', async t => {
  const { world, master, connect } = setup();
  const [one, two] = [registerPacket(), update()];
  t.is(master.read(connect(), one.subarray(0, 5)), 0);
  t.is(master.read(connect(), Buffer.concat([one, two, two.subarray(0, 9)])), one.length + two.length);
  await settled(world);
  t.is(world.announced.size, 1);
});

for (const [title, hex] of [
  ['a length below its own head', '020001'],
  ['a length above the largest', 'ffff01'],
  ['an unknown type', '04006306'],
  ['version 0', '0900010001cb0f0000'],
  ['port 0', '0900010601000000' + '00'],
  ['a text without end', '0b0001060100ff414141'.padEnd(22, '41')],
] as const) {
  test(`${title} ends the connection`, async t => {
    const { world, connect, say } = setup();
    const connection = connect();
    await say(Buffer.from(hex, 'hex'));
    t.true(connection.closed.aborted);
    t.is(world.counters.get('malformed'), 1);
  });
}

test('game info is read as it was written, in each of its seven forms', t => {
  const text = fc.string({ maxLength: 20, unit: 'grapheme-ascii' });
  const given = fc.record({
    name: text,
    revision: text,
    passworded: fc.boolean(),
    clients: fc.nat(255),
    clientsMax: fc.nat(255),
    width: fc.nat(4_096),
    height: fc.nat(4_096),
    landscape: fc.constantFrom(...landscapes),
    dedicated: fc.boolean(),
    began: fc.integer({ min: dayOfYear(1920), max: dayOfYear(2090) }),
  });
  fc.assert(
    fc.property(given, fc.integer({ min: 1, max: 7 }), (it, form) => {
      const reader = new Reader(formatGameInfo(new Writer(0), it, form).body());
      t.deepEqual(parseGameInfo(reader), it);
    }),
  );
});

test('NewGRFs of each kind are passed over', t => {
  const rest = formatGameInfo(new Writer(0), info, 3).body().subarray(1);
  for (const [kind, grf] of [
    [0, Buffer.alloc(20, 1)],
    [1, Buffer.concat([Buffer.alloc(20, 1), Buffer.from('Ships\0')])],
    [2, Buffer.alloc(4, 1)],
  ] as const) {
    const bytes = Buffer.concat([
      Buffer.from([6, kind, 255, 255, 255, 255, 0, 2]),
      grf,
      grf,
      // Form 3 has a language and a map, which 6 has not.
      rest.subarray(0, 11 + 8 + 5),
      rest.subarray(11 + 8 + 5 + 1, -6),
      rest.subarray(-5),
    ]);
    t.like(parseGameInfo(new Reader(bytes)), { name: 'Bob’s', width: 256, height: 512 }, `kind ${kind}`);
  }
});

test('days are counted as OpenTTD does', t => {
  t.is(dayOfYear(0), 0);
  t.is(dayOfYear(1920), 701_265, 'DAYS_TILL_ORIGINAL_BASE_YEAR');
  for (let year = 1; year < 5_000; year++) t.is(yearOfDay(dayOfYear(year)), year);
});

test('a long listing comes in packets that old clients read', t => {
  const servers = Array.from({ length: 100 }, (_, i) => ({ where: `8.8.4.${i}:3979`, info }));
  let bytes = formatListing(servers, 6);
  const counts: number[] = [];
  while (bytes.length > 0) {
    const length = packetLength(bytes)!;
    t.true(length > 0 && length <= 1_460);
    counts.push(bytes.readUInt16LE(3));
    bytes = bytes.subarray(length);
  }
  t.is(counts.at(-1), 0);
  t.is(
    counts.reduce((sum, count) => sum + count, 0),
    100,
  );
});

test('any bytes are read or are nothing, and never an exception', t => {
  const packet = fc
    .tuple(fc.integer({ min: 0, max: 16 }), fc.uint8Array({ maxLength: 200 }))
    .map(([type, rest]) => Buffer.concat([Buffer.from([rest.length + 3, 0, type]), rest]));
  fc.assert(
    fc.property(packet, it => {
      packetLength(it);
      parse(it);
      parseGameInfoAnswer(it);
    }),
  );
  t.pass();
});

for (const transcript of recordings) {
  test(`${transcript.title}: byte for byte as recorded`, async t => {
    const world = new GatewayWorld('openttd', openttd.timeoutMs);
    const connections = new Map<string, ReturnType<GatewayWorld['tcp']>>();
    const connect = (from: ReturnType<typeof at>) => {
      const held = connections.get(formatAddress(from)) ?? world.tcp(from);
      connections.set(formatAddress(from), held);
      return held;
    };
    const answer = parseGameInfoAnswer(Buffer.from(transcript.challenge!, 'hex'));
    const master = new OpenTtdMaster(world.deps, openttd.timeoutMs, () => Promise.resolve(answer));
    const settle = world.settle.bind(world);
    world.settle = async () => {
      for (let turn = 0; turn < 5; turn++) await settle();
    };
    await replay(t, transcript, world, {
      tcp: (from, bytes) => void master.read(connect(from), bytes),
      close: from => connect(from).close(),
    });
  });
}

test('10,000 mutated packets: no crash, nothing listed', async t => {
  const report = await fuzz(fuzzTargets.openttd!(), 10_000);
  t.like(report, { packets: 10_000, announced: 0 });
  t.true(report.answers > 100, JSON.stringify(report));
});
