import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import test from 'ava';
import { at, GatewayWorld } from '../../test/gateways.ts';
import { parseAddress } from '../base/address.ts';
import { openHttp } from './http.ts';
import { openTcp } from './tcp.ts';
import { openUdp, questionBytesMax, udpDesk } from './udp.ts';

const world = () => new GatewayWorld('test', 1_000);
const portOf = (text: string): number => {
  const address = parseAddress(text);
  return address.ok ? address.value.port : 0;
};
const peer = at('8.8.8.8:5000');

test('all answers together are no larger than the question, until the sender proved his address', t => {
  const { deps, counters } = world();
  const sizes: number[] = [];
  const outcomes: boolean[] = [];
  const desk = udpDesk(
    {
      deps,
      packetBytesMax: 100,
      receive: ({ reply, proved }) => {
        outcomes.push(reply(Buffer.alloc(6)), reply(Buffer.alloc(5)), reply(Buffer.alloc(4)));
        proved();
        outcomes.push(reply(Buffer.alloc(1_000)));
      },
    },
    bytes => sizes.push(bytes.length),
  );
  desk.message(Buffer.alloc(10), peer);
  t.deepEqual(outcomes, [true, false, true, true]);
  t.deepEqual(sizes, [6, 4, 1_000]);
  t.is(counters.get('withheld'), 1);
});

test('packets that are too long, or from port 0, are dropped unread; so is what comes too often', t => {
  const { deps, counters } = world();
  let read = 0;
  const desk = udpDesk({ deps, packetBytesMax: 100, receive: () => read++ }, () => {});
  desk.message(Buffer.alloc(101), peer);
  desk.message(Buffer.alloc(1), { ...peer, port: 0 });
  t.deepEqual([read, counters.get('malformed')], [0, 2]);
  for (let i = 0; i < 1_000; i++) desk.message(Buffer.alloc(1), peer);
  t.is(read, 128);
  t.is(counters.get('throttled'), 872);
});

test('questions to servers are short and few', t => {
  const { deps } = world();
  let sent = 0;
  const desk = udpDesk({ deps, packetBytesMax: 100, receive: () => {} }, () => sent++);
  t.false(desk.ask(peer, Buffer.alloc(questionBytesMax + 1)));
  for (let i = 0; i < 1_000; i++) desk.ask(peer, Buffer.alloc(questionBytesMax));
  t.is(sent, 128);
});

test('a UDP gateway answers over a real socket, and frees its port', async t => {
  const { deps } = world();
  const udp = await openUdp({ deps, packetBytesMax: 100, receive: ({ bytes, reply }) => reply(bytes) });
  const port = portOf(udp.address);
  const error = await t.throwsAsync(openUdp({ deps: { ...deps, port }, packetBytesMax: 1, receive: () => {} }));
  t.like(error, { code: 'PORT_TAKEN' });
  const client = createSocket('udp4');
  client.send('hello', port, '127.0.0.1');
  const [answer] = (await once(client, 'message')) as [Buffer];
  t.is(answer.toString(), 'hello');
  client.close();
  await udp.close();
  t.notThrows(() => udp.ask(at(`127.0.0.1:${port}`), Buffer.alloc(1)), 'nothing is sent any more');
  await (await openUdp({ deps: { ...deps, port }, packetBytesMax: 1, receive: () => {} })).close();
});

test('a UDP gateway on :: hears and answers IPv4 as IPv4, and IPv6 beside it', async t => {
  const { deps } = world();
  const from: string[] = [];
  const udp = await openUdp({
    deps: { ...deps, host: '::' },
    packetBytesMax: 100,
    receive: exchange => {
      from.push(`${exchange.from.kind} ${exchange.from.host}`);
      exchange.reply(exchange.bytes);
    },
  });
  for (const [type, host] of [
    ['udp4', '127.0.0.1'],
    ['udp6', '::1'],
  ] as const) {
    const client = createSocket(type);
    client.send(host, Number(udp.address.split(':').at(-1)), host);
    const [answer] = (await once(client, 'message')) as [Buffer];
    t.is(answer.toString(), host);
    client.close();
  }
  t.deepEqual(from, ['ipv4 127.0.0.1', 'ipv6 ::1']);
  await udp.close();
});

test('a TCP connection keeps what was not understood yet, and is closed when that is too much', async t => {
  const { deps, counters } = world();
  const seen: string[] = [];
  const tcp = await openTcp({
    deps,
    inputBytesMax: 100,
    idleMs: 60_000,
    receive: (connection, buffered) => {
      const end = buffered.indexOf('\n');
      if (end < 0) return 0;
      seen.push(buffered.toString('utf8', 0, end));
      connection.send('ok\n');
      return end + 1;
    },
  });
  const client = connect(portOf(tcp.address), '127.0.0.1');
  client.write('he');
  client.write('llo\n');
  const [answer] = (await once(client, 'data')) as [Buffer];
  t.is(answer.toString(), 'ok\n');
  t.deepEqual(seen, ['hello']);
  client.write('x'.repeat(101));
  client.on('error', () => {});
  await once(client, 'close');
  t.is(counters.get('malformed'), 1);
  await tcp.close();
});

test('a TCP connection that says nothing is closed', async t => {
  const { deps } = world();
  const tcp = await openTcp({ deps, inputBytesMax: 100, idleMs: 20, receive: () => 0 });
  const client = connect(portOf(tcp.address), '127.0.0.1');
  await once(client, 'close');
  await tcp.close();
  t.pass();
});

test('an HTTP gateway hands over method, path, query and body, and answers HEAD without a body', async t => {
  const { deps } = world();
  const http = await openHttp({
    deps,
    bodyBytesMax: 10,
    answer: ({ method, path, query, body, from }) => ({
      status: 200,
      headers: { 'content-type': 'text/csv' },
      body: [method, path, query.get('a'), body.toString(), from.host].join(),
    }),
  });
  t.teardown(http.close);
  const url = `http://${http.address}/list?a=1`;
  const posted = await fetch(url, { method: 'POST', body: 'hi' });
  t.is(await posted.text(), 'POST,/list,1,hi,127.0.0.1');
  t.is(posted.headers.get('content-type'), 'text/csv');
  const head = await fetch(url, { method: 'HEAD' });
  t.deepEqual([head.status, head.headers.get('content-length'), await head.text()], [200, '23', '']);
  t.is((await fetch(url, { method: 'POST', body: 'x'.repeat(11) })).status, 413);
});

test('an address that begins with two slashes is a path', async t => {
  const { deps } = world();
  const http = await openHttp({ deps, bodyBytesMax: 10, answer: ({ path }) => ({ status: 200, body: path }) });
  t.teardown(http.close);
  t.is(await (await fetch(`http://${http.address}//announce`)).text(), '//announce');
});

test('one host has so many connections at a time, and a list that was kept is sent as it is', async t => {
  const { deps, counters } = new GatewayWorld('test', 1_000, { lab: false });
  const body = Buffer.from('a list');
  const http = await openHttp({ deps, bodyBytesMax: 10, answer: () => ({ status: 200, body }) });
  t.teardown(http.close);
  const clients = Array.from({ length: 65 }, () => connect(portOf(http.address), '127.0.0.1'));
  t.teardown(() => {
    for (const client of clients) client.destroy();
  });
  for (const client of clients) client.on('error', () => {});
  await Promise.race(clients.map(client => once(client, 'close')));
  t.is(counters.get('throttled'), 1);
  const [first] = clients;
  first!.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  const [answer] = (await once(first!, 'data')) as [Buffer];
  t.true(answer.toString().endsWith('a list'));
});

test('a fault of a family is an answer of 500, and the gateway goes on', async t => {
  const { deps } = world();
  const http = await openHttp({
    deps,
    bodyBytesMax: 10,
    answer: ({ path }) => {
      if (path === '/bad') throw new Error('a bug');
      return { status: 204 };
    },
  });
  t.teardown(http.close);
  t.is((await fetch(`http://${http.address}/bad`)).status, 500);
  t.is((await fetch(`http://${http.address}/`)).status, 204);
});
