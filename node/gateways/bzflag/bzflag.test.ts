import { once } from 'node:events';
import { createServer } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import test from 'ava';
import { fuzz } from '../../../test/gateway-fuzz.ts';
import { Asking, answered, formPost, overHttp, requestOf } from '../../../test/gateway-http.ts';
import { fuzzTargets } from '../../../test/gateway-targets.ts';
import { replay, transcripts } from '../../../test/gateway-transcripts.ts';
import { at, GatewayWorld } from '../../../test/gateways.ts';
import { second } from '../../base/time.ts';
import { Checks } from '../checks.ts';
import { timeoutMs } from './bzflag.ts';
import { BzflagMaster } from './master.ts';
import { probe } from './probe.ts';
import { greeting, parseState, queryGame } from './wire.ts';

const hex = '000000100001000000000000000000000c030c010c000c000c000c00c8';
const nobody = '000000100001000000000000000000000c000c000c000c000c000c00c8';
const state = Buffer.concat([
  Buffer.from('BZFS0221\0', 'latin1'),
  Buffer.from(
    '002c716700000010000c0001000300010000000000000000000c000c000c000c000c00c8000000000000000000000000',
    'hex',
  ),
]);
const server = at('8.8.8.8:5154');
const add = {
  action: 'ADD',
  nameport: '8.8.8.8:5154',
  version: 'BZFS0221',
  gameinfo: hex,
  build: '2.4.26.2023',
  title: 'A',
};

function setup() {
  const world = new GatewayWorld('bzflag', timeoutMs);
  const asking = new Asking(world, {
    over: 'tcp',
    question: Buffer.concat([greeting, queryGame]),
    read: bytes => {
      const it = parseState(bytes);
      return it === 'more' ? undefined : it;
    },
    stateOf: ({ players, room }) => ({ players, maxPlayers: room, map: null }),
  });
  const checks = new Checks(world.deps, asking.ask);
  const master = new BzflagMaster(world.deps, checks, timeoutMs);
  const answer = async (raw: string | Buffer, from = at('8.8.8.8:50000')) =>
    answered(await master.answer(requestOf(raw, from))).toString();
  const post = (fields: Record<string, string>, from = at('8.8.8.8:50000')) => answer(formPost('/db/', fields), from);
  const list = (version = 'BZFS0221') => answer(`GET /db/?action=LIST&version=${version} HTTP/1.1\r\n\r\n`);
  /** Adds, and answers the question. */
  const listed = async (fields: Record<string, string> = add, from = at('8.8.8.8:50000')) => {
    const told = post(fields, from);
    await asking.hear(server, state);
    const text = await told;
    await world.settle();
    return text;
  };
  return { world, asking, checks, master, answer, post, list, listed };
}

for (const transcript of await transcripts('bzflag')) {
  test(`${transcript.title}: byte for byte as recorded`, async t => {
    const { world, asking, master } = setup();
    await replay(t, transcript, world, {
      http: async (from, bytes) => {
        overHttp(world, master)(from, bytes);
        // Its answers come later.
        await setImmediate();
      },
      tcp: (from, bytes) => asking.hear(from, bytes),
    });
  });
}

test('a server is announced once it has answered, and without who plays', async t => {
  const { world, listed } = setup();
  t.is(await listed(), `200\nMSG: ADD 8.8.8.8:5154 BZFS0221 ${hex} A\nMSG: adding 8.8.8.8:5154\nADD 8.8.8.8:5154\n`);
  t.deepEqual(world.announced.get('bzflag-8.8.8.8-5154'), {
    server: 'bzflag-8.8.8.8-5154',
    addresses: ['8.8.8.8:5154'],
    game: 'bzflag',
    name: 'A',
    version: '2.4.26',
    tags: [],
    attributes: { gameinfo: nobody, gateway: 'bzflag', protocol: 'BZFS0221' },
  });
  t.regex(await listed({ ...add, title: 'B' }), /MSG: updating 8\.8\.8\.8:5154\nADD/);
});

test('clients of the gateway see teams as the server told them, of other nodes’ servers how many play', async t => {
  const { world, list, listed } = setup();
  await listed();
  world.list('b', {
    game: 'bzflag',
    addresses: ['8.8.4.4:5154'],
    name: 'B',
    attributes: { gameinfo: nobody, protocol: 'BZFS0221' },
  });
  world.observe('b', { up: true, players: 7, maxPlayers: 12, map: null, rttMs: 1, at: world.now } as never);
  world.list('c', { game: 'bzflag', addresses: ['8.8.4.4:5155'], name: 'C', attributes: { protocol: 'BZFS0026' } });
  world.list('d', { game: 'bzflag', addresses: ['[2a01:4f8::7]:5154'], name: 'D' });
  world.list('e', { game: 'bzflag', addresses: ['play.example.org:5154'], name: 'By hand' });
  const lines = (await list()).split('\n');
  t.is(lines[1], `8.8.8.8:5154 BZFS0221 ${hex} 8.8.8.8 A`);
  t.is(lines[2], `8.8.4.4:5154 BZFS0221 ${nobody.replace('0c000c', '0c070c')} 8.8.4.4 B`);
  t.regex(lines[3]!, /^play\.example\.org:5154 BZFS0221 0{58} play\.example\.org By hand$/);
  t.is(lines.length, 5, 'no other protocol, and no IPv6');
});

test('a server that does not answer is not listed, and told so at once', async t => {
  const { world, asking, post } = setup();
  const told = post(add);
  await asking.fallSilent();
  t.regex(await told, /\nfailed to connect: no answer from the port of the game\n$/);
  await world.settle();
  t.is(world.said.length, 0);
});

for (const [what, fields, expected] of [
  [
    'another’s address',
    { nameport: '8.8.4.4:5154' },
    /\nERROR: Requesting address is 8\.8\.8\.8 while server is at 8\.8\.4\.4:5154\n$/,
  ],
  ['groups of players only', { advertgroups: 'ADMINS' }, /\nERROR: this list knows no groups/],
  ['no game', { gameinfo: '00' }, /^200\nERROR: gameinfo is not 58 digits of hex\n$/],
  ['another protocol', { version: 'HTTP/1.1' }, /^200\nERROR: version is not/],
  ['no port', { nameport: 'a:x' }, /^200\nERROR: nameport is not/],
] as const) {
  test(`a server with ${what} is refused before it is asked`, async t => {
    const { world, post } = setup();
    t.regex(await post({ ...add, ...fields }), expected);
    t.deepEqual(world.sent, []);
  });
}

for (const nameport of ['0.0.0.0:5154', 'play.example.org:5154', ':5154']) {
  test(`a server that calls itself ${nameport} is listed where it speaks from`, async t => {
    const { world, listed } = setup();
    t.regex(await listed({ ...add, nameport, advertgroups: 'ADMINS,EVERYONE' }), /\nMSG: adding /);
    t.deepEqual([...world.announced.keys()], ['bzflag-8.8.8.8-5154']);
  });
}

test('players’ tokens are those of accounts that nobody here knows', async t => {
  const { listed, post } = setup();
  t.regex(await listed({ ...add, checktokens: 'bob@1.2.3.4=77\r\neve=78\r\n' }), /\nUNK: bob\nUNK: eve\nADD 8/);
  t.is(await post({ action: 'CHECKTOKENS', checktokens: 'ann=1\r\n' }), '200\nUNK: ann\n');
  t.is(await post({ action: 'GETTOKEN', callsign: 'ann', password: 'x' }), '200\nNOTOK: this list knows no accounts\n');
});

test('what is no form, or no action, is an error that says what is one', async t => {
  const { answer, world } = setup();
  t.is(await answer('POST /db/ HTTP/1.1\r\n\r\nxyz'), '400\nERROR: no form\n');
  t.regex(await answer('GET /db/?action=EXPLODE HTTP/1.1\r\n\r\n'), /^400\nERROR: an action of ADD, REMOVE/);
  t.is(world.counters.get('malformed'), 2);
});

test('a server can take itself off, and nobody else', async t => {
  const { world, listed, post } = setup();
  await listed();
  const remove = { action: 'REMOVE', nameport: '8.8.8.8:5154' };
  t.regex(await post(remove, at('8.8.4.4:50000')), /^200\nERROR: Requesting address/);
  await world.settle();
  t.is(world.announced.size, 1);
  t.is(await post(remove), '200\nMSG: REMOVE request from 8.8.8.8:5154\nREMOVE: 8.8.8.8:5154\n');
  await world.settle();
  t.is(world.announced.size, 0);
});

test('a sender that a rule bars is rejected', async t => {
  const { world, post } = setup();
  world.barred = ['8.8.8.8/32'];
  t.regex(await post(add), /^200\nERROR: Connection attempt rejected/);
});

test('a server that says nothing for 1,830 s is withdrawn', async t => {
  const { world, listed } = setup();
  await listed();
  world.now += timeoutMs - second;
  await world.pass(second);
  t.is(world.announced.size, 0);
});

test('10,000 mutated requests: no crash, nothing listed without its answer', async t => {
  const report = await fuzz(fuzzTargets.bzflag!(), 10_000);
  t.like(report, { packets: 10_000, announced: 0 });
  t.true(report.answers > 100, JSON.stringify(report));
});

for (const [what, reply, expected] of [
  ['answers', state, { players: 4, maxPlayers: 12, map: null }],
  ['is full', Buffer.from('BZFS0221\xff', 'latin1'), { players: null, maxPlayers: null }],
  ['is no BZFlag server', Buffer.from('SSH-2.0'), undefined],
  ['says too much', Buffer.alloc(8_192, 'BZFS0221\0\xff\xff'), undefined],
] as const) {
  test(`the probe of a server that ${what} gives ${JSON.stringify(expected)}`, async t => {
    const it = createServer(socket => {
      socket.on('error', () => {});
      socket.once('data', () => socket.write(reply));
    }).listen(0, '127.0.0.1');
    await once(it, 'listening');
    const { port } = it.address() as { port: number };
    const asked = probe.ask({ ip: '127.0.0.1', port, timeoutMs: 60_000, monotonic: () => 0 });
    if (expected) t.like(await asked, expected);
    else await t.throwsAsync(asked, { message: /is no BZFlag server$/ });
    it.close();
  });
}
