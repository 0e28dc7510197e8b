// Where a game server can be joined: `203.0.113.7:28785`, `[2001:db8::7]:28785` or `play.example.org:28785`.
import { domainToASCII } from 'node:url';
import ipaddr from 'ipaddr.js';
import { fault, type Parsed, parsed } from './verdict.ts';

export type Address = {
  readonly kind: 'ipv4' | 'ipv6' | 'name';
  /** Without brackets, in canonical form (RFC 5952 for IPv6, lower case for names). */
  readonly host: string;
  readonly port: number;
};

/** RFC 1035: 253 characters in all; with `:65535` behind it. */
export const addressLengthMax = 253 + 6;

/** Reads the canonical form only: what `formatAddress` gives. The fault names the form that is expected. */
export function parseAddress(text: string): Parsed<Address> {
  if (text.length > addressLengthMax) return fault('BAD_ADDRESS', 'address', 'is too long');
  const usual = usualOf(text);
  if (usual) return parsed(usual);
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+)):([1-9][0-9]{0,4})$/i.exec(text);
  if (!match) return fault('BAD_ADDRESS', 'address', `"${text}" is not host:port, such as 203.0.113.7:28785`);
  const host = match[1] ?? match[2]!;
  const port = Number(match[3]);
  if (port > 65_535) return fault('BAD_ADDRESS', 'address', `port ${port} is above 65535`);
  const ipv4 = match[1] === undefined ? ipv4Of(host) : undefined;
  const kind = ipv4 ? 'ipv4' : match[1] === undefined ? 'name' : 'ipv6';
  const canonical = ipv4 ? usable(ipv4) : kind === 'name' ? nameForm(host) : ipv6Form(host);
  if (!canonical.ok) return canonical;
  if (canonical.value !== host) {
    return fault('BAD_ADDRESS', 'address', `"${host}" must be written "${canonical.value}"`);
  }
  return parsed({ kind, host, port });
}

export const formatAddress = ({ kind, host, port }: Address): string =>
  kind === 'ipv6' ? `[${host}]:${port}` : `${host}:${port}`;

/** What a person typed, brought into canonical form where that is possible: `PLAY.example.org.:28785`, `müller.example:1`, `[2001:DB8::0:7]:1`. */
export function tidyAddress(text: string): Parsed<string> {
  // Without brackets nobody can tell the port of an IPv6 address from its last group.
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+?)\.?):([0-9]{1,5})$/.exec(text.trim());
  if (!match)
    return fault(
      'BAD_ADDRESS',
      'address',
      `"${text}" is not host:port, such as 203.0.113.7:28785 or [2001:db8::7]:28785`,
    );
  const port = String(Number(match[3]));
  if (port === '0') return fault('BAD_ADDRESS', 'address', 'port 0 is none that anybody can join');
  let host = (match[1] ?? match[2]!).toLowerCase();
  if (match[1] !== undefined) {
    const form = ipv6Form(host);
    if (!form.ok) return form;
    host = `[${form.value}]`;
  } else if (/[^ -~]/.test(host)) {
    // As DNS has it: xn--….
    host = domainToASCII(host) || host;
  }
  const read = parseAddress(`${host}:${port}`);
  return read.ok ? parsed(formatAddress(read.value)) : read;
}

/** `global` can be reached from anywhere; `private` is loopback, LAN or link-local; `reserved` is documentation and the like, and IPv6 outside of 2000::/3. */
export type Scope = 'global' | 'private' | 'reserved';

/** The scope of an IP address in text form; of a name only its resolved addresses can tell, so it counts as global. */
export function scopeOf(host: string): Scope {
  if (isUsual(host)) return 'global';
  const ip = ipv4Of(host) ?? (ipaddr.isValid(host) ? ipaddr.process(host) : undefined);
  if (!ip) return 'global';
  const range = ip.range();
  if (range === 'unicast') return ip instanceof ipaddr.IPv6 && ip.parts[0]! >> 13 !== 1 ? 'reserved' : 'global';
  return privateRanges.has(range) ? 'private' : 'reserved';
}

/** The unit that quotas count by: the IPv4 /24, the IPv6 /48, or the registrable part of a name. */
export function networkOf({ kind, host }: Address): string {
  if (kind === 'ipv4') return `${host.slice(0, host.lastIndexOf('.'))}.0/24`;
  if (kind === 'ipv6') {
    const [a = 0, b = 0, c = 0] = ipaddr.IPv6.parse(host).parts;
    return `${a.toString(16)}:${b.toString(16)}:${c.toString(16)}::/48`;
  }
  const labels = host.split('.');
  // `example.co.uk`: a short second level under a country is a registry's, not an owner's.
  const registry = labels.length > 2 && labels.at(-1)!.length === 2 && labels.at(-2)!.length <= 3;
  return labels.slice(registry ? -3 : -2).join('.');
}

/** A range such as `203.0.113.0/24` or `2001:db8::/32`, ready to be matched against. */
export type Cidr = { readonly text: string; readonly match: (host: string) => boolean };

export function parseCidr(text: string): Parsed<Cidr> {
  const full = text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`;
  // Sloppy forms would bar something else than they seem to: 1.2.3/24 reads as 1.2.0.3/24. Mapped IPv4 is written as IPv4.
  const wellFormed = full.includes(':')
    ? /^[0-9a-f:]+\/\d+$/i.test(full) && ipaddr.IPv6.isValidCIDR(full) && !mapped(full)
    : ipaddr.IPv4.isValidCIDRFourPartDecimal(full);
  if (!wellFormed) return fault('BAD_RANGE', 'range', `"${text}" is not an address range such as 203.0.113.0/24`);
  const [base, bits] = ipaddr.parseCIDR(full);
  const match = (host: string): boolean => {
    if (!ipaddr.isValid(host)) return false;
    const ip = ipaddr.process(host);
    return ip.kind() === base.kind() && ip.match(base, bits);
  };
  return parsed({ text: full, match });
}

const mapped = (cidr: string): boolean => ipaddr.IPv6.parseCIDR(cidr)[0].isIPv4MappedAddress();

/**
 * A table from address ranges to values: asking costs one look-up for each length of prefix in it, however many ranges
 * there are.
 */
export class CidrTable<T> {
  /** By family, by bits, by the first bits of the address. */
  readonly #tables = { ipv4: new Map<number, Map<string, T[]>>(), ipv6: new Map<number, Map<string, T[]>>() };

  /** A range that does not parse holds nothing. */
  add(range: string, value: T): void {
    const cidr = parseCidr(range);
    if (!cidr.ok) return;
    const [base, bits] = ipaddr.parseCIDR(cidr.value.text);
    const table = this.#tables[base.kind()];
    const prefixes = table.get(bits) ?? new Map<string, T[]>();
    table.set(bits, prefixes);
    const prefix = bitsOf(base).slice(0, bits);
    prefixes.set(prefix, [...(prefixes.get(prefix) ?? []), value]);
  }

  /** Values of all ranges that hold an address; none for a name. */
  get(host: string): T[] {
    if ((this.#tables.ipv4.size === 0 && this.#tables.ipv6.size === 0) || !ipaddr.isValid(host)) return [];
    const ip = ipaddr.process(host);
    const text = bitsOf(ip);
    return [...this.#tables[ip.kind()]].flatMap(([bits, prefixes]) => prefixes.get(text.slice(0, bits)) ?? []);
  }
}

const bitsOf = (ip: ipaddr.IPv4 | ipaddr.IPv6): string =>
  ip
    .toByteArray()
    .map(byte => byte.toString(2).padStart(8, '0'))
    .join('');

/** Four numbers as they are written nearly always: told in a tenth of the time that the library takes, and of the garbage. */
const octet = '(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
const plainIpv4 = new RegExp(`^(?:${octet}\\.){3}${octet}$`);
const plainPort = /^[1-9][0-9]{0,4}$/;
/** First numbers with a special range among them, below 224, where all are special. Source: IANA, IPv4 Special-Purpose Address Registry. */
const partlySpecial = new Set([0, 10, 100, 127, 169, 172, 192, 198, 203]);

/** Whether this is an IPv4 address in canonical form, of a network without special ranges: what nearly all servers have. */
function isUsual(host: string): boolean {
  if (!plainIpv4.test(host)) return false;
  const first = Number.parseInt(host, 10);
  return first < 224 && !partlySpecial.has(first);
}

/** Such an address with its port, if it is one in canonical form. */
function usualOf(text: string): Address | undefined {
  const colon = text.lastIndexOf(':');
  const host = text.slice(0, colon);
  const digits = text.slice(colon + 1);
  return isUsual(host) && plainPort.test(digits) && Number(digits) <= 65_535
    ? { kind: 'ipv4', host, port: Number(digits) }
    : undefined;
}

function ipv4Of(host: string): ipaddr.IPv4 | undefined {
  if (plainIpv4.test(host)) return new ipaddr.IPv4(host.split('.').map(Number));
  return ipaddr.IPv4.isValidFourPartDecimal(host) ? ipaddr.IPv4.parse(host) : undefined;
}

function ipv6Form(host: string): Parsed<string> {
  if (!ipaddr.IPv6.isValid(host)) return fault('BAD_ADDRESS', 'address', `"${host}" is not an IP address`);
  const ip = ipaddr.IPv6.parse(host);
  if (ip.isIPv4MappedAddress() || ip.zoneId) {
    return fault('BAD_ADDRESS', 'address', `"${host}" must be written as plain IPv4 or IPv6`);
  }
  return usable(ip);
}

/** The canonical form of an address at which a server can be. */
function usable(ip: ipaddr.IPv4 | ipaddr.IPv6): Parsed<string> {
  const form = ip instanceof ipaddr.IPv6 ? ip.toRFC5952String() : ip.toString();
  return unusableRanges.has(ip.range())
    ? fault('BAD_ADDRESS', 'address', `nobody can join a server at "${form}"`)
    : parsed(form);
}

function nameForm(host: string): Parsed<string> {
  const lower = host.toLowerCase();
  const labels = lower.split('.');
  const wellFormed = labels.length > 1 && labels.every(label => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?$/.test(label));
  // A numeric top level would be read as a sloppy IPv4 address by resolvers: 127.1, 0x7f.0.0.1.
  if (!wellFormed || lower.length > 253 || !/^[a-z][a-z0-9-]+$/.test(labels.at(-1)!)) {
    return fault('BAD_ADDRESS', 'address', `"${host}" is neither an IP address nor a full host name`);
  }
  return parsed(lower);
}

const privateRanges = new Set(['loopback', 'private', 'linkLocal', 'uniqueLocal', 'carrierGradeNat']);
const unusableRanges = new Set(['unspecified', 'broadcast', 'multicast']);
