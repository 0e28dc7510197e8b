// What a node of the soak takes, looked at from outside and told by itself, every so often.
import { readdir, readFile } from 'node:fs/promises';
import type { Status } from '../../node/api/port.ts';
import { storeBytes } from './flood-network.ts';
import type { SoakNode } from './soak-network.ts';
import type { Figures } from './soak-probe.ts';

export type Sample = {
  readonly atS: number;
  readonly node: number;
  readonly starts: number;
  readonly rssBytes: number;
  readonly pssBytes: number;
  /** What is not backed by files: the store's and the program's mapped files may be dropped at any time. */
  readonly anonBytes: number;
  readonly heapBytes: number;
  readonly externalBytes: number;
  readonly heapPagesBytes: number;
  readonly liveBytes: number;
  readonly liveBuffersBytes: number;
  readonly storeBytes: number;
  readonly files: number;
  readonly cpuS: number;
  readonly delayP99Ms: number;
  readonly delayMaxMs: number;
  readonly peers: number;
  readonly servers: number;
  readonly commits: number;
  readonly uncommitted: number;
  /** Announcements that were made until then, in the whole network. */
  readonly announced: number;
  readonly tree: string;
  readonly head: string;
  readonly resources: string;
};

/** Of Linux, where it is not told otherwise. */
const ticksPerSecond = 100;

/** Undefined while the node is down, stopped, or has told nothing yet. */
export async function sampleOf(node: SoakNode, atS: number, announced: number): Promise<Sample | undefined> {
  const { process: running } = node;
  if (!running || !node.answers) return undefined;
  const proc = `/proc/${running.child.pid}`;
  try {
    const [rollup, stat, files, store, told, status] = await Promise.all([
      readFile(`${proc}/smaps_rollup`, 'utf8'),
      readFile(`${proc}/stat`, 'utf8'),
      readdir(`${proc}/fd`),
      storeBytes(running),
      readFile(node.figuresPath, 'utf8').then(text => JSON.parse(text) as Figures),
      running.get<Status>('/status'),
    ]);
    // It may have been stopped or killed while it was asked.
    if (node.process !== running || node.paused) return undefined;
    const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1]) * 1_024;
    const { resources, ...figures } = told;
    // Source: proc_pid_stat(5); fields 14 and 15, and the name in field 2 may hold spaces.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return {
      atS,
      node: node.role.number,
      starts: node.starts,
      rssBytes: kilobytes('Rss'),
      pssBytes: kilobytes('Pss'),
      anonBytes: kilobytes('Anonymous'),
      ...figures,
      storeBytes: store,
      files: files.length,
      cpuS: (Number(ticks[11]) + Number(ticks[12])) / ticksPerSecond,
      peers: status.peers,
      servers: status.servers,
      commits: status.commits,
      uncommitted: status.uncommitted,
      announced,
      tree: status.tree,
      head: status.head ?? '',
      resources: Object.entries(resources)
        .map(([kind, count]) => `${kind}:${count}`)
        .join(' '),
    };
  } catch {
    // Gone between two looks, or too young to have told.
    return undefined;
  }
}

export function csvOf(samples: readonly Sample[]): string {
  const [first] = samples;
  if (!first) return '';
  const lines = samples.map(sample =>
    Object.values(sample).map(field => (typeof field === 'number' ? +field.toFixed(2) : field)),
  );
  return `${[Object.keys(first), ...lines].map(line => line.join(',')).join('\n')}\n`;
}
