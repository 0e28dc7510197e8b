// Gateways: those that are switched on, whether they run, and whether anybody can reach them.
import { scopeOf } from '../../base/address.ts';
import type { Config } from '../../config/schema.ts';
import { families } from '../../gateways/families.ts';
import type { GatewayStatus } from '../../gateways/family.ts';
import { count } from '../words.ts';
import { type Finding, findingsOf } from './findings.ts';
import { judgePort, listensUdp } from './ports.ts';

const check = 'gateways';

const enabledIn = (gateways: Config['gateways']) => families.filter(({ name }) => gateways[name]?.enabled);

/** Before a start. */
export async function judgeGatewayPorts({ gateways }: Pick<Config, 'gateways'>): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { name, transport } of enabledIn(gateways)) {
    const { host, port } = gateways[name]!;
    const settings = `gateways.${name}.host, gateways.${name}.port`;
    const asked =
      transport === 'udp'
        ? judgePort(settings, { host, port }, check, listensUdp)
        : judgePort(settings, { host, port }, check);
    findings.push(await asked);
  }
  return findings;
}

/** Of a running node. `gateways`: the configuration as it is now, if it is sound. */
export function judgeGateways(
  running: readonly GatewayStatus[],
  config: Pick<Config, 'gateways' | 'network'> | undefined,
): Finding[] {
  const { warning } = findingsOf(check);
  const isLab = config?.network.allowPrivateAddresses ?? false;
  const names = new Set(running.map(({ family }) => family));
  const missing = config ? enabledIn(config.gateways).filter(({ name }) => !names.has(name)) : [];
  return [
    ...running.map(gateway => judgeGateway(gateway, isLab)),
    ...missing.map(({ name }) =>
      warning(`${name} is switched on in the configuration and does not run`, 'start the node again'),
    ),
  ];
}

function judgeGateway({ family, transport, address, registered, counters }: GatewayStatus, isLab: boolean): Finding {
  const { ok, warning } = findingsOf(check);
  const where = `${family} listens on ${address} (${transport})`;
  const host = hostOf(address);
  if (!isLab && scopeOf(host) === 'private') {
    const whom = host.startsWith('127.') || host === '::1' ? 'programs on this machine' : 'the local network';
    return warning(
      `${where}: only ${whom} can reach it`,
      `set gateways.${family}.host to 0.0.0.0 or :: and start the node again`,
    );
  }
  if (Object.keys(counters).length === 0) {
    const remedy = `wait, or see whether a firewall lets others in there, over ${transport === 'udp' ? 'UDP' : 'TCP'}`;
    return warning(`${where}: nobody has spoken to it yet`, remedy);
  }
  return ok(`${where}: ${count(registered, 'server')} registered`);
}

/** Without brackets. */
const hostOf = (address: string): string => address.slice(0, address.lastIndexOf(':')).replace(/^\[|\]$/g, '');
