import test from 'ava';
import type { NodeEvent, ServerRow, ServersPage } from '../api/port.ts';
import type { StreamEvent } from './event-stream.ts';
import { Player } from './player.ts';
import type { Sighting } from './sightings.ts';

const row = (id: string, name: string): ServerRow => ({
  ...{ id, announcer: 'p', server: id, game: 'openarena', name, addresses: ['127.0.0.1:1'], state: 'up', tags: [] },
  ...{ attributes: {}, version: '', issuedAt: 1, expiresAt: 2, standing: 'new', observed: null },
  ...{ karma: { value: 0, tier: 'yellow' }, since: 1, hidden: null },
});
const hidden = { total: 0, karma: 0, silent: 0, duplicate: 0, crowd: 0 };

/** A node that tells what it is made to tell; each look waits until it is let go. */
function setup() {
  const events = new TransformStream<StreamEvent, StreamEvent>();
  const writer = events.writable.getWriter();
  let started = false;
  let rows: ServerRow[] = [];
  const looks: (() => void)[] = [];
  let asked = Promise.withResolvers<void>();
  const heard: string[] = [];
  const seen: Sighting[] = [];
  let sight = Promise.withResolvers<void>();
  const failure = Promise.withResolvers<unknown>();
  const player = new Player({
    client: {
      events: async () => events.readable[Symbol.asyncIterator]() as AsyncGenerator<StreamEvent>,
      async servers(): Promise<ServersPage> {
        const page = { total: rows.length, hidden, partial: false, tree: '', statement: null, servers: rows };
        if (!started) return page;
        await new Promise<void>(go => {
          looks.push(go);
          asked.resolve();
        });
        return { ...page, servers: rows };
      },
    },
    heard: id => heard.push(id),
    saw: sighting => {
      seen.push(sighting);
      sight.resolve();
    },
    failed: failure.resolve,
  });
  return {
    player,
    heard,
    seen,
    failure: failure.promise,
    async start() {
      await player.follow();
      started = true;
    },
    async changes(next: ServerRow[], ...ids: string[]) {
      rows = next;
      const data: Omit<Extract<NodeEvent, { type: 'servers' }>, 'type'> = {
        changes: ids.map(id => ({ id, change: 'changed' })),
        total: rows.length,
        tree: '',
      };
      await writer.write({ type: 'servers', data: JSON.stringify(data) });
    },
    end: () => writer.close(),
    async looking() {
      await asked.promise;
      asked = Promise.withResolvers();
      return looks.shift()!;
    },
    async sighted() {
      await sight.promise;
      sight = Promise.withResolvers();
    },
    looks,
  };
}

test('a player tells what differs from its last look', async t => {
  const it = setup();
  await it.start();
  await it.changes([row('a', 'One')], 'a');
  (await it.looking())();
  await it.sighted();
  t.deepEqual(it.seen, [{ what: 'joined', id: 'a', name: 'One', game: 'openarena' }]);
  t.is(it.player.rows.length, 1);
});

test('what arrives while it looks is heard at once, and answered by one more look', async t => {
  const it = setup();
  await it.start();
  await it.changes([row('a', 'One')], 'a');
  const first = await it.looking();
  await it.changes([row('a', 'One'), row('b', 'Two')], 'b');
  await it.changes([row('a', 'One'), row('b', 'Two'), row('c', 'Three')], 'c');
  t.deepEqual(it.heard, ['a', 'b', 'c']);
  t.is(it.looks.length, 0);
  first();
  (await it.looking())();
  await it.sighted();
  t.deepEqual(
    it.seen.map(({ id }) => id),
    ['a', 'b', 'c'],
  );
});

test('a node that tells no more is a failure', async t => {
  const it = setup();
  await it.start();
  await it.end();
  t.like(await it.failure, { code: 'STREAM_ENDED' });
});
