// What the viewer is tried on: the demo with an attack, a real list with its 22 months, and a list larger than any.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { HistoryGraph, StatementJson } from '../../node/api/port.ts';
import { second } from '../../node/base/time.ts';
import type { DemoEvent } from '../../node/demo/events.ts';
import { openStore } from '../../node/history/store.ts';
import { openIdentity } from '../../node/identity/keyfile.ts';
import { testList } from '../announcements.ts';
import { writeLargeList } from '../large-list.ts';
import { maintainerOf } from '../maintainers.ts';
import { type NodeProcess, program, startProcess, waitFor } from '../processes.ts';
import { relive, steps } from '../real-list.ts';
import { inForce, state, trust } from '../statement-processes.ts';

/** What the views are asked to show; hashes and ids are the node's. */
export type Subject = AsyncDisposable & {
  readonly http: string;
  readonly server: string;
  readonly node: string;
  /** A commit to look at, and two to compare. */
  readonly commit: string;
  readonly between: readonly [string, string];
  /** A signed commit. */
  readonly statement: StatementJson;
};

async function subjectOf(
  http: string,
  end: () => Promise<void>,
  commitOf: (graph: HistoryGraph) => string,
): Promise<Subject> {
  const get = async <T>(path: string): Promise<T> => (await (await fetch(`${http}/api/v1${path}`)).json()) as T;
  const graph = await get<HistoryGraph>('/history/graph');
  const { servers } = await get<{ servers: { id: string }[] }>('/servers?limit=1');
  const { announcers } = await get<{ announcers: { announcer: string }[] }>('/announcers?limit=1');
  const { statements } = await get<{ statements: StatementJson[] }>('/statements');
  const commit = commitOf(graph);
  const parent = graph.commits.find(({ oid }) => oid === commit)!.parents.at(-1)!;
  const subject = { server: servers[0]!.id, node: announcers[0]!.announcer, statement: statements[0]! };
  return { http, ...subject, commit, between: [parent, graph.head!], [Symbol.asyncDispose]: end };
}

/** `rollcall demo --attack`, when the attack is over. */
export async function demo(folder: string): Promise<Subject> {
  const child = spawn(process.execPath, [program, 'demo', '--attack', '--json', '--http', '127.0.0.1:0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: folder },
  });
  const exited = once(child, 'exit');
  const end = async () => {
    child.kill('SIGINT');
    await exited;
  };
  let http: string | undefined;
  let over = false;
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line) as DemoEvent | { event: 'list' };
    if (event.event === 'ready' && event.name === 'player-1') http = event.http;
    over = event.event === 'list';
    if (over) break;
  }
  if (http === undefined || !over) throw new Error('the demo ended before its attack was over');
  // What it goes on to say must not fill the pipe.
  child.stdout.resume();
  const merge = ({ commits }: HistoryGraph) =>
    commits.find(({ kind, removed }) => kind === 'merge' && removed > 100)!.oid;
  return subjectOf(http, end, merge);
}

/** 22 months of a real list, moved so that they end now. */
export async function realList(folder: string): Promise<Subject> {
  const data = join(folder, 'real');
  const { peerId } = await openIdentity(data);
  {
    await using store = await openStore(join(data, 'store'));
    for await (const _ of relive(store, peerId, Date.now() - second - steps.at(-1)!.at * second));
  }
  const node = await signed(data);
  const largest = ({ commits }: HistoryGraph) => commits.filter(({ kind }) => kind === 'own').sort(byChanges)[0]!.oid;
  return subjectOf(node.http, () => node.stop(), largest);
}

const byChanges = (a: { changed: number }, b: { changed: number }): number => b.changed - a.changed;

/** As it is in the folder from a run before, if it is. */
export async function largeList(folder: string, servers: number, commits: number): Promise<Subject> {
  const data = join(folder, `large-${servers}-${commits}`);
  if (!existsSync(data)) await writeLargeList(data, servers, commits);
  const node = await signed(data);
  return subjectOf(
    node.http,
    () => node.stop(),
    ({ commits }) => commits.find(({ kind }) => kind === 'own')!.oid,
  );
}

/** A node on a store that is there, under a checkpoint of what it lists, which it may have from a run before. */
async function signed(data: string): Promise<NodeProcess> {
  const node = await startProcess(data, ['--list', testList]);
  if ((await inForce(node)) !== undefined) return node;
  const ada = await maintainerOf('Ada', Date.now());
  await trust(node, ada.publicArmored);
  await state(node, ada);
  await waitFor(async () => (await inForce(node)) === 1);
  return node;
}
