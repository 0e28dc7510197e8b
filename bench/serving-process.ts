// Processes that bench/serving.ts measures: how they start, what CPU time they took, and what memory they hold.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { waitFor } from '../test/processes.ts';
import type { Collection } from './serving-waits.ts';
import type { Stalls } from './stalls.ts';

export type Measured = AsyncDisposable & {
  readonly http: string;
  /** Of the process that answers. */
  readonly pid: number;
  tell(line: string): void;
};

export type MeasuredNode = Measured & {
  /** Garbage collections since this was asked last. */
  collections(): Promise<Collection[]>;
  /** Since this was asked last. */
  stalls(): Promise<Stalls>;
  /** Megabytes that it holds after a garbage collection. */
  heapMb(): Promise<number>;
};

/** @throws Error when it ends before it is ready */
export async function startNode(servers: number, clients = 1_000): Promise<MeasuredNode> {
  const program = fileURLToPath(new URL('serving-node.ts', import.meta.url));
  const args = ['--expose-gc', program, '--servers', String(servers), '--clients', String(clients)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([once(lines, 'line'), once(child, 'exit')]);
  if (typeof line !== 'string') throw new Error('the node ended before it was ready');
  const ask = async (what: string) => {
    const told = once(lines, 'line');
    child.stdin.write(`${what}\n`);
    return JSON.parse((await told)[0]);
  };
  return {
    http: JSON.parse(line).http,
    pid: child.pid!,
    tell: text => void child.stdin.write(`${text}\n`),
    collections: () => ask('collections'),
    stalls: () => ask('stalls'),
    heapMb: () => ask('heap'),
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      await end(child);
    },
  };
}

/** Gives out what is in the folder as it was compressed before, with one worker process, on a free port. */
export async function startNginx(folder: string): Promise<Measured> {
  const port = await freePort();
  // Started by root its worker would be somebody else, who may not read the folder.
  const config = `${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr crit;
events { worker_connections 1024; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  types { application/json json; }
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(name => `${name}_temp_path ${folder}/tmp;`).join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    root ${folder}/www;
    gzip_static on;
  }
}`;
  await writeFile(join(folder, 'nginx.conf'), config);
  const child = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const http = `http://127.0.0.1:${port}`;
  await waitFor(() =>
    fetch(http).then(
      () => true,
      () => false,
    ),
  );
  const workers = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8');
  return { http, pid: Number(workers.trim()), tell: () => {}, [Symbol.asyncDispose]: () => end(child) };
}

/** A program that others bring along. */
export async function isInstalled(program: string): Promise<boolean> {
  return promisify(execFile)('which', [program]).then(
    () => true,
    () => false,
  );
}

/** User and system time so far, all threads. Source: proc(5), fields 14 and 15 of stat, in hundredths of a second. */
export async function cpuMs(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

export async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)![1]) / 1_000;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}
