// Questions to a long history, against stock git asked the same on the exported repository.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import config from '../config.default.json' with { type: 'json' };
import { HistoryPages } from '../node/app/history-pages.ts';
import { Live } from '../node/app/live.ts';
import { pause } from '../node/app/timers.ts';
import { diffCommits } from '../node/history/compare.ts';
import { exportRepository } from '../node/history/export.ts';
import { History } from '../node/history/history.ts';
import { noteList } from '../node/history/lists.ts';
import { entryAt, readLog, serverLog } from '../node/history/log.ts';
import { readCuts, readRefs } from '../node/history/refs.ts';
import { openStore } from '../node/history/store.ts';
import type { Change } from '../node/list/change.ts';
import { ServerList } from '../node/list/server-list.ts';
import { pathOf } from '../node/records/announcement.ts';
import { announced, type Verified } from '../node/records/verified.ts';
import { signerOf, testList, testNow } from '../test/announcements.ts';
import { git } from '../test/stock-git.ts';
import { serverOf } from './servers.ts';

const { values } = parseArgs({
  options: {
    servers: { type: 'string', default: '10000' },
    commits: { type: 'string', default: '10000' },
    news: { type: 'string', default: '0.5' },
    rounds: { type: 'string', default: '11' },
  },
});
const [servers, commits, rounds] = [Number(values.servers), Number(values.commits), Number(values.rounds)];
/** Of all servers, so many say something new now and then; the others only that they are still there. */
const news = Number(values.news);
/** Commits in which all of those do once; each server is in ten of them as a rule. */
const newsEvery = Math.ceil(commits / 4);
const changesInCommit = 10;
const page = 50;
const commitsEachLook = 2;

const folder = await mkdtemp(join(tmpdir(), 'rollcall-bench-'));
try {
  await using store = await openStore(join(folder, 'store'));
  const history = await History.open({ store, author: signerOf(1).peerId, pause });
  const live = new Live(new ServerList({ ...config.list, countPrivateNetworks: true }));
  const listed: Verified[] = [];
  const commit = async (numbers: readonly number[], round: number) => {
    const items = numbers.map(n => said(n, round));
    const changes = items.map((after, i): Change => ({ id: after.id, before: listed[numbers[i]!], after }));
    for (const [i, item] of items.entries()) listed[numbers[i]!] = item;
    live.changed(changes);
    await history.write(live.tree, changes, testNow + round * 30_000, []);
  };
  await commit(
    Array.from({ length: servers }, (_, n) => n),
    0,
  );
  // 7,919 is a prime: who changes is spread over the list, and each as often.
  const changed = (round: number) =>
    Array.from({ length: changesInCommit }, (_, i) => ((round * changesInCommit + i) * 7_919) % servers);
  // Then each server once more, so that commits as far apart may both be old.
  const all = commits + Math.ceil(servers / changesInCommit);
  for (let round = 1; round <= all; round++) {
    await commit(changed(round), round);
    // As a node does, which looks each minute.
    if (round % commitsEachLook === 0) await noteList(store, history);
  }
  const bare = join(folder, 'list.git');
  await exportRepository({ store, refs: () => readRefs(store), cuts: () => readCuts(store) }, bare);

  const signature = () => {
    throw new Error('nothing is signed here');
  };
  const pages = new HistoryPages({
    store,
    history,
    live,
    uncommitted: () => ({ since: history.head, changes: [] }),
    signature,
  });
  const at = async (height: number) => (await entryAt(store, height))!.oid;
  const top = history.commits;
  type Pair = readonly [from: string, to: string];
  const apart = async (distance: number, to: number): Promise<Pair> => [await at(to - distance), await at(to)];
  const which = (pair: Pair) => diffCommits({ store, history }, ...pair);
  const how = async (pair: Pair) => Object.values(await pages.diff(...pair)).flat();
  const [neighbours, toHead, old] = [await apart(1, top), await apart(commits, top), await apart(commits, commits + 1)];
  const { id } = listed[changed(all)[0]!]!;
  const log = ['log', '--format=%H %at %an %s', `-${page}`];
  const touching = ['log', '--format=%H', '--', pathOf(id)];
  // What is told of a server that changed, and nothing of those that were renewed.
  const asTold = ['diff', '--no-renames', '-I^  "(issuedAt|expiresAt|signature)": '];
  const questions: [string, () => Promise<readonly unknown[]>, string[]][] = [
    [`the newest ${page} commits`, () => readLog(store, { limit: page }), log],
    [
      `${page} commits in the middle`,
      () => readLog(store, { limit: page, below: top + 1 - commits / 2 }),
      [...log, `--skip=${commits / 2}`],
    ],
    ['which servers two neighbours differ in', () => which(neighbours), ['diff-tree', '-r', ...neighbours]],
    ['… and how', () => how(neighbours), [...asTold, ...neighbours]],
    [`which servers differ, ${commits} commits up to now`, () => which(toHead), ['diff-tree', '-r', ...toHead]],
    ['… and how', () => how(toHead), [...asTold, ...toHead]],
    ['… git tells renewals too', () => how(toHead), ['diff', '--no-renames', ...toHead]],
    [`which servers differ, ${commits} commits of the past`, () => which(old), ['diff-tree', '-r', ...old]],
    ['… and how', () => how(old), [...asTold, ...old]],
    ['… git tells renewals too', () => how(old), ['diff', '--no-renames', ...old]],
    ['history of one server', () => serverLog(store, id, all), touching],
  ];
  say(
    `${servers} servers, ${news * 100} % with news, ${all} commits of ${changesInCommit} changes; milliseconds, median (fastest to slowest) of ${rounds}\n`,
  );
  say(row('question', 'rollcall', 'git', 'ratio'));
  for (const [what, ask, args] of questions) await race(what, ask, args);
  await git(bare, 'commit-graph', 'write', '--reachable', '--changed-paths');
  await race('… git with a commit-graph of changed paths', questions.at(-1)![1], touching);
  await race('(git that is asked for its version)', async () => [], ['--version']);

  async function race(what: string, ask: () => Promise<readonly unknown[]>, args: readonly string[]): Promise<void> {
    const times = { ours: [] as number[], git: [] as number[] };
    let told = 0;
    for (let round = 0; round < rounds; round++) {
      let start = performance.now();
      told = (await ask()).length;
      times.ours.push(performance.now() - start);
      start = performance.now();
      await run(bare, args);
      times.git.push(performance.now() - start);
    }
    const expected = await toldBy(args);
    if (expected !== undefined && told !== expected) {
      throw new Error(`${what}: rollcall tells ${told}, git ${expected}`);
    }
    say(row(what, spread(times.ours), spread(times.git), (median(times.ours) / median(times.git)).toFixed(2)));
  }

  /** Commits or servers that git tells of; undefined where it was asked for more than we tell, or for nothing. */
  async function toldBy(args: readonly string[]): Promise<number | undefined> {
    const [command, , third] = args;
    if (command === '--version' || (command === 'diff' && third !== asTold[2])) return undefined;
    const lines = (await git(bare, ...args)).split('\n');
    return command === 'diff' ? lines.filter(line => line.startsWith('diff --git ')).length : lines.length;
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Takes what git prints, and keeps nothing of it. */
async function run(repository: string, args: readonly string[]): Promise<void> {
  const child = spawn('git', args, { cwd: repository, stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.resume();
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`git ${args.join(' ')} ended with ${code}`);
}

/** Server `n`, with a name that is another now and then if it is one of those with news. */
function said(n: number, round: number): Verified {
  const item = serverOf(n, round);
  if ((n % 100) / 100 >= news) return item;
  const { announcer: _, signature: __, ...fields } = item.announcement;
  const name = `${fields.name} #${Math.floor(round / newsEvery)}`;
  return announced({ ...fields, name }, testList, signerOf(1 + Math.floor(n / 100)));
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
