// Networks as people name them when they give them places: a domain, or a range of whole networks.
import ipaddr from 'ipaddr.js';
import { networkOf, parseAddress } from './address.ts';

/** More than any list holds. */
export const placesMax = 1_000_000;

/** What is wrong with the name of a network: quotas are counted by `networkOf`, so a part of one cannot have places of its own. */
export function networkFault(text: string): string | undefined {
  if (!text.includes('/')) {
    const name = parseAddress(`${text}:1`);
    const domain = name.ok && name.value.kind === 'name' ? networkOf(name.value) : undefined;
    if (domain === text) return undefined;
    return domain === undefined
      ? `"${text}" is neither a range such as 203.0.113.0/24 nor a domain such as example.org`
      : `"${text}" is counted with all of ${domain}`;
  }
  const [address = '', bits = ''] = text.split('/');
  const kind = ipaddr.IPv4.isValidCIDRFourPartDecimal(text)
    ? 'ipv4'
    : ipaddr.IPv6.isValidCIDR(text)
      ? 'ipv6'
      : undefined;
  if (kind === undefined || bits !== String(Number(bits))) return `"${text}" is not a range such as 203.0.113.0/24`;
  if (kind === 'ipv4' && Number(bits) > 24)
    return 'places are counted for a /24 as a whole: name that, or a wider range';
  if (kind === 'ipv6' && Number(bits) > 48)
    return 'places are counted for a /48 as a whole: name that, or a wider range';
  const first =
    kind === 'ipv4'
      ? ipaddr.IPv4.networkAddressFromCIDR(text).toString()
      : ipaddr.IPv6.networkAddressFromCIDR(text).toRFC5952String();
  return first === address ? undefined : `"${text}" must be written "${first}/${bits}"`;
}
