import test from 'ava';
import { day, hour, minute, second } from '../../node/base/time.ts';
import { type SimNode, World } from './world.ts';

const request = (server: string, name = server) => ({
  game: 'openarena',
  name,
  addresses: ['203.0.113.7:27960'],
  server,
});
const names = ({ live }: SimNode) =>
  [...live.list.listed.values()]
    .filter(({ announcement }) => announcement.state === 'up')
    .map(({ announcement }) => announcement.name)
    .sort();

async function worldOf(count: number, options: ConstructorParameters<typeof World>[0] = {}) {
  const world = new World(options);
  for (let number = 1; number <= count; number++) await world.start(number);
  world.link();
  await world.net.advance(second);
  return { world, nodes: world.nodes as unknown as [SimNode, SimNode, SimNode, ...SimNode[]] };
}

test('an announcement on one of 100 nodes is on all within two seconds, and all trees are equal', async t => {
  const { world, nodes } = await worldOf(100);
  await nodes[0].own.announce(request('eu-1'));
  await world.net.advance(2 * second);
  t.deepEqual(world.trees(), [nodes[0].live.tree.root()]);
  t.deepEqual(names(nodes[99]!), ['eu-1']);
});

test('what gossip loses, anti-entropy brings', async t => {
  const { world, nodes } = await worldOf(20, { loss: 0.9 });
  for (const [i, node] of nodes.entries()) await node.own.announce(request(`s${i}`));
  await world.net.advance(10 * minute);
  t.is(world.trees().length, 1);
  t.is(names(nodes[7]!).length, 20);
});

test('two halves that were parted agree soon after they meet again, with what was said meanwhile on either side', async t => {
  const { world, nodes } = await worldOf(20);
  await nodes[0].own.announce(request('both'));
  await world.net.advance(2 * second);
  world.net.partition(
    nodes.slice(0, 10).map(node => node.peerId),
    nodes.slice(10).map(node => node.peerId),
  );
  await nodes[1].own.announce(request('left'));
  await nodes[15]!.own.announce(request('right'));
  await nodes[0].own.withdraw('both');
  await world.net.advance(minute);
  t.is(world.trees().length, 2);
  t.deepEqual(names(nodes[19]!), ['both', 'right']);
  world.net.heal();
  await world.net.advance(8 * minute);
  t.is(world.trees().length, 1);
  t.deepEqual(names(nodes[19]!), ['left', 'right']);
});

test('a newcomer takes the whole list from its first peer', async t => {
  const { world, nodes } = await worldOf(5);
  for (let i = 0; i < 200; i++)
    await nodes[i % 5]!.own.announce({ ...request(`s${i}`), addresses: [`198.51.${i}.7:27960`] });
  await world.net.advance(5 * second);
  const newcomer = await world.start(6);
  world.net.connect(newcomer.peerId, nodes[0].peerId);
  await world.net.advance(5 * second);
  t.is(names(newcomer).length, 200);
  t.is(newcomer.live.tree.root(), nodes[0].live.tree.root());
});

test('a server is announced again at half of its life for as long as its node runs, and goes a day after it stopped', async t => {
  const { world, nodes } = await worldOf(3);
  await nodes[0].own.announce(request('eu-1'));
  const first = [...nodes[2].live.list.listed.values()];
  await world.net.advance(3 * day);
  const [item] = [...nodes[2].live.list.listed.values()];
  t.is(first.length, 0);
  t.true(item!.announcement.issuedAt > world.net.clock() - 13 * hour);
  nodes[0].stop();
  await world.net.advance(day + minute);
  t.deepEqual(names(world.nodes[1]!), []);
});

test('a node that restarts goes on announcing what its people announced, and not what they withdrew', async t => {
  const { world } = await worldOf(3);
  const store = new Map<string, Uint8Array>();
  const node = await world.start(9, store);
  world.net.connect(node.peerId, world.nodes[0]!.peerId);
  await node.own.announce(request('stays'));
  await node.own.announce(request('goes'));
  await node.own.withdraw('goes');
  node.stop();
  await world.net.advance(2 * day);
  t.deepEqual(names(world.nodes[0]!), []);
  const again = await world.start(9, store);
  world.net.connect(again.peerId, world.nodes[0]!.peerId);
  await world.net.advance(minute);
  t.deepEqual(names(world.nodes[0]!), ['stays']);
});
