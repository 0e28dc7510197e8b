import test from 'ava';
import {
  behindBytesMax,
  clientBytesMax,
  EventHub,
  type EventSink,
  eventBytesMax,
  namedAtOnceMax,
  remembered,
  toldAtOnceMax,
  waitingMax,
} from './events.ts';
import type { NodeEvent } from './port.ts';

const peer = (n: number) => ({ type: 'peer', peerId: `peer ${n}`, connected: true }) as const;

function sink(): EventSink & { text: string; closed: boolean; behind: number } {
  return {
    text: '',
    closed: false,
    behind: 0,
    write(text) {
      this.text += text;
    },
    buffered() {
      return this.behind;
    },
    close() {
      this.closed = true;
    },
  };
}

/** What a client that connects with `lastId` gets first, without the line on when to retry. */
function greeting(hub: EventHub, lastId?: string): string {
  const client = sink();
  hub.connect(client, lastId);
  hub.disconnect(client);
  return client.text.replace(/^retry: \d+\n/, '');
}

test('events are numbered and sent to every client', t => {
  const hub = new EventHub({ run: 'r' });
  const clients = [sink(), sink()];
  for (const client of clients) hub.connect(client, undefined);
  hub.publish(peer(1));
  for (const { text } of clients) {
    t.is(text, 'retry: 2000\nid: r-0\n\nid: r-1\nevent: peer\ndata: {"peerId":"peer 1","connected":true}\n\n');
  }
});

test('a client resumes behind the last id that it saw', t => {
  const hub = new EventHub({ run: 'r' });
  for (const n of [1, 2, 3]) hub.publish(peer(n));
  t.deepEqual(
    [...greeting(hub, 'r-1').matchAll(/^id: (.*)$/gm)].map(([, id]) => id),
    ['r-2', 'r-3'],
  );
  t.is(greeting(hub, 'r-3'), '\n');
  t.is(greeting(hub, 'r-0').match(/^event: peer$/gm)?.length, 3);
});

for (const [title, lastId] of [
  ['of an earlier run', 'q-2'],
  ['that is too old', 'r-1'],
  ['of the future', `r-${remembered + 100}`],
  ['that is no id', 'r-x'],
  ['that is empty', ''],
] as const) {
  test(`an id ${title} makes the client load everything again`, t => {
    const hub = new EventHub({ run: 'r' });
    for (let n = 1; n <= remembered + 2; n++) hub.publish(peer(n));
    t.is(greeting(hub, lastId), `\nid: r-${remembered + 2}\nevent: resync\ndata: {}\n\n`);
  });
}

test('the oldest event that is remembered can still be resumed from', t => {
  const hub = new EventHub({ run: 'r' });
  for (let n = 1; n <= remembered + 2; n++) hub.publish(peer(n));
  t.is(greeting(hub, 'r-2').match(/^event: peer$/gm)?.length, remembered);
});

test('an event that is too large becomes a resync', t => {
  const hub = new EventHub({ run: 'r' });
  const client = sink();
  hub.connect(client, undefined);
  hub.publish({ type: 'head', oid: '', summary: 'x'.repeat(eventBytesMax) });
  t.true(client.text.endsWith('id: r-1\nevent: resync\ndata: {}\n\n'));
});

test('who missed more than a client may be behind loads everything again', t => {
  const hub = new EventHub({ run: 'r' });
  const summary = 'x'.repeat(eventBytesMax - 100);
  for (let n = 0; n * summary.length <= clientBytesMax; n++) hub.publish({ type: 'head', oid: '', summary });
  t.regex(greeting(hub, 'r-0'), /event: resync/);
  t.regex(greeting(hub, 'r-1'), /event: head/);
});

test('a client that does not keep up is dropped, the others go on', t => {
  const hub = new EventHub({ run: 'r' });
  const [slow, quick] = [sink(), sink()];
  hub.connect(slow, undefined);
  hub.connect(quick, undefined);
  slow.behind = clientBytesMax + 1;
  hub.publish(peer(1));
  t.true(slow.closed);
  t.false(slow.text.includes('peer 1'));
  t.true(quick.text.includes('peer 1'));
  t.is(hub.clients, 1);
});

test('of very many clients each may be less far behind, so that all together are bounded', t => {
  const hub = new EventHub({ run: 'r' });
  const [slow, ...others] = Array.from({ length: 1_000 }, sink);
  for (const client of [slow!, ...others]) hub.connect(client, undefined);
  slow!.behind = behindBytesMax / 1_000;
  hub.publish(peer(1));
  t.false(slow!.closed);
  slow!.behind++;
  hub.publish(peer(2));
  t.true(slow!.closed);
  t.is(hub.clients, 999);
});

test('a heartbeat is a comment', t => {
  const hub = new EventHub({ run: 'r' });
  const client = sink();
  hub.connect(client, undefined);
  hub.heartbeat();
  t.true(client.text.endsWith(': still here\n\n'));
});

test('the hub is full at its limit, and closes all clients', t => {
  const hub = new EventHub({ run: 'r', clientsMax: 1 });
  const client = sink();
  t.false(hub.full);
  hub.connect(client, undefined);
  t.true(hub.full);
  hub.close();
  t.true(client.closed);
  t.false(hub.full);
});

const observed = (n: number) =>
  ({ type: 'observed', id: `server ${n}`, observed: { up: true } as never }) as const satisfies NodeEvent;

const eventsOf = (text: string) =>
  [...text.matchAll(/^event: (.*)\ndata: (.*)$/gm)].map(([, type, data]) => ({ type, ...JSON.parse(data!) }));

test('what comes in numbers is told one by one at first, and by name at the end of the second', t => {
  const hub = new EventHub({ run: 'r' });
  const client = sink();
  hub.connect(client, undefined);
  for (let n = 0; n < toldAtOnceMax + 2; n++) hub.publish(observed(n));
  hub.publish(observed(toldAtOnceMax));
  t.is(eventsOf(client.text).length, toldAtOnceMax);
  hub.flush();
  t.deepEqual(eventsOf(client.text).slice(toldAtOnceMax), [
    { type: 'observedMany', ids: [`server ${toldAtOnceMax}`, `server ${toldAtOnceMax + 1}`] },
  ]);
  hub.flush();
  hub.publish(observed(1));
  t.is(eventsOf(client.text).length, toldAtOnceMax + 2);
});

test('what does not fit into one event waits for the next, and nothing is left out', t => {
  const hub = new EventHub({ run: 'r' });
  const client = sink();
  hub.connect(client, undefined);
  const all = toldAtOnceMax + namedAtOnceMax + 5;
  for (let n = 0; n < all; n++) hub.publish({ type: 'karma', subject: `12D3${'K'.repeat(48)}${n}` });
  hub.flush();
  hub.flush();
  hub.flush();
  const many = eventsOf(client.text).slice(toldAtOnceMax);
  t.deepEqual(
    many.map(({ type, subjects }) => [type, subjects.length]),
    [
      ['karmaMany', namedAtOnceMax],
      ['karmaMany', 5],
    ],
  );
  t.is(new Set(many.flatMap(({ subjects }) => subjects)).size, namedAtOnceMax + 5);
});

test('when too much waits, clients load everything again', t => {
  const hub = new EventHub({ run: 'r' });
  const client = sink();
  hub.connect(client, undefined);
  for (let n = 0; n <= toldAtOnceMax + waitingMax; n++) hub.publish(observed(n));
  hub.flush();
  t.deepEqual(eventsOf(client.text).slice(toldAtOnceMax), [{ type: 'resync' }]);
});
