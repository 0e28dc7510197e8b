// The gateway for DDNet: servers register over HTTP and prove their port over UDP, clients fetch one JSON file.
import { hour, second } from '../../base/time.ts';
import { Challenges } from '../challenges.ts';
import type { Family, FamilyDeps, Gateway } from '../family.ts';
import { openHttp } from '../http.ts';
import { probe06 } from '../teeworlds/probe.ts';
import { openUdp } from '../udp.ts';
import { DdnetMaster } from './master.ts';
import { bodyBytesMax } from './wire.ts';

/** DDNet's mastersrv: SERVER_TIMEOUT_SECONDS. Servers speak every 15. */
const timeoutMs = 30 * second;
/** Made from the address and a seed of the hour, the last of which is still good: servers send theirs along each time. */
const tokens = { length: 24, lifetimeMs: hour } as const;
/** Nothing is to come where challenges go out from. */
const answerBytesMax = 0;

export const ddnet: Family = {
  name: 'ddnet',
  transport: 'http',
  timeoutMs,
  open,
  probe: probe06('ddnet'),
};

async function open(deps: FamilyDeps): Promise<Gateway> {
  const { secret, monotonic, ticker, signal, counters } = deps;
  const udp = await openUdp({
    deps: { ...deps, port: 0 },
    packetBytesMax: answerBytesMax,
    receive: () => counters.add('unwanted'),
  });
  const master = new DdnetMaster(deps, new Challenges({ secret, monotonic, ...tokens }), udp.ask);
  try {
    const http = await openHttp({ deps, bodyBytesMax, answer: request => master.answer(request) });
    ticker(second, () => master.tick(), signal);
    return {
      address: http.address,
      close: async () => {
        await Promise.all([http.close(), udp.close()]);
      },
    };
  } catch (error) {
    await udp.close();
    throw error;
  }
}
