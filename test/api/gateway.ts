// A gateway as a node shows it, for tests of the API and of the command line.
import type { GatewayStatus } from '../../node/gateways/family.ts';

export const gateway: GatewayStatus = {
  family: 'dpmaster',
  transport: 'udp',
  address: '0.0.0.0:27950',
  registered: 1,
  timeoutMs: 900_000,
  counters: { heartbeats: 3, packets: 12 },
};
