// Multiaddrs: where a peer is dialled, and which peer answers there. `/ip4/203.0.113.7/tcp/7481/p2p/12D3KooW…`
import { CODE_P2P, type Multiaddr, multiaddr } from '@multiformats/multiaddr';
import { scopeOf } from '../base/address.ts';
import { messageOf, RollcallError } from '../base/errors.ts';

/** @throws RollcallError BAD_MULTIADDR that names the setting the text came from */
export function readMultiaddr(text: string, setting: string): Multiaddr {
  try {
    return multiaddr(text);
  } catch (error) {
    throw new RollcallError('BAD_MULTIADDR', `${setting}: "${text}" is no multiaddr: ${messageOf(error)}`, {
      remedy: 'write it like /ip4/203.0.113.7/tcp/7481 or /dns4/play.example.org/tcp/7481/p2p/12D3KooW…',
    });
  }
}

/** The peer that an address names; undefined when it names none, or is no multiaddr. */
export function peerIdIn(address: string): string | undefined {
  try {
    return multiaddr(address)
      .getComponents()
      .findLast(part => part.code === CODE_P2P)?.value;
  } catch {
    return undefined;
  }
}

export const withPeerId = (address: Multiaddr, peerId: string): string =>
  `${address.decapsulateCode(CODE_P2P)}/p2p/${peerId}`;

/**
 * Whether an address that a stranger gave may be dialled later: plain IP over TCP or WebSocket, its peer named, and
 * global unless private ones are allowed. A name could resolve to anything, so names are for configured entries only.
 */
export function dialable(address: string, allowPrivate: boolean): boolean {
  let parts: { name: string; value?: string }[];
  try {
    parts = multiaddr(address).getComponents();
  } catch {
    return false;
  }
  const shape = parts.map(part => part.name).join('/');
  if (!/^ip[46]\/tcp(\/ws)?\/p2p$/.test(shape)) return false;
  const scope = scopeOf(parts[0]!.value!);
  return scope === 'global' || (allowPrivate && scope === 'private');
}
