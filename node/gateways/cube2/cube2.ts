// The gateways for Cube 2 (Sauerbraten) and Red Eclipse: two dialects, each on a port of its own, for `list` is the same word
// in both and wants another answer.
import { minute, second } from '../../base/time.ts';
import { Challenges } from '../challenges.ts';
import type { Family, FamilyDeps, Gateway } from '../family.ts';
import { openTcp } from '../tcp.ts';
import { openUdp, type Udp } from '../udp.ts';
import { CubeMaster } from './master.ts';
import { probeOf } from './probe.ts';
import { type Dialect, inputBytesMax } from './wire.ts';

/** Sauerbraten's master: a server registers every hour, and its entry lives five minutes longer. */
const cube2TimeoutMs = 65 * minute;
/** Red Eclipse's master: a server that said nothing for 35 minutes is closed; they speak every 30. */
const redEclipseTimeoutMs = 35 * minute;
/** Clients ask at once, and servers too. */
const idleMs = 30 * second;
/** Tries of a ping go on for 15 s; twice that is the longest life of one. */
const pingLifetimeMs = 15 * second;
/** 48 bits: nobody answers for a server that he does not hear. */
const pingLength = 8;
/** Room for a name of 25 characters, a map, and what later versions add. */
const answerBytesMax = 512;

export const cube2: Family = {
  name: 'cube2',
  transport: 'tcp',
  timeoutMs: cube2TimeoutMs,
  takesGame: true,
  open: deps => open(deps, 'cube2', cube2TimeoutMs),
  probe: probeOf('cube2', 'sauerbraten', 'inexor'),
};

export const redEclipse: Family = {
  name: 'redeclipse',
  transport: 'tcp',
  timeoutMs: redEclipseTimeoutMs,
  open: deps => open(deps, 'redeclipse', redEclipseTimeoutMs),
  probe: probeOf('redeclipse', 'redeclipse'),
};

async function open(deps: FamilyDeps, dialect: Dialect, timeoutMs: number): Promise<Gateway> {
  const { secret, monotonic, ticker, signal } = deps;
  const pings = new Challenges({ secret, monotonic, lifetimeMs: pingLifetimeMs, length: pingLength });
  const master: CubeMaster = new CubeMaster(deps, dialect, timeoutMs, pings, (to, bytes) => udp.ask(to, bytes));
  const udp: Udp = await openUdp({
    deps: { ...deps, port: 0 },
    packetBytesMax: answerBytesMax,
    receive: ({ from, bytes }) => master.pong(from, bytes),
  });
  try {
    const tcp = await openTcp({
      deps,
      inputBytesMax,
      idleMs,
      receive: (connection, bytes) => master.read(connection, bytes),
    });
    ticker(second, () => master.tick(), signal);
    return {
      address: tcp.address,
      recheck: address => master.recheck(address),
      close: async () => {
        await Promise.all([tcp.close(), udp.close()]);
      },
    };
  } catch (error) {
    await udp.close();
    throw error;
  }
}
