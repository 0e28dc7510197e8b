// The IP addresses behind a host name.
import { Resolver } from 'node:dns/promises';
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
