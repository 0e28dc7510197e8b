import test from 'ava';
import fc from 'fast-check';
import { fuzz } from '../../../test/gateway-fuzz.ts';
import { overHttp } from '../../../test/gateway-http.ts';
import { fuzzTargets } from '../../../test/gateway-targets.ts';
import { replay, transcripts } from '../../../test/gateway-transcripts.ts';
import { at, GatewayWorld, recorded } from '../../../test/gateways.ts';
import { hour, second } from '../../base/time.ts';
import { Challenges } from '../challenges.ts';
import type { Request } from '../http.ts';
import { ddnet } from './ddnet.ts';
import { DdnetMaster } from './master.ts';
import { formatServers, parseSaid } from './wire.ts';

const recordings = await transcripts('ddnet');
const client = at('8.8.8.8:50000');
const uuid = '81fa3955-6f83-4290-818d-31c0906b1118';
const info = { name: 'Bob’s', version: '0.6.4, 16.4', game_type: 'DDraceNetwork', passworded: false, clients: [] };
const body = JSON.stringify(info);
type Headers = Record<string, string>;

function setup() {
  const world = new GatewayWorld('ddnet', ddnet.timeoutMs);
  const udp = world.udp({ packetBytesMax: 0, receive: () => {} });
  const secret = Buffer.alloc(32, 1);
  const book = new Challenges({ secret, monotonic: () => world.now, lifetimeMs: hour, length: 24 });
  const master = new DdnetMaster(world.deps, book, udp.ask);
  world.every(() => master.tick());
  const request = (fields: Partial<Request>): Request => ({
    from: client,
    method: 'GET',
    path: '/ddnet/15/servers.json',
    query: new URLSearchParams(),
    headers: {},
    body: Buffer.alloc(0),
    ...fields,
  });
  const ask = async (fields: Partial<Request>) => {
    const answer = master.answer(request(fields));
    await world.settle();
    return { status: answer.status, json: JSON.parse(String(answer.body)) as Record<string, unknown> };
  };
  const said = (version: string, port: number, more: Headers = {}): Headers => ({
    address: `tw-${version}+udp://connecting-address.invalid:${port}`,
    secret: uuid,
    'challenge-secret': `${uuid}:tw${version}/ipv4`,
    'info-serial': '0',
    'content-type': 'application/json',
    ...(version === '0.7' ? { 'connless-token': '1a2b3c4d' } : {}),
    ...more,
  });
  const post = (headers: Headers, content = '') =>
    ask({ method: 'POST', path: '/ddnet/15/register', headers, body: Buffer.from(content) });
  /** The token that the last datagram told. */
  const told = () => {
    const [it] = world.sent.splice(0).slice(-1);
    return { peer: it!.peer, bytes: it!.bytes, token: it!.bytes.toString('latin1').split('\0').at(-2)! };
  };
  const register = async (version = '0.6', content = body, more: Headers = {}) => {
    await post(said(version, 8303, more), content);
    return post(said(version, 8303, { 'challenge-token': told().token, ...more }), content);
  };
  return { world, ask, post, said, told, register };
}

test('a server registers once it repeats what was sent to its port', async t => {
  const { world, post, said, told } = setup();
  t.deepEqual(await post(said('0.6', 8303), body), { status: 200, json: { status: 'need_challenge' } });
  t.is(world.said.length, 0);
  const { peer, bytes, token } = told();
  t.is(peer, 'udp 8.8.8.8:8303');
  t.is(bytes.toString('latin1'), `${'\xff'.repeat(10)}chal${uuid}:tw0.6/ipv4\0${token}\0`);
  const answer = await post(said('0.6', 8303, { 'challenge-token': token }), body);
  t.deepEqual(answer, { status: 200, json: { status: 'success' } });
  t.deepEqual(world.announced.get('ddnet-8.8.8.8-8303'), {
    server: 'ddnet-8.8.8.8-8303',
    addresses: ['8.8.8.8:8303'],
    game: 'ddnet',
    name: 'Bob’s',
    version: '0.6.4, 16.4',
    tags: [],
    attributes: { gametype: 'DDraceNetwork', gateway: 'ddnet', protocol: '0.6' },
  });
  t.deepEqual(world.sent, [], 'a token that is good is not told again');
});

test('in 0.7 the datagram has the server’s own token in front', async t => {
  const { post, said, told } = setup();
  await post(said('0.7', 8303), body);
  t.is(told().bytes.toString('hex', 0, 17), '211a2b3c4dffffffffffffffff6368616c');
});

test('a token is good for its version and port only', async t => {
  const { post, said, told } = setup();
  await post(said('0.6', 8303), body);
  const { token } = told();
  for (const [version, port] of [
    ['0.7', 8303],
    ['0.6', 8304],
  ] as const) {
    t.like(await post(said(version, port, { 'challenge-token': token }), body), { json: { status: 'need_challenge' } });
  }
});

test('the token of the last hour is still good, and the new one is told before it runs out', async t => {
  const { world, post, said, told } = setup();
  await post(said('0.6', 8303), body);
  const { token } = told();
  world.now += hour;
  t.like(await post(said('0.6', 8303, { 'challenge-token': token }), body), { json: { status: 'success' } });
  const next = told().token;
  t.not(next, token);
  world.now += hour;
  t.like(await post(said('0.6', 8303, { 'challenge-token': token }), body), { json: { status: 'need_challenge' } });
  t.like(await post(said('0.6', 8303, { 'challenge-token': next }), body), { json: { status: 'success' } });
});

test('what is told once is not asked for again, until there is something newer', async t => {
  const { world, post, said, told, register } = setup();
  t.like(await register('0.6', ''), { json: { status: 'need_info' } });
  t.like(await register(), { json: { status: 'success' } });
  await post(said('0.6', 8303));
  const { token } = told();
  const again = (serial: string, content = '') =>
    post(said('0.6', 8303, { 'challenge-token': token, 'info-serial': serial }), content);
  t.like(await again('0'), { json: { status: 'success' } });
  t.like(await again('1'), { json: { status: 'need_info' } });
  world.now += hour / 10;
  const renamed = JSON.stringify({ ...info, name: 'Bob’s new' });
  t.like(await again('1', renamed), { json: { status: 'success' } });
  t.is(world.announced.get('ddnet-8.8.8.8-8303')?.name, 'Bob’s new');
});

test('both versions at one port are one server, which is there until both are taken back', async t => {
  const { world, post, said, register } = setup();
  await register('0.6');
  world.now += hour / 10;
  await register('0.7', '');
  t.is(world.announced.get('ddnet-8.8.8.8-8303')?.attributes.protocol, '0.6 0.7');
  t.like(await post(said('0.6', 8303, { action: 'delete' })), { json: { status: 'success' } });
  t.is(world.announced.size, 1);
  t.like(await post(said('0.6', 8303, { action: 'delete' })), { status: 400 });
  t.like(await post(said('0.7', 8303, { action: 'delete', secret: 'guessed' })), { status: 400 });
  t.is(world.announced.size, 1);
  t.like(await post(said('0.7', 8303, { action: 'delete' })), { json: { status: 'success' } });
  await world.settle();
  t.is(world.announced.size, 0);
});

test('a server that is heard of no more is withdrawn after 30 s', async t => {
  const { world, register } = setup();
  await register();
  await world.pass(29 * second);
  t.is(world.announced.size, 1);
  await world.pass(second);
  t.is(world.announced.size, 0);
});

test('clients are told what they count: who plays, and for how many there is room', async t => {
  const { world, ask } = setup();
  const observed = { up: true, players: 2, maxPlayers: 16, map: 'dm1', rttMs: 3 };
  const attributes = { protocol: '0.6 0.7', gametype: 'CTF', password: 'yes' };
  world.list('a', {
    game: 'ddnet',
    name: 'A',
    version: '1',
    addresses: ['8.8.8.8:8303', '[2a01:4f8::7]:8303'],
    attributes,
    observed,
  });
  world.list('b', { game: 'teeworlds', name: 'B', version: '2', addresses: ['8.8.4.4:8303'] });
  world.list('c', { game: 'openarena', addresses: ['8.8.4.4:27960'] });
  world.list('d', { game: 'ddnet', addresses: ['8.8.8.8:8303'] });
  const { json } = await ask({});
  const nobody = { name: '', clan: '', country: -1, score: 0, is_player: true };
  t.deepEqual(json, {
    servers: [
      {
        addresses: [
          'tw-0.6+udp://8.8.8.8:8303',
          'tw-0.7+udp://8.8.8.8:8303',
          'tw-0.6+udp://[2a01:4f8::7]:8303',
          'tw-0.7+udp://[2a01:4f8::7]:8303',
        ],
        info: {
          max_clients: 16,
          max_players: 16,
          passworded: true,
          game_type: 'CTF',
          name: 'A',
          map: { name: 'dm1' },
          version: '1',
          clients: [nobody, nobody],
        },
      },
      {
        addresses: ['tw-0.7+udp://8.8.4.4:8303'],
        info: {
          max_clients: 0,
          max_players: 0,
          passworded: false,
          game_type: '',
          name: 'B',
          map: { name: '' },
          version: '2',
          clients: [],
        },
      },
    ],
  });
});

test('whatever was seen, no server has more clients than room: DDNet’s client would drop it', t => {
  fc.assert(
    fc.property(fc.nat(2_000), fc.nat(2_000), (players, room) => {
      const server = { addresses: [], name: '', version: '', gametype: '', passworded: false, map: '', players, room };
      const { servers } = JSON.parse(formatServers([server])) as {
        servers: { info: { max_clients: number; clients: unknown[] } }[];
      };
      return servers.every(({ info: it }) => it.clients.length <= it.max_clients && it.clients.length <= 128);
    }),
  );
  t.pass();
});

const good = {
  address: 'tw-0.6+udp://connecting-address.invalid:8303',
  secret: uuid,
  'challenge-secret': uuid,
  'info-serial': '0',
};
for (const [header, value, names] of [
  ['address', 'tw-0.5+udp://connecting-address.invalid:8303', /Address/],
  ['address', 'tw-0.6+udp://8.8.8.8:8303', /Address/],
  ['address', 'tw-0.6+udp://connecting-address.invalid:65536', /Address/],
  ['address', 'tw-0.7+udp://connecting-address.invalid:8303', /Connless-Token/],
  ['secret', '', /Secret/],
  ['secret', 'x'.repeat(65), /Secret/],
  ['challenge-secret', '', /Challenge-Secret/],
  ['info-serial', 'one', /Info-Serial/],
  ['action', 'destroy', /Action/],
] as const) {
  test(`a request with ${header}: ${value.slice(0, 50)} is refused with its name`, t => {
    const parsed = parseSaid({ ...good, [header]: value }, Buffer.alloc(0));
    t.regex(parsed.ok ? '' : parsed.message, names);
  });
}

for (const [content, type, names] of [
  ['{', 'application/json', /not JSON/],
  ['[]', 'application/json', /"name"/],
  ['null', 'application/json', /"name"/],
  ['{"name":1}', 'application/json', /"name"/],
  ['{"name":"a"}', 'application/json; charset=utf-8', /"version"/],
  ['{"name":"a","version":"1"}', 'application/json', /"game_type"/],
  ['{}', 'text/plain', /Content-Type/],
] as const) {
  test(`a body ${content} of ${type} is refused with a reason`, async t => {
    const { post, said } = setup();
    const { status, json } = await post(said('0.6', 8303, { 'content-type': type }), content);
    t.like({ status, json }, { status: 400, json: { status: 'error' } });
    t.regex(String(json.message), names);
  });
}

test('any headers and bodies are read or refused, and never an exception', t => {
  const headers = fc.record({
    address: fc.constantFrom(good.address, 'x'),
    secret: fc.string(),
    'challenge-secret': fc.string(),
    'info-serial': fc.oneof(fc.string(), fc.constant('0')),
    'content-type': fc.constant('application/json'),
  });
  const bodies = fc.oneof(fc.json(), fc.string());
  fc.assert(fc.property(headers, bodies, (said, content) => void parseSaid(said, Buffer.from(content))));
  t.pass();
});

for (const [method, path, status] of [
  ['GET', '/', 404],
  ['GET', '/ddnet/15/register', 405],
  ['POST', '/ddnet/15/servers.json', 405],
] as const) {
  test(`${method} ${path} is answered with ${status}`, t => {
    const world = new GatewayWorld('ddnet', ddnet.timeoutMs);
    const book = { issue: () => '', holds: () => false };
    const master = new DdnetMaster(world.deps, book, () => true);
    const query = new URLSearchParams();
    t.is(master.answer({ from: client, method, path, query, headers: {}, body: Buffer.alloc(0) }).status, status);
  });
}

test('10,000 mutated requests: no crash, nothing listed', async t => {
  const report = await fuzz(fuzzTargets.ddnet!(), 10_000);
  t.like(report, { packets: 10_000, announced: 0 });
  t.true(report.answers > 100, JSON.stringify(report));
});

for (const transcript of recordings) {
  test(`${transcript.title}: byte for byte as recorded`, async t => {
    const world = new GatewayWorld('ddnet', ddnet.timeoutMs);
    const udp = world.udp({ packetBytesMax: 0, receive: () => {} });
    const master = new DdnetMaster(world.deps, recorded(transcript.challenge!), udp.ask);
    await replay(t, transcript, world, {
      http: overHttp(world, master),
    });
  });
}
