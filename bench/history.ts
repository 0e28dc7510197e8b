// Questions to a long history, against stock git asked the same on the exported repository.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pause } from '../node/app/timers.ts';
import { diffCommits } from '../node/history/compare.ts';
import { withSides } from '../node/history/diff.ts';
import { exportRepository } from '../node/history/export.ts';
import { History, stored } from '../node/history/history.ts';
import { noteList } from '../node/history/lists.ts';
import { entryAt, readLog, serverLog } from '../node/history/log.ts';
import { readCuts, readRefs } from '../node/history/refs.ts';
import { ServersTree } from '../node/history/servers-tree.ts';
import { openStore } from '../node/history/store.ts';
import type { Change } from '../node/list/change.ts';
import { pathOf } from '../node/records/announcement.ts';
import type { Verified } from '../node/records/verified.ts';
import { signerOf, testNow } from '../test/announcements.ts';
import { git } from '../test/stock-git.ts';
import { serverOf } from './servers.ts';

const { values } = parseArgs({
  options: {
    servers: { type: 'string', default: '10000' },
    commits: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '11' },
  },
});
const [servers, commits, rounds] = [Number(values.servers), Number(values.commits), Number(values.rounds)];
const changesInCommit = 10;
const page = 50;
const commitsEachLook = 2;

const folder = await mkdtemp(join(tmpdir(), 'rollcall-bench-'));
try {
  await using store = await openStore(join(folder, 'store'));
  const history = await History.open({ store, author: signerOf(1).peerId, pause });
  const tree = new ServersTree();
  const listed: Verified[] = [];
  const commit = async (numbers: readonly number[], round: number) => {
    const items = numbers.map(n => serverOf(n, round));
    const changes = items.map((after, i): Change => ({ id: after.id, before: listed[numbers[i]!], after }));
    for (const [i, item] of items.entries()) {
      listed[numbers[i]!] = item;
      tree.set(item.id, item.oid);
    }
    await history.write(tree, changes, testNow + round * 30_000, []);
  };
  await commit(
    Array.from({ length: servers }, (_, n) => n),
    0,
  );
  // 7,919 is a prime: who changes is spread over the list, and each as often.
  const changed = (round: number) =>
    Array.from({ length: changesInCommit }, (_, i) => ((round * changesInCommit + i) * 7_919) % servers);
  for (let round = 1; round <= commits; round++) {
    await commit(changed(round), round);
    // As a node does, which looks each minute.
    if (round % commitsEachLook === 0) await noteList(store, history);
  }
  const bare = join(folder, 'list.git');
  await exportRepository({ store, refs: () => readRefs(store), cuts: () => readCuts(store) }, bare);

  const source = stored(store);
  const at = async (height: number) => (await entryAt(store, height))!.oid;
  const between = (from: string, to: string) => diffCommits({ store, history }, from, to);
  const asked = async (from: string, to: string) => withSides(source, await between(from, to));
  const [first, beforeLast, last] = [await at(1), await at(history.commits - 1), await at(history.commits)];
  const { id } = listed[changed(commits)[0]!]!;
  const [top, path] = [history.commits, pathOf(id)];
  const log = ['log', '--format=%H %at %an %s', `-${page}`];
  const touching = ['log', '--format=%H', '--', path];
  const questions: [string, () => Promise<readonly unknown[]>, string[]][] = [
    [`the newest ${page} commits`, () => readLog(store, { limit: page }), log],
    [
      `${page} commits in the middle`,
      () => readLog(store, { limit: page, below: top + 1 - commits / 2 }),
      [...log, `--skip=${commits / 2}`],
    ],
    ['which servers two neighbours differ in', () => between(beforeLast, last), ['diff-tree', '-r', beforeLast, last]],
    ['… and how', () => asked(beforeLast, last), ['diff', '--no-renames', beforeLast, last]],
    [
      `which servers two differ in that are ${commits} apart`,
      () => between(first, last),
      ['diff-tree', '-r', first, last],
    ],
    ['… and how', () => asked(first, last), ['diff', '--no-renames', first, last]],
    ['history of one server', () => serverLog(store, id, commits), touching],
  ];
  say(
    `${servers} servers, ${commits} commits of ${changesInCommit} changes; milliseconds, median (fastest to slowest) of ${rounds}\n`,
  );
  say(row('question', 'rollcall', 'git', 'ratio'));
  for (const [what, ask, args] of questions) await race(what, ask, args);
  await git(bare, 'commit-graph', 'write', '--reachable', '--changed-paths');
  await race('… git with a commit-graph of changed paths', questions.at(-1)![1], touching);
  await race('(git that is asked for its version)', async () => [], ['--version']);

  async function race(what: string, ask: () => Promise<readonly unknown[]>, args: readonly string[]): Promise<void> {
    const times = { ours: [] as number[], git: [] as number[] };
    const told = { ours: 0, git: 0 };
    for (let round = 0; round < rounds; round++) {
      let start = performance.now();
      told.ours = (await ask()).length;
      times.ours.push(performance.now() - start);
      start = performance.now();
      told.git = await linesOf(bare, args);
      times.git.push(performance.now() - start);
    }
    // Where git tells one line for each as well.
    if (!['diff', '--version'].includes(args[0]!) && told.ours !== told.git) {
      throw new Error(`${what}: rollcall tells ${told.ours}, git ${told.git}`);
    }
    say(row(what, spread(times.ours), spread(times.git), (median(times.ours) / median(times.git)).toFixed(2)));
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Counts what git prints, and keeps nothing of it. */
async function linesOf(repository: string, args: readonly string[]): Promise<number> {
  const child = spawn('git', args, { cwd: repository, stdio: ['ignore', 'pipe', 'inherit'] });
  let lines = 0;
  child.stdout.on('data', (data: Buffer) => {
    for (let at = data.indexOf(10); at >= 0; at = data.indexOf(10, at + 1)) lines++;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`git ${args.join(' ')} ended with ${code}`);
  return lines;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

function spread(values: readonly number[]): string {
  return `${median(values).toFixed(1)} (${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)})`;
}

function row(first: string, ...cells: readonly string[]): string {
  return `| ${first.padEnd(52)} | ${cells.map(cell => cell.padEnd(24)).join(' | ')} |`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
