// The gateway for OpenTTD: its game coordinator, for servers that can be reached. Relays and hole punching it has none.
import { second } from '../../base/time.ts';
import type { Family, FamilyDeps, Gateway } from '../family.ts';
import { openTcp } from '../tcp.ts';
import { askGameInfo } from './ask.ts';
import { OpenTtdMaster } from './master.ts';
import { packetBytesMax } from './wire.ts';

/** Servers send an update every 30 s over a connection that they hold open: three may be missing. */
const timeoutMs = 95 * second;
/** Clients ask at once. */
const idleMs = 30 * second;

export const openttd: Family = {
  name: 'openttd',
  transport: 'tcp',
  timeoutMs,
  open: async (deps: FamilyDeps): Promise<Gateway> => {
    const master = new OpenTtdMaster(deps, timeoutMs, ({ host, port }) => askGameInfo(host, port, deps.signal));
    const tcp = await openTcp({
      deps,
      inputBytesMax: packetBytesMax,
      idleMs,
      receive: (connection, bytes) => master.read(connection, bytes),
    });
    return { address: tcp.address, recheck: address => void master.recheck(address), close: tcp.close };
  },
};
