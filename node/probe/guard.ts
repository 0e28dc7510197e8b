// Which addresses this node may send a question to: an announcement must not make us knock at somebody's router.
import ipaddr from 'ipaddr.js';
import { type Address, scopeOf } from '../base/address.ts';

/**
 * The IP addresses that may be asked, in canonical form, at most one a family: loopback, LAN, link-local and CGNAT only in
 * a lab (`allowPrivate`), documentation, multicast and other reserved ranges never.
 */
export function askable(ips: readonly string[], port: number, allowPrivate: boolean): Address[] {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return [];
  const chosen = new Map<Address['kind'], Address>();
  for (const text of ips) {
    // A zone (`fe80::1%eth0`) would choose an interface of this machine.
    if (text.includes('%') || !ipaddr.isValid(text)) continue;
    // An IPv4 address inside an IPv6 one is judged, and asked, as IPv4.
    const ip = ipaddr.process(text);
    const kind = ip.kind();
    const host = ip instanceof ipaddr.IPv6 ? ip.toRFC5952String() : ip.toString();
    const scope = scopeOf(host);
    if (scope === 'global' || (scope === 'private' && allowPrivate)) {
      if (!chosen.has(kind)) chosen.set(kind, { kind, host, port });
    }
  }
  return [...chosen.values()];
}
