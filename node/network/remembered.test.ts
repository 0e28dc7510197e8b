import test from 'ava';
import { addressesPerPeerMax, Remembered, type RememberedPeer } from './remembered.ts';

function setup(held: readonly RememberedPeer[] = [], peersMax = 3) {
  const saved: (readonly RememberedPeer[])[] = [];
  const store = { load: async () => held, save: async (peers: readonly RememberedPeer[]) => void saved.push(peers) };
  return { remembered: new Remembered({ store, peersMax, log: () => {} }), saved };
}

const ids = (peers: readonly RememberedPeer[]): string[] => peers.map(peer => peer.peerId);

test('the peer seen last comes first, and the one seen longest ago makes room', t => {
  const { remembered } = setup();
  for (const id of ['a', 'b', 'c', 'a', 'd']) remembered.saw(id, [`/${id}`]);
  t.deepEqual(ids(remembered.list()), ['d', 'a', 'c']);
});

test('what was saved is loaded in the same order, up to the bound', async t => {
  const { remembered } = setup(['a', 'b', 'c', 'd'].map(peerId => ({ peerId, addresses: [`/${peerId}`] })));
  await remembered.load();
  t.deepEqual(ids(remembered.list()), ['a', 'b', 'c']);
});

test('new addresses of a peer come before old ones and push out the oldest', t => {
  const { remembered } = setup();
  for (let index = 0; index <= addressesPerPeerMax; index++) remembered.saw('a', [`/${index}`]);
  t.deepEqual(remembered.list(), [{ peerId: 'a', addresses: ['/4', '/3', '/2', '/1'] }]);
});

test('a peer that nobody can dial is not remembered', t => {
  const { remembered } = setup();
  remembered.saw('a', []);
  t.deepEqual(remembered.list(), []);
});

test('nothing is saved when nothing changed, and a save that failed is tried again', async t => {
  const { remembered, saved } = setup();
  await remembered.save();
  t.is(saved.length, 0);
  remembered.saw('a', ['/a']);
  await remembered.save();
  await remembered.save();
  t.is(saved.length, 1);

  let tries = 0;
  const failing = new Remembered({
    store: {
      load: () => Promise.reject(new Error('no disk')),
      save: () => {
        tries++;
        return Promise.reject(new Error('full'));
      },
    },
    peersMax: 3,
    log: () => {},
  });
  await failing.load();
  failing.saw('a', ['/a']);
  await failing.save();
  await failing.save();
  t.is(tries, 2);
});
