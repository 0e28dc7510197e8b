// The whole examination, with a running node or without one. It changes nothing.
import { join } from 'node:path';
import type { KeyJson, NodesGraph, ServersPage, Status } from '../../api/port.ts';
import { RollcallError } from '../../base/errors.ts';
import { readConfigFiles } from '../../config/files.ts';
import { type LoadedConfig, loadConfig } from '../../config/load.ts';
import type { Config } from '../../config/schema.ts';
import type { GatewayStatus } from '../../gateways/family.ts';
import type { Peer } from '../../network/port.ts';
import type { Cli } from '../cli.ts';
import type { NodeClient } from '../client.ts';
import type { Run } from '../command.ts';
import { nested, settingsOf } from '../config.ts';
import { type Finding, failedCheck, findingsOf } from './findings.ts';
import { judgeFolder, type Runner, runnerOf } from './folder.ts';
import { judgeGatewayPorts, judgeGateways } from './gateways.ts';
import { judgeWords } from './karma.ts';
import { judgeKeys, judgeOnlineKey, storedKeys } from './keys.ts';
import { judgeMachine, readMachine } from './machine.ts';
import { judgeEntries, judgePorts } from './ports.ts';
import { judgeClock, judgeHistory, judgeListening, judgeReach, judgeRunningStore } from './running.ts';
import { judgeStore, openCopy } from './store.ts';

export type Examination = { readonly node: 'running' | 'not running'; readonly checks: readonly Finding[] };

/** Of config.default.json, where the configuration does not say. */
const connectionsUsual = 200;

export async function examine(cli: Pick<Cli, 'env' | 'alive' | 'clock'>, { node, globals }: Run): Promise<Examination> {
  const { dataDir } = globals;
  const now = cli.clock();
  const loaded = await configOf(cli, globals);
  const config = 'config' in loaded ? loaded.config : undefined;
  const checks: Finding[] = [];
  const check = async (name: string, judge: () => Promise<readonly Finding[]>): Promise<void> => {
    checks.push(...(await judge().catch(error => [failedCheck(name, error)])));
  };
  const connectionsMax = config?.network.connectionsMax ?? connectionsUsual;
  await check('machine', async () => judgeMachine(await readMachine(dataDir), dataDir, connectionsMax));
  checks.push(...judgeConfig(loaded));
  await check('data folder', () => judgeFolder(dataDir));
  const runner = await runnerOf(dataDir, cli.alive);
  const status = runner?.http === undefined ? undefined : await node.get<Status>('/status').catch(() => undefined);
  checks.push(judgeRunner(runner, status, dataDir));
  // A running node goes by flags that no file knows.
  const inForce = status ? await configInForce(node).catch(() => config) : config;
  if (status) {
    await check('store', async () => [await judgeRunningStore(node)]);
    await check('clock', async () => [judgeClock(status, await node.get<ServersPage>('/servers', { all: true }), now)]);
    checks.push(...judgeHistory(status), ...judgeListening(status));
    await check('reachability', async () => judgeReach(status, (await node.get<{ peers: Peer[] }>('/peers')).peers));
    await check('gateways', async () =>
      judgeGateways((await node.get<{ gateways: GatewayStatus[] }>('/gateways')).gateways, config),
    );
    await check('keys', async () => judgeKeys((await node.get<{ keys: KeyJson[] }>('/keys')).keys, now));
    await check('karma', async () => [
      judgeWords(await node.get<NodesGraph>('/nodes/graph'), status.peerId, inForce?.karma ?? { prefer: [] }),
    ]);
  } else {
    if (!runner) await check('store', () => judgeStopped(dataDir, config, now));
    if (config && !runner) {
      await check('ports', () => judgePorts(config));
      await check('gateways', () => judgeGatewayPorts(config));
    }
    const later = 'start the node, and run this again to see whether others reach it';
    checks.push(findingsOf('reachability').warning('cannot be seen without a running node', later));
  }
  if (inForce) {
    await check('entry points', () => judgeEntries(inForce.network));
    await check('online key', () => judgeOnlineKey(inForce.checkpoints));
  }
  return { node: status ? 'running' : 'not running', checks };
}

const configInForce = async (node: NodeClient): Promise<Config> => nested(await settingsOf(node)) as Config;

type Loaded = LoadedConfig | { readonly fault: RollcallError };

async function configOf({ env }: Pick<Cli, 'env'>, { dataDir, configPath, logLevel }: Run['globals']): Promise<Loaded> {
  const flags = logLevel === undefined ? [] : [{ path: 'log.level', value: logLevel, origin: '--log-level' }];
  try {
    return loadConfig({ ...(await readConfigFiles(dataDir, configPath)), flags, env });
  } catch (error) {
    if (!(error instanceof RollcallError)) throw error;
    return { fault: error };
  }
}

/** Each fault is a line, and ends with where it comes from. */
function judgeConfig(loaded: Loaded): Finding[] {
  const { ok, problem } = findingsOf('configuration');
  if ('fault' in loaded) {
    const remedy = 'correct it there; "rollcall config print --origin" shows what is in force';
    return loaded.fault.message.split('\n').map(line => problem(line, loaded.fault.remedy ?? remedy));
  }
  const own = [...loaded.origins].filter(([, origin]) => origin !== 'config.default.json');
  const from = [...new Set(own.map(([, origin]) => origin))];
  return [
    ok(
      own.length === 0
        ? 'sound; nothing is set in files or the environment'
        : `sound; ${own.length} set in ${from.join(', ')}`,
    ),
  ];
}

function judgeRunner(runner: Runner | undefined, status: Status | undefined, dataDir: string): Finding {
  const { ok, problem } = findingsOf('running');
  if (!runner) return ok(`no node is running on ${dataDir}`);
  const { pid, http } = runner;
  if (status) return ok(`process ${pid} is a node of the list "${status.list}", ${status.role}`);
  if (http === undefined) {
    const remedy = `wait if it is starting or stopping; otherwise end it: kill ${pid}`;
    return problem(`process ${pid} holds the store, and does not say that it is a node`, remedy);
  }
  const remedy = `if process ${pid} is no node, delete ${join(dataDir, 'node.json')}; if it is, end it: kill ${pid}`;
  return problem(`process ${pid} should be a node, and does not answer at ${http}`, remedy);
}

async function judgeStopped(dataDir: string, config: Config | undefined, now: number): Promise<Finding[]> {
  await using copy = await openCopy(join(dataDir, 'store'));
  if (!copy) {
    const none = { async *entries() {} };
    return [findingsOf('store').ok('there is none yet'), ...judgeKeys(await storedKeys(none, now), now)];
  }
  const findings = await judgeStore(copy.store, config?.list.name, now).catch(error => [failedCheck('store', error)]);
  return [...findings, ...judgeKeys(await storedKeys(copy.store, now), now)];
}
