// Rollcall nodes as real processes on loopback, with the HTTP API to talk to them.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ServersPage, Status } from '../node/api/port.ts';

export const program = fileURLToPath(new URL('../bin/rollcall.js', import.meta.url));

/** Stays on loopback, finds free ports, asks no game servers unless told to. */
export const quietFlags = [
  ...['--listen', '/ip4/127.0.0.1/tcp/0', '--http', '127.0.0.1:0', '--log-level', 'error'],
  ...['network.mdns=false', 'network.allowPrivateAddresses=true', 'probe.enabled=false'].flatMap(set => ['--set', set]),
];

/** Programs that run and folders that are there: they go with this process, also when it is ended before its blocks are. */
const running = new Set<ChildProcess>();
const folders = new Set<string>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
  // Who was killed may still be writing its last file.
  for (const path of folders) rmSync(path, { recursive: true, force: true, maxRetries: 10 });
});
// By default these end a process without that event.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => process.exit(128 + constants.signals[signal]));

/** Of a program that must not go on when this process has ended, however that comes. */
export function endsWithThis(child: ChildProcess): void {
  running.add(child);
  child.once('exit', () => running.delete(child));
}

export type NodeProcess = AsyncDisposable & {
  readonly peerId: string;
  readonly address: string;
  readonly http: string;
  readonly data: string;
  readonly child: ChildProcess;
  get<T>(path: string): Promise<T>;
  send<T>(method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<T>;
  servers(): Promise<ServersPage>;
  status(): Promise<Status>;
  /** Ends it by SIGTERM, or by another signal. */
  stop(signal?: NodeJS.Signals): Promise<void>;
};

/** How a node is started, where that is not as usual. */
export type Launch = {
  /** A command that runs the one behind it in its own place, such as `nsenter`. */
  readonly through?: readonly string[];
  /** Options of Node itself. */
  readonly options?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Instead of `quietFlags`. */
  readonly base?: readonly string[];
  /** A descriptor for what it logs. */
  readonly stderr?: number;
};

/** Starts a node on a data folder and resolves when it is ready. */
export async function startProcess(
  data: string,
  flags: readonly string[] = [],
  { through = [], options = [], env = {}, base = quietFlags, stderr }: Launch = {},
): Promise<NodeProcess> {
  const start = [process.execPath, ...options, program, 'start', '--json', '--data', data, ...base, ...flags];
  const [command, ...args] = [...through, ...start];
  const child = spawn(command!, args, {
    stdio: ['ignore', 'pipe', stderr ?? 'inherit'],
    env: { ...process.env, ...env },
  });
  endsWithThis(child);
  const lines = createInterface({ input: child.stdout! });
  const [line] = (await Promise.race([once(lines, 'line'), once(child, 'exit').then(() => [])])) as string[];
  if (line === undefined) throw new Error(`the node on ${data} ended before it was ready`);
  const { peerId, addresses, http } = JSON.parse(line) as { peerId: string; addresses: string[]; http: string };
  const token = (await readFile(join(data, 'api-token'), 'utf8')).trim();
  const ask = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const response = await fetch(`${http}/api/v1${path}`, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  return {
    peerId,
    address: addresses[0] ?? '',
    http,
    data,
    child,
    get: path => ask('GET', path),
    send: (method, path, body) => ask(method, path, body),
    servers: () => ask('GET', '/servers'),
    status: () => ask('GET', '/status'),
    stop,
    [Symbol.asyncDispose]: () => stop(),
  };
}

/** A folder that is gone when its block ends. */
export async function temporaryFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'rollcall-'));
  folders.add(path);
  return {
    path,
    async [Symbol.asyncDispose]() {
      await rm(path, { recursive: true, force: true });
      folders.delete(path);
    },
  };
}

/**
 * Asks until the answer is as wanted, and gives how long that took. A busy machine takes its time: what ends here would never
 * have come, and is told before the test runner gives up.
 * @throws Error after `patienceMs`
 */
export async function waitFor(wanted: () => Promise<boolean>, patienceMs = 100_000): Promise<number> {
  const begin = performance.now();
  while (!(await wanted())) {
    if (performance.now() - begin > patienceMs) throw new Error(`waited ${patienceMs} ms in vain for ${wanted}`);
    await sleep(20);
  }
  return performance.now() - begin;
}
