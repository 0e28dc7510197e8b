// What only the libp2p host does: finding peers, also after a restart. All on loopback.
import { randomBytes } from 'node:crypto';
import anyTest, { type TestFn } from 'ava';
import type { RollcallError } from '../base/errors.ts';
import { accept } from '../base/verdict.ts';
import { createHost, type Host, type HostDeps } from './host.ts';
import { labDeps, labNode, labTopics, tickerAt, until } from './lab.ts';
import type { RememberedPeer } from './remembered.ts';

const test = anyTest as TestFn<{ hosts: Host[] }>;
const topic = labTopics[0]!;
const protocol = '/rollcall/lab/echo/1';
/** A second of the hosts' time passes in 10 ms, so that waiting for a backoff is no waiting. */
const speed = 100;
const startMs = Date.now();
const fast = { clock: () => startMs + (Date.now() - startMs) * speed, ticker: tickerAt(speed) };

test.beforeEach(t => {
  t.context.hosts = [];
});
test.afterEach.always(async t => {
  await Promise.all(t.context.hosts.map(host => host[Symbol.asyncDispose]()));
});

async function start(hosts: Host[], overrides: Partial<HostDeps> = {}): Promise<Host> {
  const host = await createHost(labDeps(overrides));
  hosts.push(host);
  host.join(topic, async () => accept);
  host.serve(protocol, async body => body, { requestBytesMax: 100 });
  await host.start();
  return host;
}

const address = (host: Host): string => host.addresses()[0]!;
const isPeer = (host: Host, other: Host): boolean => host.peers().some(peer => peer.peerId === other.peerId);

/** A store of remembered peers that outlives its host. */
function memory(peers: readonly RememberedPeer[] = []) {
  const held = { peers };
  const store = {
    load: async () => held.peers,
    save: async (all: readonly RememberedPeer[]) => {
      held.peers = all;
    },
  };
  return { held, store };
}

test('an entry point that starts later is found, and found again after a restart', async t => {
  const { hosts } = t.context;
  const seed = randomBytes(32);
  const first = await start(hosts, { seed });
  const entry = address(first);
  const listen = [entry.slice(0, entry.indexOf('/p2p/'))];
  await first[Symbol.asyncDispose]();
  const node = await start(hosts, { ...fast, entries: [entry] });
  t.deepEqual(node.peers(), []);
  const second = await start(hosts, { seed, listen });
  await until(() => isPeer(node, second));
  await second[Symbol.asyncDispose]();
  await until(() => node.peers().length === 0);
  const third = await start(hosts, { seed, listen });
  await until(() => isPeer(node, third));
  t.pass();
});

test('an entry point may be this node itself, named or not', async t => {
  const { hosts } = t.context;
  const seed = randomBytes(32);
  const first = await start(hosts, { seed });
  const listen = [address(first).slice(0, address(first).indexOf('/p2p/'))];
  await first[Symbol.asyncDispose]();
  const log: string[] = [];
  const node = await start(hosts, {
    seed,
    listen,
    entries: [...listen, `${listen[0]}/p2p/${first.peerId}`],
    log: (level, message) => void (level === 'debug' || log.push(message)),
  });
  const other = await start(hosts, { entries: listen });
  await until(() => isPeer(node, other));
  t.deepEqual(log, []);
});

test('peers that were connected are remembered, whoever dialled, and dialled without any entry point', async t => {
  const { hosts } = t.context;
  const { held, store } = memory();
  const entry = await start(hosts);
  const node = await start(hosts, { entries: [address(entry)], remembered: store });
  const guest = await start(hosts, { entries: [address(node)] });
  await until(() => isPeer(node, guest) && isPeer(node, entry) && node.peers().every(peer => peer.agent !== null));
  await node[Symbol.asyncDispose]();
  t.deepEqual(held.peers.map(peer => peer.peerId).toSorted(), [entry.peerId, guest.peerId].toSorted());
  t.deepEqual(held.peers.find(peer => peer.peerId === guest.peerId)!.addresses, [address(guest)]);
  const again = await start(hosts, { remembered: store });
  await until(() => isPeer(again, entry) && isPeer(again, guest));
});

test('remembered peers are saved while the node runs, so that a crash forgets little', async t => {
  const { hosts } = t.context;
  const { held, store } = memory();
  const entry = await start(hosts);
  await start(hosts, { ...fast, entries: [address(entry)], remembered: store });
  await until(() => held.peers.length === 1);
  t.is(held.peers[0]!.peerId, entry.peerId);
});

test('loopback addresses that a stranger names are not remembered unless private ones are allowed', async t => {
  const { hosts } = t.context;
  const { held, store } = memory();
  const entry = await start(hosts);
  const overrides = { entries: [address(entry)], remembered: store, allowPrivateAddresses: false };
  const node = await start(hosts, overrides);
  const guest = await start(hosts, { entries: [address(node)] });
  await until(() => node.peers().length === 2 && node.peers().every(peer => peer.agent !== null));
  t.true(isPeer(node, guest));
  await node[Symbol.asyncDispose]();
  t.deepEqual(
    held.peers.map(peer => peer.peerId),
    [entry.peerId],
  );
});

test('a player listens nowhere and still hears everything', async t => {
  const { hosts } = t.context;
  const server = await start(hosts);
  const player = await createHost(labDeps({ role: 'player', entries: [address(server)] }));
  hosts.push(player);
  let heard = 0;
  player.join(topic, async () => {
    heard++;
    return accept;
  });
  await player.start();
  let count = 1;
  await until(() => {
    void server.publish(topic, Uint8Array.of(count++));
    return heard > 0;
  });
  t.deepEqual(player.addresses(), []);
});

test('a peer that speaks a protocol is met soon after the connection', async t => {
  const { hosts } = t.context;
  const server = await start(hosts);
  const { promise, resolve } = Promise.withResolvers<string>();
  const node = await createHost(labDeps({ entries: [address(server)] }));
  hosts.push(node);
  node.onPeer(protocol, resolve);
  await node.start();
  t.is(await promise, server.peerId);
});

test('a peer that was too busy to say what it speaks is hung up on, so that it is asked again', async t => {
  const { hosts } = t.context;
  const mute = await labNode();
  t.teardown(() => mute.stop());
  await mute.start();
  await mute.unhandle('/ipfs/id/1.0.0');
  const left: string[] = [];
  const host = await start(hosts, { ...fast, entries: mute.getMultiaddrs().map(String) });
  host.onLeave(peer => left.push(peer));
  await until(() => left.includes(mute.peerId.toString()));
  t.pass();
});

test('announced addresses are named beside those that the node listens on', async t => {
  const node = await start(t.context.hosts, { announce: ['/dns4/play.example.org/tcp/7481'] });
  t.is(node.addresses().length, 2);
  t.true(node.addresses().includes(`/dns4/play.example.org/tcp/7481/p2p/${node.peerId}`));
});

test('a port that is taken, an address that is not here, and one that is none are errors that say so', async t => {
  const { hosts } = t.context;
  const node = await start(hosts);
  const taken = address(node).slice(0, address(node).indexOf('/p2p/'));
  await t.throwsAsync(start(hosts, { listen: ['/ip4/127.0.0.1/tcp/0', taken] }), {
    code: 'LISTEN_FAILED',
    message: `cannot listen on ${taken}: another program holds the port`,
  });
  const elsewhere = '/ip4/203.0.113.9/tcp/0';
  const error = await t.throwsAsync(start(hosts, { listen: [elsewhere] }), {
    code: 'LISTEN_FAILED',
    message: `cannot listen on ${elsewhere}: this machine has no such address`,
  });
  t.regex((error as RollcallError).remedy!, /^correct --listen or network\.listen/);
  await t.throwsAsync(start(hosts, { entries: ['nonsense'] }), { code: 'BAD_MULTIADDR' });
});

test('topics and protocols are used as they were declared', async t => {
  const node = await start(t.context.hosts);
  t.throws(() => node.join('/rollcall/lab/unheard-of/1', async () => accept), { message: /not named at creation/ });
  t.throws(() => node.join(topic, async () => accept), { message: /joined before/ });
  t.throws(() => node.serve(protocol, async body => body, { requestBytesMax: 1 }), { message: /served already/ });
  await t.throwsAsync(node.publish('/rollcall/lab/unheard-of/1', Uint8Array.of(1)), { message: /not named/ });
});
