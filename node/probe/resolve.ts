// The way from a name to a packet: the IP addresses behind it, and whether this machine can send there.
import { Resolver } from 'node:dns/promises';
import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { scopeOf } from '../base/address.ts';
import { second } from '../base/time.ts';

/** A name server that is slower is of no use: the place gets its next turn an interval later. */
const timeoutMs = 2 * second;

/** Asks the system's name servers for A and AAAA. Of a name without both, the one that it has. */
export function resolver(): (name: string) => Promise<readonly string[]> {
  const dns = new Resolver({ timeout: timeoutMs, tries: 1 });
  return async name => {
    const found = await Promise.allSettled([dns.resolve4(name), dns.resolve6(name)]);
    return found.flatMap(answer => (answer.status === 'fulfilled' ? answer.value : []));
  };
}

/** Every machine has IPv4, or a translation of it; IPv6 beyond the LAN needs a global address of its own. */
export function reaches(ip: string): boolean {
  if (!isIPv6(ip) || scopeOf(ip) !== 'global') return true;
  const own = Object.values(networkInterfaces()).flatMap(addresses => addresses ?? []);
  return own.some(({ family, internal, address }) => family === 'IPv6' && !internal && scopeOf(address) === 'global');
}
