// Address ranges as people write them down in rules: one way to write each, and none that means another than it seems to.
import ipaddr from 'ipaddr.js';
import { parseCidr } from './address.ts';
import { fault, type Parsed, parsed } from './verdict.ts';

/** `203.0.113.0/24`, ready to be put into a rule. `all`: it holds every address of its family. */
export type Range = { readonly text: string; readonly all: boolean };

/**
 * Takes any spelling of a range, a single address too (`2001:DB8:0::/32`, `203.0.113.7`). What has bits behind its prefix is
 * refused: `1.2.3.4/24` may be meant as 256 addresses or as one, and who is wrong about that bars 255 neighbours.
 */
export function parseRange(text: string): Parsed<Range> {
  const cidr = parseCidr(text.toLowerCase());
  if (!cidr.ok) return cidr;
  const [address, bits] = ipaddr.parseCIDR(cidr.value.text);
  const first =
    address instanceof ipaddr.IPv6
      ? ipaddr.IPv6.networkAddressFromCIDR(cidr.value.text)
      : ipaddr.IPv4.networkAddressFromCIDR(cidr.value.text);
  if (!first.match(address, address.kind() === 'ipv4' ? 32 : 128)) {
    const meant = `"${form(first)}/${bits}" for the range, or "${form(address)}" for the one address`;
    return fault('BAD_RANGE', 'range', `"${text}" is an address inside of a range: write ${meant}`);
  }
  return parsed({ text: `${form(first)}/${bits}`, all: bits === 0 });
}

const form = (address: ipaddr.IPv4 | ipaddr.IPv6): string =>
  address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString();
