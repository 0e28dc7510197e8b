// How long a commit takes, against stock `git fast-import` doing the same in the same run, and what a large list weighs.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { pause } from '../node/app/timers.ts';
import { messageFor, tell } from '../node/history/commit.ts';
import { History } from '../node/history/history.ts';
import { ServersTree } from '../node/history/servers-tree.ts';
import { openStore } from '../node/history/store.ts';
import type { Change } from '../node/list/change.ts';
import type { Verified } from '../node/records/verified.ts';
import { signerOf, testNow } from '../test/announcements.ts';
import { commitStream, FastImport } from './fast-import.ts';
import { serverOf } from './servers.ts';

const { values } = parseArgs({
  options: { sizes: { type: 'string', default: '100000' }, rounds: { type: 'string', default: '21' } },
});
const rounds = Number(values.rounds);
/** Changes in a commit. */
const changesInCommit = [1, 10, 100, 1_000];
const author = signerOf(1).peerId;

for (const size of values.sizes.split(',').map(Number)) await measure(size);

async function measure(size: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-bench-'));
  try {
    const took = await race(folder, size);
    say(`\n${size} servers, ${rounds} commits each, milliseconds: median (fastest to slowest)\n`);
    say(row('changes', 'rollcall', 'git fast-import', 'ratio'));
    for (const [changes, { ours, git }] of took) {
      say(row(String(changes), spread(ours), spread(git), (median(ours) / median(git)).toFixed(2)));
    }
    say(`\nA process that carries these ${size} servers: ${await weigh(join(folder, 'store'))}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Commits in turn by us and by git, and both must come to the same hash. */
async function race(folder: string, size: number) {
  await using store = await openStore(join(folder, 'store'));
  const history = await History.open({ store, author, pause });
  await using git = await FastImport.open(folder);
  const tree = new ServersTree();
  const listed: Verified[] = [];
  let round = 0;

  const step = async (numbers: readonly number[]) => {
    const items = numbers.map(n => serverOf(n, round));
    const changes = items.map((after, i): Change => ({ id: after.id, before: listed[numbers[i]!], after }));
    const at = testNow + round * 1_000;
    const stream = commitStream(items, author, at / 1_000, messageFor(tell(changes)));
    const times = { ours: 0, git: 0 };
    const ours = async () => {
      const start = performance.now();
      for (const { id, oid } of items) tree.set(id, oid);
      await history.write(tree, changes, at, []);
      times.ours = performance.now() - start;
    };
    const theirs = async () => {
      const start = performance.now();
      await git.commit(stream);
      times.git = performance.now() - start;
    };
    for (const turn of round % 2 === 0 ? [ours, theirs] : [theirs, ours]) await turn();
    for (const [i, n] of numbers.entries()) listed[n] = items[i]!;
    round++;
    return times;
  };

  await step(Array.from({ length: size }, (_, n) => n));
  const took = new Map(changesInCommit.map(count => [count, { ours: [] as number[], git: [] as number[] }]));
  // All commits of one size in a row, as a node makes them: what large ones leave to be tidied up is not told of small ones.
  for (const [count, { ours, git }] of took) {
    for (let i = 0; i < rounds; i++) {
      const times = await step(spreadOver(size, Math.min(count, size), round));
      ours.push(times.ours);
      git.push(times.git);
    }
  }
  if (history.head !== (await git.head())) throw new Error('rollcall and git do not agree on the history');
  return took;
}

/** Servers of all parts of the list, others in each round. */
function spreadOver(size: number, count: number, round: number): number[] {
  const step = Math.floor(size / count);
  return Array.from({ length: count }, (_, i) => (i * step + ((round * 7_919) % step)) % size);
}

/** In a process of its own, as a node comes back after a restart. */
async function weigh(store: string): Promise<string> {
  const child = spawn(process.execPath, [new URL('./memory.ts', import.meta.url).pathname, store], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return (await text(child.stdout)).trim();
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function spread(values: readonly number[]): string {
  return `${median(values).toFixed(1)} (${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)})`;
}

function row(...cells: readonly string[]): string {
  return `| ${cells.map(cell => cell.padEnd(24)).join(' | ')} |`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
