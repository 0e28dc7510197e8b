// A place that is asked: an announced address, with the port for questions, and who is announced there. There are as many as
// servers, so what can be read from a key is not kept beside it.
import { type Address, formatAddress, parseAddress } from '../base/address.ts';
import { Crowd } from '../list/crowd.ts';
import type { Query } from './games.ts';

/** Its key is the address. */
export type Place = {
  readonly servers: Crowd<Server>;
  /** Key of the first address of a server here, of several its own: its host decides whose task the place is. */
  leader: string;
  readonly listedAtMs: number;
  askedAtMs: number | undefined;
  answeredAtMs: number | undefined;
  /** When it is asked for certain, whatever others see until then. */
  firmAtMs: number | undefined;
  /** What it last resolved to. */
  endpoints: readonly Address[];
  resolvedAtMs: number | undefined;
};

export type Server = {
  readonly id: string;
  readonly protocol: string;
  readonly places: readonly string[];
  reportedAtMs: number;
};

const nowhere: readonly Address[] = [];

export function placeLedBy(leader: string, listedAtMs: number): Place {
  return {
    ...{ servers: new Crowd(), leader, listedAtMs, askedAtMs: undefined, answeredAtMs: undefined },
    ...{ firmAtMs: undefined, endpoints: nowhere, resolvedAtMs: undefined },
  };
}

/** Where to ask a server that is announced at these addresses; ports that there are not are left out. */
export function keysOf(addresses: readonly string[], query: Query): string[] {
  const keys = addresses.flatMap(text => {
    const address = parseAddress(text);
    if (!address.ok) return [];
    const port = query.port(address.value.port);
    // The text that the list holds anyway, where it may be.
    if (port === address.value.port) return [text];
    return port >= 1 && port <= 65_535 ? [formatAddress({ ...address.value, port })] : [];
  });
  return [...new Set(keys)];
}

/** @throws TypeError for what `keysOf` never gives */
export function addressOf(key: string): Address {
  const address = parseAddress(key);
  if (!address.ok) throw new TypeError(`${key} is no address`);
  return address.value;
}

export const protocolsOf = ({ servers }: Place): Set<string> => new Set([...servers].map(({ protocol }) => protocol));
