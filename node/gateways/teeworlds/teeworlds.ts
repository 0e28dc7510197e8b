// The gateways for Teeworlds 0.7 and for 0.6: the same words, each on a port of its own, since datagrams look otherwise.
import { second } from '../../base/time.ts';
import { Challenges } from '../challenges.ts';
import type { Family, FamilyDeps, Gateway } from '../family.ts';
import { openUdp } from '../udp.ts';
import { TeeMaster } from './master.ts';
import { probe06, probe07 } from './probe.ts';
import { packetBytesMax, type Version } from './wire.ts';

/** The masters: 90 s after the last answer. Servers speak every 15. */
const timeoutMs = 90 * second;
/**
 * 0.7: programs keep a token for 16 s before they ask for another (NET_TOKENCACHE_ADDRESSEXPIRY). 0.6: one byte, repeated at
 * once, so it lives no longer than dpmaster's challenges.
 */
const tokens = {
  '0.7': { length: 8, lifetimeMs: 20 * second },
  '0.6': { length: 2, lifetimeMs: 2 * second },
} as const;

export const teeworlds: Family = {
  name: 'teeworlds',
  transport: 'udp',
  timeoutMs,
  open: deps => open(deps, '0.7'),
  probe: probe07('teeworlds'),
};

export const teeworlds06: Family = {
  name: 'teeworlds06',
  transport: 'udp',
  timeoutMs,
  open: deps => open(deps, '0.6'),
  probe: probe06('teeworlds-0.6'),
};

async function open(deps: FamilyDeps, version: Version): Promise<Gateway> {
  const { secret, monotonic, ticker, signal } = deps;
  const book = new Challenges({ secret, monotonic, encoding: 'hex', ...tokens[version] });
  const master = new TeeMaster(deps, version, book);
  const udp = await openUdp({ deps, packetBytesMax, receive: exchange => master.receive(exchange) });
  ticker(second, () => master.tick(), signal);
  return { address: udp.address, recheck: address => master.recheck(address), close: udp.close };
}
