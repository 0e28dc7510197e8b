import { randomBytes } from 'node:crypto';
import type { Stream } from '@libp2p/interface';
import test from 'ava';
import { until } from './lab.ts';
import { createNode } from './node.ts';

const protocol = '/lab/1';

/** What is read of yamux's streams here. */
type Windowed = Stream & { readonly recvWindow: number; readonly recvWindowCapacity: number };

async function start() {
  const node = await createNode({
    seed: randomBytes(32),
    list: 'lab',
    listen: ['/ip4/127.0.0.1/tcp/0'],
    announce: [],
    agent: 'lab',
    mdns: false,
    connectionsMax: 10,
    inboundPerSecondMax: 100,
    gossip: { topics: [], allowPrivateAddresses: true, pastScore: () => 0, onReject: () => {}, log: () => {} },
    denies: () => false,
    onLanPeer: () => {},
  });
  await node.start();
  return node;
}

test('a sender hears of more room when half of the window is used, not with each message', async t => {
  const [from, to] = [await start(), await start()];
  let stream: Windowed | undefined;
  let bytes = 0;
  await to.handle(protocol, it => {
    stream = it as Windowed;
    it.addEventListener('message', ({ data }) => {
      bytes += data.byteLength;
    });
  });
  const out = await (await from.dial(to.getMultiaddrs())).newStream(protocol);
  const least: number[] = [];
  for (let sent = 1; sent <= 60; sent++) {
    out.send(new Uint8Array(10_000));
    await until(() => bytes === sent * 10_000);
    least.push(stream!.recvWindowCapacity);
  }
  const { recvWindow } = stream!;
  t.true(
    least.some(capacity => capacity < recvWindow * 0.6),
    'messages are not confirmed one by one',
  );
  t.true(
    least.every(capacity => capacity >= recvWindow / 2),
    'and the window never closes',
  );
  await Promise.all([from.stop(), to.stop()]);
});
