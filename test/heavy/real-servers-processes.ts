// Rollcall nodes as separate processes, and the commands that talk to them.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../bin/rollcall.js', import.meta.url));

export type RunningNode = {
  readonly name: string;
  readonly data: string;
  readonly addresses: readonly string[];
  readonly process: ChildProcess;
};

/** A node that asks nobody, with the gateway of the dpmaster family on a free port of loopback. */
export const dpmasterFlags: readonly string[] = Object.entries({
  'network.allowPrivateAddresses': true,
  'network.mdns': false,
  'probe.enabled': false,
  'log.level': 'warn',
  'gateways.dpmaster.enabled': true,
  'gateways.dpmaster.host': '127.0.0.1',
  'gateways.dpmaster.port': 0,
}).flatMap(([path, value]) => ['--set', `${path}=${value}`]);

/** Starts a node and resolves when it is ready. */
export async function startNode(name: string, data: string, more: readonly string[]): Promise<RunningNode> {
  const flags = ['--listen', '/ip4/127.0.0.1/tcp/0', '--http', '127.0.0.1:0'];
  const child = spawn(process.execPath, [bin, 'start', '--json', '--data', data, ...flags, ...more], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout! })) {
    const event = JSON.parse(line) as { event: string; addresses: string[] };
    if (event.event !== 'ready') continue;
    child.stdout!.resume();
    return { name, data, addresses: event.addresses, process: child };
  }
  throw new Error(`node ${name} ended with ${await ended(child)} before it was ready`);
}

/** Runs one command against a node; gives the JSON that it prints. */
export async function rollcall(node: RunningNode, ...words: readonly string[]): Promise<unknown> {
  const child = spawn(process.execPath, [bin, ...words, '--json', '--data', node.data], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) {
    const { exitCode, signalCode } = node.process;
    const state = exitCode === null && signalCode === null ? 'runs' : `ended with ${exitCode ?? signalCode}`;
    throw new Error(`rollcall ${words.join(' ')} ended with ${code}; node ${node.name} ${state}`);
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
