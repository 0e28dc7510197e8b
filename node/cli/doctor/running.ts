// A node that runs: does it answer, is it reached, is its clock that of the others, is its store sound?
import type { ServersPage, Status, VerifyReport } from '../../api/port.ts';
import { scopeOf } from '../../base/address.ts';
import { second } from '../../base/time.ts';
import { moveAway } from '../../history/damaged.ts';
import type { Peer } from '../../network/port.ts';
import type { NodeClient } from '../client.ts';
import { count, date, duration } from '../words.ts';
import { type Finding, findingsOf } from './findings.ts';
import { endpointOf } from './ports.ts';

/** Nodes announce and pass on within a second; what differs by more is clocks. */
const aheadMs = 5 * second;
/** One may be wrong himself. */
const aheadMin = 2;

export function judgeListening({ addresses, role, http }: Status): Finding[] {
  const { ok, problem } = findingsOf('ports');
  const rest =
    role === 'player' || addresses.length > 0
      ? addresses.map(address => ok(`listens on ${address}`))
      : [problem('it is a server and listens nowhere', 'set network.listen, or start it with --role player')];
  return [ok(`answers at ${http}`), ...rest];
}

export function judgeReach({ addresses, role }: Status, peers: readonly Peer[]): Finding[] {
  const { ok, warning } = findingsOf('reachability');
  const inbound = peers.filter(({ direction }) => direction === 'inbound');
  const findAnother = 'name an entry point with --entry or network.entries, and see "rollcall peers"';
  const connected =
    peers.length > 0
      ? ok(`connected to ${count(peers.length, 'peer')}`)
      : warning('connected to nobody: the list is what this node knows itself', findAnother);
  if (role === 'player') return [connected, ok('nothing listens: a player reaches others, and nobody reaches it')];
  if (inbound.length > 0) return [connected, ok(`${count(inbound.length, 'peer')} reached it from outside`)];
  const isGlobal = addresses.some(address => scopeOf(endpointOf(address)?.host ?? '127.0.0.1') === 'global');
  const reached = isGlobal
    ? warning('nobody has reached it yet', 'wait, or see whether a firewall lets others in to where it listens')
    : warning(
        'others are told only addresses of this machine or its own network',
        'forward the port of network.listen to this machine, and set network.announce to the address outside',
      );
  return [connected, reached];
}

export function judgeClock(status: Status, { servers }: ServersPage, now: number): Finding {
  const { ok, warning } = findingsOf('clock');
  const remedy = 'set the clock, and keep it set: timedatectl set-ntp true';
  const newest = new Map<string, number>();
  for (const { announcer, issuedAt } of servers) {
    if (announcer !== status.peerId) newest.set(announcer, Math.max(issuedAt, newest.get(announcer) ?? 0));
  }
  const ahead = [...newest.values()].map(atMs => atMs - now).filter(ms => ms > aheadMs);
  const { FROM_THE_FUTURE = 0, FAR_FUTURE = 0 } = status.refused;
  if (ahead.length >= aheadMin) {
    const by = duration(Math.min(...ahead));
    return warning(
      `it is ${date(now)} here; the clocks of ${ahead.length} other nodes are ahead by ${by} or more`,
      remedy,
    );
  }
  if (FROM_THE_FUTURE + FAR_FUTURE > 0) {
    const times = count(FROM_THE_FUTURE + FAR_FUTURE, 'announcement');
    return warning(`${times} dated ahead of it by more than clocks may differ came in since the start`, remedy);
  }
  if (newest.size === 0) return ok(`it is ${date(now)} here; no other node has announced anything to compare it with`);
  return ok(`it is ${date(now)} here, and no clock of ${count(newest.size, 'other node')} is ahead of it`);
}

export async function judgeRunningStore(node: NodeClient): Promise<Finding> {
  const { ok, problem } = findingsOf('store');
  const { faults, servers } = await node.post<VerifyReport>('/verify', { full: false });
  const [fault] = faults;
  if (fault === undefined)
    return ok(`its head is whole: ${count(servers, 'server')}; "rollcall verify --full" checks the history`);
  return problem(`${count(faults.length, 'fault')}, the first: ${fault}`, moveAway());
}

/** Only what is to be said: a young history, or one that begins where it should, is no finding. */
export function judgeHistory({ history: { oldestAtMs, isWaiting } }: Status): Finding[] {
  if (!isWaiting || oldestAtMs === null) return [];
  return [
    findingsOf('history').warning(
      `it goes back to ${date(oldestAtMs)}, further than history.keepMs, and grows: no checkpoint was adopted that it could begin with`,
      'have a maintainer sign a checkpoint now and then (rollcall checkpoint), or set history.keepMs to 0 to keep all',
    ),
  ];
}
