import test from 'ava';
import { accept, type Verdict } from '../base/verdict.ts';
import { MemoryNet, type MemoryNetOptions } from './memory.ts';
import type { Network } from './port.ts';

const topic = '/rollcall/test/announcements/1';
const bytes = (content: string): Uint8Array => new Uint8Array(Buffer.from(content));

/** A ring of nodes named `0`, `1`, …; `heard` tells who was asked to judge what, and when. */
function ring(size: number, options: MemoryNetOptions = {}, judge: () => Promise<Verdict> = async () => accept) {
  const net = new MemoryNet(options);
  const heard: string[] = [];
  const nodes: Network[] = Array.from({ length: size }, (_, index) => {
    const node = net.join(`${index}`);
    node.join(topic, data => {
      heard.push(`${index} heard ${Buffer.from(data)} at ${net.clock()}`);
      return judge();
    });
    return node;
  });
  for (let index = 0; index < size; index++) net.connect(`${index}`, `${(index + 1) % size}`);
  return { net, nodes, heard };
}

const who = (heard: readonly string[]): string[] => heard.map(line => line.split(' ')[0]!).toSorted();

test('the same seed gives the same run, another seed another one', async t => {
  const run = async (seed: number): Promise<string[]> => {
    const { net, nodes, heard } = ring(12, { seed, loss: 0.1 });
    for (const node of nodes) await node.publish(topic, bytes(node.peerId));
    await net.advance(1_000);
    return heard;
  };
  t.deepEqual(await run(1), await run(1));
  t.notDeepEqual(await run(1), await run(2));
});

test('a judge that takes real time does not change the run', async t => {
  const run = async (judge: () => Promise<Verdict>): Promise<string[]> => {
    const { net, nodes, heard } = ring(6, {}, judge);
    for (const node of nodes) await node.publish(topic, bytes(node.peerId));
    await net.advance(1_000);
    return heard;
  };
  const slowly = (): Promise<Verdict> => new Promise(resolve => setTimeout(resolve, 2, accept));
  t.deepEqual(await run(slowly), await run(async () => accept));
});

test('a message takes the latency of the links that it passes', async t => {
  const { net, nodes, heard } = ring(3, { latencyMs: [10, 10], startMs: 1_000 });
  net.disconnect('0', '2');
  await nodes[0]!.publish(topic, bytes('x'));
  await net.advance(100);
  t.deepEqual(heard, ['1 heard x at 1010', '2 heard x at 1020']);
});

test('a partition keeps gossip on its side and healing it lets the next message through', async t => {
  const { net, nodes, heard } = ring(6);
  const met: string[] = [];
  const gone: string[] = [];
  for (const node of nodes) node.serve('/test/1', async body => body, { requestBytesMax: 1 });
  nodes[2]!.onPeer('/test/1', peer => met.push(peer));
  nodes[2]!.onLeave(peer => gone.push(peer));
  await net.advance(1_000);
  t.deepEqual(met.splice(0).toSorted(), ['1', '3']);
  net.partition(['0', '1', '2'], ['3', '4', '5']);
  t.deepEqual(gone, ['3']);
  await nodes[0]!.publish(topic, bytes('x'));
  await net.advance(1_000);
  t.deepEqual(who(heard), ['1', '2']);
  net.heal();
  await net.advance(1_000);
  t.deepEqual(met, ['3']);
  heard.length = 0;
  await nodes[0]!.publish(topic, bytes('y'));
  await net.advance(1_000);
  t.deepEqual(who(heard), ['1', '2', '3', '4', '5']);
});

test('links made across a partition come up when it heals', async t => {
  const net = new MemoryNet();
  const a = net.join('a');
  net.join('b');
  net.partition(['a'], ['b']);
  net.connect('a', 'b');
  t.deepEqual(a.peers(), []);
  net.heal();
  t.is(a.peers()[0]!.peerId, 'b');
});

test('lost messages do not arrive, requests still do', async t => {
  const { net, nodes, heard } = ring(2, { loss: 1 });
  nodes[1]!.serve('/test/1', async body => body, { requestBytesMax: 10 });
  await nodes[0]!.publish(topic, bytes('x'));
  const answer = nodes[0]!.request('1', '/test/1', bytes('y'), { answerBytesMax: 10, timeoutMs: 1_000 });
  await net.advance(1_000);
  t.deepEqual(heard, []);
  t.is(`${Buffer.from(await answer)}`, 'y');
});

test('a node that was killed comes back with nothing', async t => {
  const { net, nodes, heard } = ring(3);
  net.leave('1');
  t.deepEqual(
    nodes[0]!.peers().map(peer => peer.peerId),
    ['2'],
  );
  const again = net.join('1');
  net.connect('1', '0');
  await nodes[2]!.publish(topic, bytes('x'));
  await net.advance(1_000);
  t.deepEqual(who(heard), ['0']);
  t.deepEqual(
    again.peers().map(peer => peer.peerId),
    ['0'],
  );
});

test('a message that comes again after two minutes is judged again', async t => {
  const { net, nodes, heard } = ring(2);
  for (const waitMs of [0, 60_000, 121_000]) {
    await net.advance(waitMs);
    await nodes[0]!.publish(topic, bytes('x'));
  }
  await net.advance(1_000);
  t.is(heard.length, 2);
});

test('all that is sent is told, by topic and by protocol, also what gets lost', async t => {
  const sent: string[] = [];
  const { net, nodes } = ring(3, { loss: 1, sent: (what, size) => sent.push(`${what} ${size}`) });
  nodes[1]!.serve('/echo/1', async body => bytes(`${Buffer.from(body)}!`), { requestBytesMax: 10 });
  await nodes[0]!.publish(topic, bytes('news'));
  const asking = nodes[0]!.request('1', '/echo/1', bytes('ah'), { answerBytesMax: 10, timeoutMs: 1_000 });
  await net.advance(500);
  await asking;
  t.deepEqual(sent, [`${topic} 4`, `${topic} 4`, '/echo/1 2', '/echo/1 3']);
});
