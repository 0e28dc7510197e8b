import { peerIdFromString } from '@libp2p/peer-id';
import test from 'ava';
import { upkeep } from './upkeep.ts';

const ids = [
  '12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X',
  '12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN',
].map(id => peerIdFromString(id));
const [here, gone] = ids;

/** One peer is connected since 0, another one only known. */
function setup(now: number, deaf: boolean) {
  const log: string[] = [];
  const connection = { remotePeer: here, timeline: { open: 0 }, abort: () => log.push('hung up') };
  const node = {
    getConnections: () => [connection],
    peerStore: { all: async () => ids.map(id => ({ id })), delete: async (id: unknown) => log.push(`forgot ${id}`) },
  };
  const run = (): Promise<void> =>
    upkeep({
      clock: () => now,
      node: node as never,
      ping: async connections => void log.push(`pinged ${connections.length}`),
      isDeaf: () => deaf,
      log: () => {},
    });
  return { log, run };
}

test('connected peers are pinged, and others that libp2p heard of are forgotten', async t => {
  const { log, run } = setup(60_000, false);
  await run();
  t.deepEqual(log, ['pinged 1', `forgot ${gone}`]);
});

test('a peer that gossip no longer reaches is hung up on, so that it is dialled anew', async t => {
  const { log, run } = setup(60_000, true);
  await run();
  t.is(log[0], 'hung up');
});

test('a peer that has just connected is given time', async t => {
  const { log, run } = setup(1_000, true);
  await run();
  t.is(log[0], 'pinged 1');
});

test('a clock that is set back does not give a peer that gossip does not reach until it is back', async t => {
  const { log, run } = setup(-3_600_000, true);
  await run();
  t.is(log[0], 'hung up');
});
