// Who is let in, and who has to go when there are too many: karma decides, but never at the cost of the many networks that
// keep a node from being surrounded. Pure.
import ipaddr from 'ipaddr.js';

/** What this node thinks of its peers, as far as the network needs to know. */
export type Esteem = {
  /** K of a peer, from −1 to 1. */
  readonly karma: (peer: string) => number;
  /** Whether this node's own settings name it as preferred. */
  readonly preferred: (peer: string) => boolean;
  /** With less karma no connection is accepted, dialled or kept. */
  readonly refuseBelow: number;
};

/** Of whom nothing is known. */
export const noEsteem: Esteem = { karma: () => 0, preferred: () => false, refuseBelow: -1 };

export const refuses = ({ karma, preferred, refuseBelow }: Esteem, peer: string): boolean =>
  !preferred(peer) && karma(peer) < refuseBelow;

/** Connections refused or ended since the start, by reason. */
export type TurnedAway = { readonly karma: number; readonly full: number };

/** One connection. */
export type Guest = {
  readonly peer: string;
  /** As a multiaddr. */
  readonly address: string;
  readonly direction: 'inbound' | 'outbound';
  readonly openedAtMs: number;
};

/**
 * Who goes when `newcomer` is one too many: the worst karma first, of equals the newest. Those stay that this node dialled
 * itself, the preferred ones, and whoever is the only one of its /16: who wants to surround a node has to have addresses
 * all over the world, and even then takes nobody's place whose karma is better. Undefined: nobody has to.
 */
export function crowdedOut<G extends Guest>(guests: readonly G[], newcomer: G, esteem: Esteem): G | undefined {
  const isWelcome = ({ peer, direction }: Guest): boolean => direction === 'outbound' || esteem.preferred(peer);
  const perNetwork = Map.groupBy(guests, networkOf);
  const isAlone = (guest: Guest): boolean => perNetwork.get(networkOf(guest))!.length === 1;
  const others = guests.filter(guest => guest !== newcomer && !isWelcome(guest));
  const worst = worstOf(
    others.filter(guest => !isAlone(guest)),
    esteem,
  );
  if (isWelcome(newcomer)) return worst ?? worstOf(others, esteem);
  if (!worst) return newcomer;
  const gain = esteem.karma(newcomer.peer) - esteem.karma(worst.peer);
  return gain > 0 || (gain === 0 && isAlone(newcomer)) ? worst : newcomer;
}

function worstOf<G extends Guest>(guests: readonly G[], { karma }: Esteem): G | undefined {
  const ranked = guests.map(guest => ({ guest, value: karma(guest.peer) }));
  return ranked.sort((a, b) => a.value - b.value || b.guest.openedAtMs - a.guest.openedAtMs)[0]?.guest;
}

/** The IPv4 /16, or the IPv6 /32: what one hoster has many addresses of. Anything else is a network of its own. */
function networkOf({ address }: Guest): string {
  const host = /^\/ip[46]\/([^/]+)/.exec(address)?.[1];
  if (host === undefined || !ipaddr.isValid(host)) return address;
  const ip = ipaddr.process(host);
  return ip
    .toByteArray()
    .slice(0, ip.kind() === 'ipv4' ? 2 : 4)
    .join('.');
}
