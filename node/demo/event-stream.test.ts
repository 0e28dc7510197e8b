import test from 'ava';
import { EventHub } from '../api/events.ts';
import { utf8 } from '../base/bytes.ts';
import { readEvents, type StreamEvent } from './event-stream.ts';

/** The text in pieces of so many bytes, so that characters and events are torn apart. */
async function* torn(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = utf8(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all(events: AsyncIterable<StreamEvent>): Promise<StreamEvent[]> {
  const read: StreamEvent[] = [];
  for await (const event of events) read.push(event);
  return read;
}

function streamOf(use: (hub: EventHub) => void): string {
  let text = '';
  const hub = new EventHub({ run: 'r' });
  hub.connect({ write: more => (text += more), buffered: () => 0, close: () => {} }, undefined);
  use(hub);
  return text;
}

for (const size of [1, 7, 10_000]) {
  test(`what our API sends is read again, in pieces of ${size} bytes`, async t => {
    const text = streamOf(hub => {
      hub.publish({ type: 'head', oid: 'f00d', summary: '1 joined: 日本語 🥝' });
      hub.heartbeat();
      hub.publish({ type: 'peer', peerId: 'p', connected: true });
    });
    t.deepEqual(await all(readEvents(torn(text, size))), [
      { type: 'head', data: '{"oid":"f00d","summary":"1 joined: 日本語 🥝"}' },
      { type: 'peer', data: '{"peerId":"p","connected":true}' },
    ]);
  });
}

test('an event without end is not kept', async t => {
  await t.throwsAsync(all(readEvents(torn(`data: ${'x'.repeat(300_000)}`, 50_000))), {
    message: /without end/,
  });
});
