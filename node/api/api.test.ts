import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { fakeNode, now } from '../../test/api/fake-node.ts';
import { listeningApi } from '../../test/api/listening.ts';
import type { RollcallError } from '../base/errors.ts';
import type { Ticker } from '../base/time.ts';
import type { ApiDeps } from './api.ts';

const peer = (n: number) => ({ type: 'peer', peerId: `peer ${n}`, connected: true }) as const;

async function listening(t: ExecutionContext, overrides: Partial<ApiDeps> = {}) {
  const node = fakeNode();
  const api = await listeningApi(node, overrides);
  t.teardown(() => api.close());
  return { node, api, events: `${api.address}/api/v1/events` };
}

/** Reads an event stream block by block. */
async function follow(t: ExecutionContext, url: string, lastId?: string) {
  const abort = new AbortController();
  t.teardown(() => abort.abort());
  const headers: Record<string, string> = lastId === undefined ? {} : { 'last-event-id': lastId };
  const response = await fetch(url, { headers, signal: abort.signal });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const next = async (): Promise<string | undefined> => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end >= 0) {
        const block = text.slice(0, end).trim();
        text = text.slice(end + 2);
        return block;
      }
      const { value, done } = await reader.read();
      if (done) return undefined;
      text += value;
    }
  };
  return { response, next, stop: () => abort.abort() };
}

test('events arrive as they happen, and a client that comes back misses none', async t => {
  const { node, events } = await listening(t);
  const first = await follow(t, events);
  t.is(first.response.headers.get('content-type'), 'text/event-stream; charset=utf-8');
  t.is(first.response.headers.get('x-content-type-options'), 'nosniff');
  const greeting = await first.next();
  t.regex(greeting!, /^retry: 2000\nid: [0-9a-z]+-0$/);
  node.emit(peer(1));
  const block = await first.next();
  t.regex(block!, /^id: [0-9a-z]+-1\nevent: peer\ndata: \{"peerId":"peer 1","connected":true\}$/);
  first.stop();
  node.emit(peer(2));
  node.emit(peer(3));
  const second = await follow(t, events, /^id: (.*)$/m.exec(block!)![1]);
  t.is(await second.next(), 'retry: 2000');
  t.regex((await second.next())!, /peer 2/);
  t.regex((await second.next())!, /peer 3/);
});

test('a client with an id of an earlier run is told to load everything again', async t => {
  const { node, events } = await listening(t);
  node.emit(peer(1));
  const client = await follow(t, events, 'earlier-7');
  await client.next();
  t.regex((await client.next())!, /^id: [0-9a-z]+-1\nevent: resync\ndata: \{\}$/);
});

test('heartbeats go out with the ticker', async t => {
  const tasks: (() => unknown)[] = [];
  const ticker: Ticker = (_, task) => void tasks.push(task);
  const { events } = await listening(t, { ticker });
  const client = await follow(t, events);
  await client.next();
  for (const task of tasks) task();
  t.is(await client.next(), ': still here');
});

test('only so many clients may follow, and one that goes makes room', async t => {
  const { node, events } = await listening(t, { eventClientsMax: 1 });
  const client = await follow(t, events);
  await client.next();
  const refused = await fetch(events);
  t.is(refused.status, 503);
  t.is(refused.headers.get('retry-after'), '10');
  t.is(((await refused.json()) as { code: string }).code, 'TOO_BUSY');
  client.stop();
  // The server notices the closed socket in one of the next turns of its loop.
  let next = await follow(t, events);
  while (next.response.status === 503) next = await follow(t, events);
  await next.next();
  node.emit(peer(1));
  t.regex((await next.next())!, /peer 1/);
});

test('closing ends open streams and does not wait for them', async t => {
  const { api, events } = await listening(t);
  const client = await follow(t, events);
  await client.next();
  const ended = client.next().catch(() => undefined);
  await api.close();
  t.is(await ended, undefined);
  await t.throwsAsync(fetch(events));
});

test('the address can be dialled, whatever the server is bound to', async t => {
  for (const [host, pattern] of [
    ['127.0.0.1', /^http:\/\/127\.0\.0\.1:\d+$/],
    ['0.0.0.0', /^http:\/\/127\.0\.0\.1:\d+$/],
  ] as const) {
    const { api } = await listening(t, { host });
    t.regex(api.address, pattern);
    t.is((await fetch(`${api.address}/healthz`)).status, 200);
  }
});

test('a port that is in use is named, with what to do', async t => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  t.teardown(() => holder.close());
  const { port } = holder.address() as AddressInfo;
  const error = await t.throwsAsync(listeningApi(fakeNode(), { port }), { code: 'PORT_TAKEN' });
  t.true(error.message.includes(String(port)));
});

test('an address that this machine does not have is named, with what to do', async t => {
  const host = '203.0.113.9';
  const error = await t.throwsAsync<RollcallError>(listeningApi(fakeNode(), { host }), { code: 'CANNOT_LISTEN' });
  t.regex(error!.message, /203\.0\.113\.9.*EADDRNOTAVAIL/);
  t.regex(error!.remedy!, /^choose another with --http/);
});

test('what is no HTTP is answered with a problem, and the line is closed', async t => {
  const { api } = await listening(t);
  const socket = connect(Number(new URL(api.address).port), '127.0.0.1');
  t.teardown(() => socket.destroy());
  socket.setEncoding('utf8').write('hello\r\n\r\n');
  let text = '';
  for await (const chunk of socket) text += chunk;
  t.true(text.startsWith('HTTP/1.1 400 Bad Request\r\n'));
  t.is(JSON.parse(text.slice(text.indexOf('\r\n\r\n'))).code, 'BAD_REQUEST');
});

test('after closing, the node has no listener left', async t => {
  const node = fakeNode();
  let signal: AbortSignal | undefined;
  const watch = node.watch;
  node.watch = (listener, until) => {
    signal = until;
    watch(listener, until);
  };
  {
    await using api = await listeningApi(node, { clock: () => now });
    t.false(signal!.aborted);
    t.truthy(api.address);
  }
  t.true(signal!.aborted);
});
