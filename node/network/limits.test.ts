// What the libp2p host refuses: floods, and peers that misbehaved before. All on loopback.
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import anyTest, { type TestFn } from 'ava';
import { accept, reject } from '../base/verdict.ts';
import { createHost, type Host, type HostDeps } from './host.ts';
import { labDeps, labTopics, until } from './lab.ts';

const test = anyTest as TestFn<{ hosts: Host[] }>;
const topic = labTopics[0]!;

test.beforeEach(t => {
  t.context.hosts = [];
});
test.afterEach.always(async t => {
  await Promise.all(t.context.hosts.map(host => host[Symbol.asyncDispose]()));
});

/** A host to whom a message that begins with 0 is invalid. */
async function start(hosts: Host[], overrides: Partial<HostDeps> = {}): Promise<Host> {
  const host = await createHost(labDeps(overrides));
  hosts.push(host);
  host.join(topic, async data => (data[0] === 0 ? reject('BAD') : accept));
  await host.start();
  return host;
}

const address = (host: Host): string => host.addresses()[0]!;
const isPeer = (host: Host, other: Host): boolean => host.peers().some(peer => peer.peerId === other.peerId);

test('more connections a second than allowed from one address are refused', async t => {
  const { hosts } = t.context;
  const inboundPerSecondMax = 3;
  const limits = { connectionsMax: 50, inboundPerSecondMax, rememberedPeersMax: 0 };
  const node = await start(hosts, { limits });
  const port = Number(/tcp\/(\d+)/.exec(address(node))![1]);
  const began = performance.now();
  const refused = await Promise.all(
    Array.from({ length: 100 }, async () => {
      // Who is let in is answered in the first line of the handshake, the others are closed.
      const socket = connect(port, '127.0.0.1', () => socket.write('\x13/multistream/1.0.0\n'));
      const { promise, resolve } = Promise.withResolvers<boolean>();
      socket.on('data', () => resolve(false));
      socket.on('error', () => resolve(true)).on('close', () => resolve(true));
      const result = await promise;
      socket.destroy();
      return result;
    }),
  );
  // A second is counted from the first connection in it, and a busy machine may take some for all hundred.
  const seconds = Math.floor((performance.now() - began) / 1_000) + 1;
  const accepted = refused.filter(is => !is).length;
  t.true(accepted >= 1 && accepted <= seconds * inboundPerSecondMax, `${accepted} accepted in ${seconds} s`);
});

test('more connections than allowed are not kept', async t => {
  const { hosts } = t.context;
  const node = await start(hosts, { limits: { connectionsMax: 2, inboundPerSecondMax: 100, rememberedPeersMax: 0 } });
  const guests = await Promise.all(Array.from({ length: 4 }, () => start(hosts, { entries: [address(node)] })));
  const inside = (): number => guests.filter(guest => guest.peers().length > 0).length;
  await until(() => node.peers().length === 2 && inside() === 2);
  t.pass();
});

test('when all places are taken, one of better karma gets that of the worst, and one of worse none', async t => {
  const { hosts } = t.context;
  const karma = new Map<string, number>();
  const esteem = { karma: (peer: string) => karma.get(peer) ?? 0, preferred: () => false, refuseBelow: -0.5 };
  const limits = { connectionsMax: 2, inboundPerSecondMax: 100, rememberedPeersMax: 0 };
  const node = await start(hosts, { limits, esteem });
  const seeds = Array.from({ length: 2 }, () => randomBytes(32));
  const [good, poor] = await Promise.all(seeds.map(seed => createHost(labDeps({ seed, entries: [address(node)] }))));
  hosts.push(good!, poor!);
  karma.set(good!.peerId, 0.5);
  karma.set(poor!.peerId, -0.1);
  const [first, second] = [
    await start(hosts, { entries: [address(node)] }),
    await start(hosts, { entries: [address(node)] }),
  ];
  await until(() => isPeer(node, first) && isPeer(node, second));
  await poor!.start();
  await until(() => node.turnedAway().full >= 1);
  t.false(isPeer(node, poor!));
  await good!.start();
  await until(() => isPeer(node, good!));
  t.is(node.peers().length, 2);
});

test('of one peer, 32 requests are answered at a time, whatever protocols it uses', async t => {
  const { hosts } = t.context;
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const server = await createHost(labDeps());
  hosts.push(server);
  const protocols = ['/rollcall/lab/slow/1', '/rollcall/lab/slow/2'];
  for (const slow of protocols) {
    server.serve(slow, () => gate.then(() => Uint8Array.of(1)), { requestBytesMax: 10 });
  }
  await server.start();
  const node = await start(hosts, { entries: [address(server)] });
  await until(() => node.peers()[0]?.agent != null);
  let answered = 0;
  let refused = 0;
  const ask = (index: number): Promise<void> =>
    node
      .request(server.peerId, protocols[index % 2]!, Uint8Array.of(1), { answerBytesMax: 10, timeoutMs: 20_000 })
      .then(
        () => void answered++,
        () => void refused++,
      );
  const all = Array.from({ length: 40 }, (_, index) => ask(index));
  await until(() => refused === 8);
  open();
  await Promise.all(all);
  t.deepEqual([answered, refused], [32, 8]);
});

test('what a peer did is not forgotten when it comes back', async t => {
  const { hosts } = t.context;
  const seed = randomBytes(32);
  const node = await start(hosts);
  const scoreOf = (peer: Host): number => node.peers().find(({ peerId }) => peerId === peer.peerId)?.score ?? 0;
  const mallory = await start(hosts, { seed, entries: [address(node)] });
  let count = 0;
  await until(() => {
    void mallory.publish(topic, Uint8Array.of(0, count++));
    return scoreOf(mallory) < -2_500;
  });
  await mallory[Symbol.asyncDispose]();
  await until(() => node.peers().length === 0);
  const again = await start(hosts, { seed, entries: [address(node)] });
  await until(() => isPeer(node, again) && scoreOf(again) < -2_500);
  t.pass();
});
