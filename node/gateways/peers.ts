// Where something came from, in the form that announcements have; and why a port cannot be listened on.
import ipaddr from 'ipaddr.js';
import type { Address } from '../base/address.ts';
import { messageOf, RollcallError } from '../base/errors.ts';

/** What a socket tells of the other side. IPv4 in IPv6 clothes is IPv4, and a zone is nobody's business. */
export function peerOf(address: string, port: number): Address {
  const plain = address.split('%')[0]!;
  // Asked for each packet: most are plain IPv4, which needs no parser.
  if (ipv4.test(plain)) return { kind: 'ipv4', host: plain, port };
  const ip = ipaddr.process(plain);
  return ip instanceof ipaddr.IPv6
    ? { kind: 'ipv6', host: ip.toRFC5952String(), port }
    : { kind: 'ipv4', host: ip.toString(), port };
}

const ipv4 = /^\d+\.\d+\.\d+\.\d+$/;

export function cannotListen(error: unknown, { host, port }: { readonly host: string; readonly port: number }) {
  if ((error as { code?: string }).code === 'EADDRINUSE') {
    return new RollcallError('PORT_TAKEN', `port ${port} of ${host} is in use`, { cause: error });
  }
  return new RollcallError('CANNOT_LISTEN', `cannot listen on ${host}, port ${port}: ${messageOf(error)}`, {
    cause: error,
  });
}
