import test from 'ava';
import { dialable, peerIdIn, readMultiaddr, withPeerId } from './addresses.ts';

const id = '12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X';

for (const [address, global, withPrivate] of [
  [`/ip4/8.8.8.8/tcp/7481/p2p/${id}`, true, true],
  [`/ip4/8.8.8.8/tcp/7481/ws/p2p/${id}`, true, true],
  [`/ip6/2a00:1450::1/tcp/7481/p2p/${id}`, true, true],
  [`/ip4/192.168.1.2/tcp/7481/p2p/${id}`, false, true],
  [`/ip4/127.0.0.1/tcp/7481/p2p/${id}`, false, true],
  [`/ip6/::1/tcp/7481/p2p/${id}`, false, true],
  [`/ip4/203.0.113.7/tcp/7481/p2p/${id}`, false, false],
  [`/ip4/224.0.0.251/tcp/7481/p2p/${id}`, false, false],
  ['/ip4/8.8.8.8/tcp/7481', false, false],
  [`/dns4/play.example.org/tcp/7481/p2p/${id}`, false, false],
  [`/ip4/8.8.8.8/udp/7481/p2p/${id}`, false, false],
  [`/ip4/8.8.8.8/tcp/7481/p2p/${id}/p2p-circuit/p2p/${id}`, false, false],
  ['nonsense', false, false],
] as const) {
  test(`of a stranger, ${address} is ${global ? '' : withPrivate ? 'only privately ' : 'not '}dialable`, t => {
    t.is(dialable(address, false), global);
    t.is(dialable(address, true), withPrivate);
  });
}

test('an address names the peer that answers there, or nobody', t => {
  t.is(peerIdIn(`/ip4/8.8.8.8/tcp/7481/p2p/${id}`), id);
  t.is(peerIdIn('/ip4/8.8.8.8/tcp/7481'), undefined);
  t.is(peerIdIn('nonsense'), undefined);
});

test('the peer is put behind an address once', t => {
  const address = `/ip4/8.8.8.8/tcp/7481/p2p/${id}`;
  t.is(withPeerId(readMultiaddr(address, 'test'), id), address);
  t.is(withPeerId(readMultiaddr('/ip4/8.8.8.8/tcp/7481', 'test'), id), address);
});

test('what is no multiaddr is refused with the name of the setting', t => {
  const error = t.throws(() => readMultiaddr('8.8.8.8:7481', 'network.entries'), { code: 'BAD_MULTIADDR' });
  t.regex(error!.message, /^network\.entries: "8\.8\.8\.8:7481"/);
});
