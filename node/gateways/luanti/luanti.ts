// The gateway for Luanti, which was called Minetest: its servers announce over HTTP, and are asked over UDP.
import { second } from '../../base/time.ts';
import { askUdp } from '../ask.ts';
import { openChecked } from '../checked.ts';
import { Checks } from '../checks.ts';
import type { Family, FamilyDeps, Gateway, NativeProbe } from '../family.ts';
import { peerOf } from '../peers.ts';
import { bodyBytesMax, LuantiMaster } from './master.ts';
import { Reports } from './reports.ts';
import { formatBye, hello, parsePeerId } from './wire.ts';

/** Luanti's list: servers speak every 300 s, and 30 s more are given. */
export const timeoutMs = 330 * second;

export const luanti: Family = family(new Reports(timeoutMs));

/**
 * A question over UDP brings out that a server is there, and nothing more. What it told its gateway of its players is as
 * much its own word as any answer would be, so the probe of the same process adds it: that is how the network hears of it.
 */
function family(reports: Reports): Family {
  const ask = probeOf(reports);
  return {
    name: 'luanti',
    transport: 'http',
    timeoutMs,
    open: deps => open(deps, new Checks(deps, ask), reports),
    probe: { games: ['luanti', 'minetest'], portOf: port => port, ask },
  };
}

async function open(deps: FamilyDeps, checks: Checks, reports: Reports): Promise<Gateway> {
  const master = new LuantiMaster(deps, checks, reports);
  const gateway = await openChecked(checks, { deps, bodyBytesMax, answer: request => master.answer(request) });
  deps.ticker(10 * second, () => master.tick(), deps.signal);
  return gateway;
}

export function probeOf(reports: Reports): NativeProbe['ask'] {
  return async whom => {
    const { rttMs } = await askUdp(whom, hello, parsePeerId, formatBye);
    const told = reports.get(peerOf(whom.ip, whom.port), whom.monotonic())?.told;
    const maxPlayers = told?.clients_max || null;
    return { players: told?.clients ?? null, maxPlayers, map: null, rttMs: Math.round(rttMs) };
  };
}
