// Gossip over gossipsub itself: how often a message crosses a link.
import test from 'ava';
import { accept } from '../base/verdict.ts';
import { Gossip, type GossipDeps } from './gossip.ts';
import { labNode, until } from './lab.ts';

const topic = '/rollcall/lab/announcements/1';
const [first, second] = [new Uint8Array([1]), new Uint8Array([2])];

/** Public in the class, missing in the type that the library exports. */
type Internals = {
  getMeshPeers(topic: string): readonly string[];
  handleReceivedMessage(from: unknown, message: { readonly data: Uint8Array }): Promise<void>;
};

/** Notes each copy that comes in, and does later what it is told to. */
async function start() {
  const waiting: (() => void)[] = [];
  const copies: number[] = [];
  const node = await labNode([topic]);
  const { pubsub } = node.services;
  const internals = pubsub as unknown as Internals;
  const receive = internals.handleReceivedMessage.bind(pubsub);
  internals.handleReceivedMessage = (from, message) => {
    copies.push(message.data[0]!);
    return receive(from, message);
  };
  const deps: GossipDeps = {
    topics: [topic],
    onReject: () => {},
    random: () => 0.5,
    later: (_delayMs, task) => void waiting.push(task),
    log: () => {},
  };
  const gossip = new Gossip(deps, pubsub);
  gossip.join(topic, async () => accept, 20);
  await node.start();
  gossip.start();
  return { node, gossip, meshed: () => internals.getMeshPeers(topic).length, waiting, copies };
}

test('who sent a message while it waited to be passed on does not get it back', async t => {
  const all = await Promise.all([start(), start(), start()]);
  const [a, b, c] = all as [(typeof all)[number], (typeof all)[number], (typeof all)[number]];
  await a.node.dial(b.node.getMultiaddrs());
  await a.node.dial(c.node.getMultiaddrs());
  await b.node.dial(c.node.getMultiaddrs());
  await until(() => all.every(({ meshed }) => meshed() === 2));
  await a.gossip.publish(topic, first);
  await until(() => b.waiting.length === 1 && c.waiting.length === 1);
  b.waiting[0]!();
  await until(() => c.copies.length === 2);
  c.waiting[0]!();
  // What c says next comes behind whatever it passed on.
  await c.gossip.publish(topic, second);
  await until(() => b.copies.includes(2));
  t.deepEqual(b.copies, [1, 2]);
  t.deepEqual(c.copies, [1, 1]);
  await Promise.all(all.map(({ node }) => node.stop()));
});
