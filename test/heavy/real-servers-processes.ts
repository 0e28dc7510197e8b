// Nodes as users start them, the commands that talk to them, and how game servers are ended.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { type NodeProcess, program, startProcess } from '../processes.ts';

/** For a node that asks nobody, with the gateway of the dpmaster family on a free port of loopback. */
export const dpmasterFlags: readonly string[] = Object.entries({
  'network.allowPrivateAddresses': true,
  'network.mdns': false,
  'probe.enabled': false,
  'log.level': 'warn',
  'gateways.dpmaster.enabled': true,
  'gateways.dpmaster.host': '127.0.0.1',
  'gateways.dpmaster.port': 0,
}).flatMap(([path, value]) => ['--set', `${path}=${value}`]);

/** On loopback and free ports; it asks game servers, unless told otherwise. */
export const startNode = (data: string, more: readonly string[]): Promise<NodeProcess> =>
  startProcess(data, more, { base: ['--listen', '/ip4/127.0.0.1/tcp/0', '--http', '127.0.0.1:0'] });

/** Runs one command against a node; gives the JSON that it prints. */
export async function rollcall(node: NodeProcess, ...words: readonly string[]): Promise<unknown> {
  const child = spawn(process.execPath, [program, ...words, '--json', '--data', node.data], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) {
    const { exitCode, signalCode } = node.child;
    const state = exitCode === null && signalCode === null ? 'runs' : `ended with ${exitCode ?? signalCode}`;
    throw new Error(`rollcall ${words.join(' ')} ended with ${code}; the node on ${node.data} ${state}`);
  }
  return JSON.parse(Buffer.concat(chunks).toString());
}

export async function ended(child: ChildProcess): Promise<number | string | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode ?? child.signalCode;
}

/** SIGTERM, and SIGKILL for what has not ended 5 s later. */
export async function stop(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  const patience = new AbortController();
  await Promise.race([ended(child), setTimeout(5_000, undefined, { signal: patience.signal }).catch(() => {})]);
  patience.abort();
  child.kill('SIGKILL');
  await ended(child);
}
