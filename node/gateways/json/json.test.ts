import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import test from 'ava';
import fc from 'fast-check';
import { fuzz } from '../../../test/gateway-fuzz.ts';
import { Asking, answered, overHttp, requestOf } from '../../../test/gateway-http.ts';
import { fuzzTargets } from '../../../test/gateway-targets.ts';
import { replay, transcripts } from '../../../test/gateway-transcripts.ts';
import { at, GatewayWorld } from '../../../test/gateways.ts';
import { second } from '../../base/time.ts';
import { Checks } from '../checks.ts';
import { timeoutMs } from './json.ts';
import { JsonMaster } from './master.ts';
import { probe } from './probe.ts';
import { formatQuestion, parseAnnounce, parseAnswer } from './wire.ts';

const question = formatQuestion('9vqYkq2yqXr0wQ3h');
const server = at('8.8.8.8:5000');
const announcement = { game: 'mygame', port: 5000, name: 'Bob’s', attributes: { mode: 'ctf' } };

function setup() {
  const world = new GatewayWorld('json', timeoutMs);
  const read = (bytes: Buffer) => parseAnswer(bytes, question);
  const asking = new Asking(world, { over: 'udp', question, read, stateOf: it => it });
  const checks = new Checks(world.deps, asking.ask);
  const master = new JsonMaster(world.deps, checks, timeoutMs);
  const answer = (raw: string | Buffer) => answered(master.answer(requestOf(raw, at('8.8.8.8:50000')))).toString();
  const post = (fields: object) => answer(`POST /announce HTTP/1.1\r\n\r\n${JSON.stringify(fields)}`);
  const list = (game: string) => JSON.parse(answer(`GET /list?game=${game} HTTP/1.1\r\n\r\n`).slice('200\n'.length));
  const listed = async (fields: object = announcement) => {
    post(fields);
    await asking.hear(server, question);
    await world.settle();
  };
  return { world, asking, checks, master, answer, post, list, listed };
}

for (const transcript of await transcripts('json')) {
  test(`${transcript.title}: byte for byte as recorded`, async t => {
    const { world, asking, master } = setup();
    await replay(t, transcript, world, {
      http: overHttp(world, master),
      udp: (from, bytes) => asking.hear(from, bytes),
    });
  });
}

test('a server is announced once its datagram came back, as one that nodes can ask', async t => {
  const { world, listed } = setup();
  await listed();
  t.deepEqual(world.announced.get('json-8.8.8.8-5000'), {
    server: 'json-8.8.8.8-5000',
    addresses: ['8.8.8.8:5000'],
    game: 'mygame',
    name: 'Bob’s',
    version: '',
    tags: [],
    attributes: { gateway: 'json', mode: 'ctf', query: 'rollcall' },
  });
});

test('a game that answers a protocol of gamedig’s says so', async t => {
  const { world, listed } = setup();
  await listed({ ...announcement, attributes: { query: 'q3a' } });
  t.is([...world.announced.values()][0]!.attributes.query, 'q3a');
});

test('a protocol that nodes do not ask in is refused at once, and a datagram sent back may be named', t => {
  const { post } = setup();
  const asked = (query: string) => post({ ...announcement, attributes: { query } });
  t.regex(asked('q4a'), /^400\n.*attributes\.query \\"q4a\\" is no protocol that nodes ask in/);
  t.regex(asked('rollcall'), /^202/);
});

test('a server whose datagram does not come back hears so, until it does', async t => {
  const { world, asking, post } = setup();
  post(announcement);
  await asking.fallSilent();
  const refused = '409\n{"address":"8.8.8.8:5000","state":"refused","reason":"no answer from the port of the game"}\n';
  t.is(post(announcement), refused);
  await asking.hear(server, question);
  await world.settle();
  t.is(post(announcement), '200\n{"address":"8.8.8.8:5000","state":"listed"}\n');
});

test('lists are by game, of the whole network, with what was seen', async t => {
  const { world, list, answer } = setup();
  world.list('a', { game: 'mygame', addresses: ['8.8.4.4:1', '[2a01:4f8::7]:1'], name: 'A', tags: ['x'] });
  world.observe('a', { up: true, players: 3, maxPlayers: 16, map: 'castle', rttMs: 5, at: world.now } as never);
  world.list('b', { game: 'another' });
  t.deepEqual(list('mygame'), {
    game: 'mygame',
    servers: [
      {
        ...{ address: '8.8.4.4:1', name: 'A', version: '', up: true, players: 3, maxPlayers: 16, map: 'castle' },
        ...{ tags: ['x'], attributes: {}, addresses: ['8.8.4.4:1', '[2a01:4f8::7]:1'] },
      },
    ],
  });
  t.deepEqual(list('nothing'), { game: 'nothing', servers: [] });
  t.is(answer('GET /list HTTP/1.1\r\n\r\n'), '400\n{"error":"say which game: /list?game=…"}\n');
});

for (const [what, raw, error] of [
  ['another page', 'GET / HTTP/1.1\r\n\r\n', '404\n{"error":"there are POST /announce and GET /list?game=…"}\n'],
  ['a GET that announces', 'GET /announce HTTP/1.1\r\n\r\n', '405\n{"error":"POST an announcement here"}\n'],
  ['a POST to the list', 'POST /list HTTP/1.1\r\n\r\n', '405\n{"error":"GET the list"}\n'],
  ['no JSON', 'POST /announce HTTP/1.1\r\n\r\n{', '400\n{"error":"the body is not JSON"}\n'],
  [
    'no UTF-8',
    Buffer.from('POST /announce HTTP/1.1\r\n\r\n\xff', 'latin1'),
    '400\n{"error":"the body is not UTF-8"}\n',
  ],
] as const) {
  test(`${what} is an error that says what is right`, t => t.is(setup().answer(raw), error));
}

for (const [fields, fault] of [
  [[], 'the body is not an object'],
  [{ game: 'a', port: 1 }, 'name is missing'],
  [{ ...announcement, colour: 'red' }, '"colour" is not one of game, port, name, version, tags, attributes, state'],
  [{ ...announcement, port: 0 }, 'port must be a whole number from 1 to 65535'],
  [{ ...announcement, port: '5000' }, 'port must be a whole number from 1 to 65535'],
  [
    { ...announcement, game: 'My game' },
    'game must be lower-case letters, digits, "_", "." or "-", a letter or digit first, at most 64',
  ],
  [{ ...announcement, name: 'a\u{202e}b' }, 'name holds the character U+202E, which is not allowed'],
  [{ ...announcement, tags: 'x' }, 'tags must hold 0 to 16 entries'],
  [{ ...announcement, state: 'down' }, 'state must be "up" or "left"'],
  [
    { ...announcement, attributes: Object.fromEntries(Array.from({ length: 15 }, (_, i) => [`a${i}`, 'x'])) },
    'attributes are 15, and at most 14 have room',
  ],
] as const) {
  test(`the announcement ${JSON.stringify(fields).slice(0, 60)} is refused: ${fault}`, t =>
    t.is(parseAnnounce(JSON.stringify(fields)), fault));
}

test('any text is an announcement or a fault, and never an exception', t => {
  fc.assert(fc.property(fc.string(), text => typeof parseAnnounce(text) === 'string'));
  fc.assert(fc.property(fc.json(), text => typeof parseAnnounce(text) === 'string'));
  t.pass();
});

for (const [answer, state] of [
  ['', { players: null, maxPlayers: null, map: null }],
  ['\n{"players":3,"maxPlayers":16,"map":"castle"}', { players: 3, maxPlayers: 16, map: 'castle' }],
  ['\n{"players":0,"maxPlayers":0,"map":""}', { players: 0, maxPlayers: null, map: null }],
  ['\n{"players":-1,"maxPlayers":"16","map":7}', { players: null, maxPlayers: null, map: null }],
  ['\nnull', { players: null, maxPlayers: null, map: null }],
  [`\n${' '.repeat(256)}`, undefined],
] as const) {
  test(`sent back with ${JSON.stringify(answer).slice(0, 60)} is ${JSON.stringify(state)}`, t =>
    t.deepEqual(parseAnswer(Buffer.concat([question, Buffer.from(answer)]), question), state));
}

test('what was not sent back byte for byte is no answer', t => {
  fc.assert(fc.property(fc.uint8Array(), bytes => parseAnswer(Buffer.from(bytes), question) === undefined));
  t.is(parseAnswer(Buffer.from('rollcall 9vqYkq2yqXr0wQ3H'), question), undefined);
});

test('a server that says nothing for two minutes and a half is withdrawn', async t => {
  const { world, listed } = setup();
  await listed();
  await world.pass(timeoutMs - second);
  t.is(world.announced.size, 1);
  await world.pass(second);
  t.is(world.announced.size, 0);
});

test('10,000 mutated requests: no crash, nothing listed without its datagram', async t => {
  const report = await fuzz(fuzzTargets.json!(), 10_000);
  t.like(report, { packets: 10_000, announced: 0 });
  t.true(report.answers > 100, JSON.stringify(report));
});

test('the probe asks with another token each time, and hears who plays', async t => {
  const it = createSocket('udp4').bind(0, '127.0.0.1');
  await once(it, 'listening');
  const tokens = new Set<string>();
  it.on('message', (bytes, { port, address }) => {
    tokens.add(bytes.toString());
    it.send('rollcall liar', port, address);
    it.send(`${bytes}\n{"players":2}`, port, address);
  });
  const whom = { ip: '127.0.0.1', port: it.address().port, timeoutMs: 60_000, monotonic: () => 0 };
  for (let i = 0; i < 2; i++) t.deepEqual(await probe.ask(whom), { players: 2, maxPlayers: null, map: null, rttMs: 0 });
  t.is(tokens.size, 2);
  it.close();
});
