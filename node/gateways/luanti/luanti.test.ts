import test from 'ava';
import { announcementOf } from '../../../test/announcements.ts';
import { fuzz } from '../../../test/gateway-fuzz.ts';
import { Asking, answered, formPost, overHttp, requestOf } from '../../../test/gateway-http.ts';
import { fuzzTargets } from '../../../test/gateway-targets.ts';
import { replay, transcripts } from '../../../test/gateway-transcripts.ts';
import { at, GatewayWorld } from '../../../test/gateways.ts';
import { second } from '../../base/time.ts';
import { formatAnnouncement, sizeFault } from '../../records/announcement.ts';
import { Checks } from '../checks.ts';
import { timeoutMs } from './luanti.ts';
import { LuantiMaster } from './master.ts';
import { Reports } from './reports.ts';
import { formatBye, hello, parsePeerId } from './wire.ts';

const peerId = Buffer.from('4f45740300010003ffdc00010002', 'hex');
const server = at('8.8.8.8:30000');
const caller = at('8.8.8.8:50000');

const told = {
  action: 'start',
  port: 30000,
  name: 'Bob’s',
  description: 'A world',
  version: '5.6.1',
  gameid: 'minetest',
  clients: 2,
  clients_max: 12,
  clients_list: ['ann', 'bob'],
  uptime: 0,
  game_time: 7,
  proto_min: 37,
  proto_max: 41,
  pvp: true,
  mods: ['dye', 'wool'],
  mapgen: 'v7',
};

function setup({ lab = true } = {}) {
  const world = new GatewayWorld('luanti', timeoutMs, { lab });
  const asking = new Asking(world, {
    over: 'udp',
    question: hello,
    read: parsePeerId,
    stateOf: () => ({ players: null, maxPlayers: null, map: null }),
    farewell: formatBye,
  });
  const checks = new Checks(world.deps, asking.ask);
  const reports = new Reports(timeoutMs);
  const master = new LuantiMaster(world.deps, checks, reports);
  const ask = (raw: string | Buffer, from = caller) => answered(master.answer(requestOf(raw, from))).toString();
  const announce = (fields: object, from = caller) =>
    ask(formPost('/announce', { json: JSON.stringify(fields) }), from);
  const list = (query = '') => JSON.parse(ask(`GET /list${query} HTTP/1.1\r\n\r\n`).slice('200\n'.length));
  /** Announces and answers the question. */
  const listed = async (fields: object = told) => {
    announce(fields);
    await asking.hear(server, peerId);
    await world.settle();
  };
  return { world, asking, checks, reports, master, ask, announce, list, listed };
}

for (const transcript of await transcripts('luanti')) {
  test(`${transcript.title}: byte for byte as recorded`, async t => {
    const { world, asking, master } = setup();
    await replay(t, transcript, world, {
      http: overHttp(world, master),
      udp: (from, bytes) => asking.hear(from, bytes),
    });
  });
}

test('a server is announced once its port has answered, with what clients filter by and without who plays', async t => {
  const { world, asking, announce } = setup();
  t.is(announce(told), '202\nRequest has been filed.');
  t.is(world.said.length, 0);
  await asking.hear(server, peerId);
  await world.settle();
  t.deepEqual(world.announced.get('luanti-8.8.8.8-30000'), {
    server: 'luanti-8.8.8.8-30000',
    addresses: ['8.8.8.8:30000'],
    game: 'luanti',
    name: 'Bob’s',
    version: '5.6.1',
    tags: [],
    attributes: {
      description: 'A world',
      flags: 'pvp',
      gameid: 'minetest',
      gateway: 'luanti',
      mapgen: 'v7',
      mods: 'dye wool',
      'proto-max': '41',
      'proto-min': '37',
    },
  });
});

test('a server whose port stays silent is not listed, and hears why with its next word', async t => {
  const { world, asking, announce } = setup();
  announce(told);
  await asking.fallSilent();
  await world.settle();
  t.is(world.said.length, 0);
  t.is(
    announce({ ...told, action: 'update', uptime: 300 }),
    '409\nRequest has been filed, but the previous request encountered the following error:\nServer 8.8.8.8 port 30000 did not respond to ping',
  );
});

test('nobody registers an address that is not his own; a name is listed by the address behind it', async t => {
  const { world, asking, announce } = setup();
  announce({ ...told, address: '8.8.4.4' });
  t.deepEqual(world.sent, []);
  t.regex(
    announce({ ...told, address: 'play.example.org' }),
    /^409\n.*\nRequester IP 8\.8\.8\.8 does not match host 8\.8\.4\.4$/s,
  );
  await asking.hear(server, peerId);
  await world.settle();
  t.deepEqual([...world.announced.keys()], ['luanti-8.8.8.8-30000']);
});

for (const [what, fields, answer] of [
  ['an update by who is not listed and has just started', { action: 'update' }, '200\nServer to update not found.'],
  ['a farewell by who is not listed', { action: 'delete' }, '200\nServer not found.'],
  ['an action that there is not', { action: 'explode' }, '400\nInvalid action field.'],
  ['a name that is none', { name: 7 }, '400\nJSON data does not conform to schema: name is not a string.'],
  [
    'a count below nothing',
    { clients: -1 },
    '400\nJSON data does not conform to schema: clients is not a whole number from 0.',
  ],
  [
    'a mod with white space',
    { mods: ['a b'] },
    '400\nJSON data does not conform to schema: mods is not a list of names.',
  ],
  ['a port that there is not', { port: 65_536 }, '400\nInvalid port field: not from 1 to 65535.'],
  ['more than 8 KiB', { description: 'x'.repeat(8_192) }, '413\nJSON data is too big.'],
] as const) {
  test(`${what} is answered ${answer.slice(0, 3)}`, t => {
    const { world, announce } = setup();
    t.is(announce({ ...told, ...fields }), answer);
    t.deepEqual(world.sent, []);
  });
}

for (const [what, raw, answer] of [
  ['no JSON', formPost('/announce', { json: '{' }), '400\nUnable to process JSON data.'],
  ['a list', formPost('/announce', { json: '[]' }), '400\nJSON data is not an object.'],
  ['no form', 'POST /announce HTTP/1.1\r\n\r\nxyz', '400\nMissing field: json.'],
  ['another page', 'GET / HTTP/1.1\r\n\r\n', '404\nThere are /announce and /list.'],
  ['another method', 'PUT /list HTTP/1.1\r\n\r\n', '405\nOnly /announce takes anything.'],
  ['where the client is', 'GET /geoip HTTP/1.1\r\n\r\n', '200\n{"continent":null}'],
] as const) {
  test(`${what} is answered ${JSON.stringify(answer)}`, t => t.is(setup().ask(raw), answer));
}

test('an update keeps what only a start tells, and its uptime may not fall', async t => {
  const { world, announce, list, listed } = setup();
  await listed();
  const { mods: _, mapgen: __, ...update } = told;
  world.now += 300 * second;
  await listed({ ...update, action: 'update', uptime: 300, clients_list: [] });
  t.like(list().list[0], { mods: ['dye', 'wool'], mapgen: 'v7', clients: 0, clients_top: 2, uptime: 300, updates: 2 });
  t.is(announce({ ...update, action: 'update', uptime: 299 }), '400\nDetected non-monotonic uptime.');
  t.is(announce({ ...told, uptime: 0 }).slice(0, 3), '202', 'a start begins anew');
});

test('a server that registered before this node was started again comes back with its update', async t => {
  const { world, listed } = setup();
  await listed({ ...told, action: 'update', uptime: 9_000 });
  t.is(world.announced.size, 1);
});

test('a farewell is heard at once, and an answer that was on its way changes nothing', async t => {
  const { world, asking, announce, listed } = setup();
  await listed();
  announce({ ...told, action: 'update', uptime: 300 });
  t.is(announce({ action: 'delete', port: 30000 }), '200\nRemoved from server list.');
  await asking.hear(server, peerId);
  await world.settle();
  t.is(world.announced.size, 0);
});

test('a server that a probe found silent is asked, and withdrawn when it stays so', async t => {
  const { world, asking, checks, listed } = setup();
  await listed();
  void checks.recheck(server);
  await asking.hear(server, peerId);
  await world.settle();
  t.is(world.announced.size, 1);
  void checks.recheck(server);
  await asking.fallSilent();
  await world.settle();
  t.is(world.announced.size, 0);
  t.is(world.counters.get('fell-silent'), 1);
});

test('a server that says nothing for 330 s is withdrawn', async t => {
  const { world, listed } = setup();
  await listed();
  await world.pass(329 * second);
  t.is(world.announced.size, 1);
  await world.pass(second);
  t.is(world.announced.size, 0);
});

test('a list holds those that the client’s versions can join, and counts them', t => {
  const { world, list } = setup();
  const at = (port: number) => ({ game: 'luanti', addresses: [`8.8.8.8:${port}`] });
  world.list('a', { ...at(1), attributes: { 'proto-min': '37', 'proto-max': '39' } });
  world.list('b', { ...at(2), attributes: { 'proto-min': '40', 'proto-max': '46' } });
  world.list('c', { ...at(3), game: 'minetest' });
  const observed = { up: true, players: 5, maxPlayers: 20, map: null, rttMs: 30, at: world.now } as never;
  world.observe('b', observed);
  const ports = (query: string) => list(query).list.map(({ port }: { port: number }) => port);
  t.deepEqual(ports(''), [1, 2, 3]);
  t.deepEqual(ports('?proto_version_min=37&proto_version_max=39'), [1, 3]);
  t.deepEqual(ports('?proto_version_min=40&proto_version_max=48'), [2, 3]);
  const { total, total_max: most, list: servers } = list('?proto_version_min=40&proto_version_max=48');
  t.deepEqual(
    [total, most],
    [
      { servers: 2, clients: 5 },
      { servers: 3, clients: 5 },
    ],
  );
  t.like(servers[0], { clients: 5, clients_max: 20, ping: 0.03 });
  t.false('clients' in servers[1], 'what nobody saw is left out');
});

test('a sender that a rule bars is told so', t => {
  const { world, announce } = setup();
  world.barred = ['8.8.8.0/24'];
  t.is(announce(told), '403\nBanned (IP).');
});

test('a private address is refused outside of a lab', async t => {
  const { world, asking, announce } = setup({ lab: false });
  announce(told, at('127.0.0.1:50000'));
  await asking.hear(at('127.0.0.1:30000'), peerId);
  await world.settle();
  t.is(world.said.length, 0);
});

test('texts that fill an announcement leave it announced', async t => {
  const { world, listed } = setup();
  const long = '🏰'.repeat(130);
  await listed({
    ...told,
    ...{ name: long, description: long, gameid: long, mapgen: long, privs: long, version: long },
    mods: Array.from({ length: 100 }, (_, i) => `mod_number_${i}`),
  });
  const announced = world.announced.get('luanti-8.8.8.8-30000')!;
  t.is(sizeFault(formatAnnouncement(announcementOf(announced.server, announced).announcement)), undefined);
  t.regex(announced.attributes.mods!, /^mod_number_0 .* mod_number_[0-9]+$/);
});

test('10,000 mutated announcements: no crash, nothing listed without its answer', async t => {
  const report = await fuzz(fuzzTargets.luanti!(), 10_000);
  t.like(report, { packets: 10_000, announced: 0 });
  t.true(report.answers > 100, JSON.stringify(report));
});
