// The machine: is there enough of everything for a node?
import { readFile, statfs } from 'node:fs/promises';
import { availableMemory, constrainedMemory, platform, versions } from 'node:process';
import { bytes } from '../words.ts';
import { type Finding, findingsOf } from './findings.ts';
import { existing } from './folder.ts';

export type Machine = {
  readonly nodeVersion: string;
  readonly memoryBytes: number;
  readonly diskBytes: number;
  /** Undefined where the system has no such limit, or does not tell it. */
  readonly filesMax: number | undefined;
};

/** As bin/rollcall.js demands, which this must not say less than. */
const nodeMin = [24, 12] as const;
/** A node with a list of 100,000 servers takes less than 400 MB; an empty one 150 MB (measured). */
const memoryWantedBytes = 400_000_000;
const memoryMinBytes = 150_000_000;
/** A list of 10,000 servers grows by some 46 MB a day. */
const diskWantedBytes = 2_000_000_000;
const diskMinBytes = 100_000_000;
/** Beside connections: 64 of the store, and those who ask over HTTP. */
const filesBesides = 64 + 256;

export async function readMachine(dataDir: string): Promise<Machine> {
  const { bavail, bsize } = await statfs(await existing(dataDir));
  const limits = platform === 'linux' ? await readFile('/proc/self/limits', 'utf8').catch(() => '') : '';
  const files = /^Max open files +(\d+)/m.exec(limits)?.[1];
  const limit = constrainedMemory();
  return {
    nodeVersion: versions.node,
    memoryBytes: limit > 0 ? Math.min(limit, availableMemory()) : availableMemory(),
    diskBytes: bavail * bsize,
    filesMax: files === undefined ? undefined : Number(files),
  };
}

export function judgeMachine(machine: Machine, dataDir: string, connectionsMax: number): Finding[] {
  const { nodeVersion, memoryBytes, diskBytes, filesMax } = machine;
  return [
    judgeNode(nodeVersion),
    enough(
      'memory',
      memoryBytes,
      [memoryMinBytes, memoryWantedBytes],
      `${bytes(memoryBytes)} of memory are free`,
      'close something, or give the machine or the container more; a small list needs less',
    ),
    enough(
      'disk',
      diskBytes,
      [diskMinBytes, diskWantedBytes],
      `${bytes(diskBytes)} are free for ${dataDir}`,
      'make room, or move the data folder to another disk and name it with --data',
    ),
    ...(filesMax === undefined ? [] : [judgeFiles(filesMax, connectionsMax + filesBesides)]),
  ];
}

function judgeNode(version: string): Finding {
  const { ok, problem } = findingsOf('node');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < nodeMin[0] || (major === nodeMin[0] && minor < nodeMin[1]);
  if (!isOld) return ok(`Node ${version}`);
  return problem(`Node ${version} is too old`, `install Node ${nodeMin.join('.')} or newer`);
}

function enough(
  check: string,
  amount: number,
  [least, wanted]: readonly [number, number],
  message: string,
  remedy: string,
): Finding {
  const { ok, warning, problem } = findingsOf(check);
  if (amount < least) return problem(message, remedy);
  return amount < wanted ? warning(message, remedy) : ok(message);
}

function judgeFiles(filesMax: number, needed: number): Finding {
  const { ok, warning } = findingsOf('files');
  const message = `a process may have ${filesMax} files and connections open`;
  if (filesMax >= needed) return ok(message);
  return warning(
    `${message}, a node may need ${needed}`,
    `raise it with "ulimit -n ${needed}", or LimitNOFILE of systemd`,
  );
}
