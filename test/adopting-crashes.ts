// Kills a node with SIGKILL while it adopts a rollback, again and again. Each time its store must hold the old list or the
// new one, whole, and the node must adopt the new one when it is back.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { minute } from '../node/base/time.ts';
import { announcementOf, signerOf, testList } from './announcements.ts';
import { type Maintainer, maintainerOf } from './maintainers.ts';
import { type NodeProcess, startProcess, waitFor } from './processes.ts';
import { StatementNode } from './statement-node.ts';
import { inForce, state, statementsOf, trust } from './statement-processes.ts';

export type AdoptingCrashes = {
  /** How often the store knew nothing of the new statement yet, how often it held it and the old list, how often the new one. */
  readonly before: number;
  readonly between: number;
  readonly after: number;
  /** How long it takes undisturbed, from when the statement is known. */
  readonly adoptionMs: number;
};

export type Lists = {
  /** Servers in every list. */
  readonly always: number;
  /** Servers in one list only, so that each adoption takes out as many as it has to fetch. */
  readonly once: number;
};

/** Kills are spread over the time that adopting takes undisturbed, and a little beyond. */
const killWithin = 1.3;
/** In each such round the kill comes earlier: while the statement is on its way. */
const earlyEvery = 5;
const flags = ['--list', testList];

/** @throws Error naming what was lost or damaged */
export async function adoptingCrashes(
  folder: string,
  rounds: number,
  size: Lists,
  random: () => number,
): Promise<AdoptingCrashes> {
  const now = Date.now();
  const ada = await maintainerOf('Ada', now);
  const lists = await prepare(join(folder, 'a/store'), rounds + 2, size, ada, now);
  const data = join(folder, 'b');
  await using a = await startProcess(join(folder, 'a'), flags);
  await trust(a, ada.publicArmored);
  const connected = [...flags, '--entry', a.address];
  await using stack = new AsyncDisposableStack();
  let node = await startProcess(data, connected);
  stack.defer(() => node.stop());
  await trust(node, ada.publicArmored);
  const rollBackTo = (sequence: number) =>
    state(a, ada, { kind: 'rollback', to: lists[sequence - 1]!.commit, message: 'again' });
  const adopts = (sequence: number) => waitFor(async () => (await inForce(node)) === sequence);
  await rollBackTo(1);
  await adopts(1);
  // The second is not disturbed: it tells how long one takes.
  const published = rollBackTo(2);
  const spreadMs = await knows(node, 2);
  const adoptionMs = await adopts(2);
  await published;
  const found = { before: 0, between: 0, after: 0 };
  for (let sequence = 3; sequence <= rounds + 2; sequence++) {
    const published = rollBackTo(sequence);
    if (sequence % earlyEvery === 0) await sleep(random() * spreadMs);
    else {
      await knows(node, sequence);
      await sleep(random() * killWithin * adoptionMs);
    }
    await node.stop('SIGKILL');
    await published;
    const [old, wanted] = [lists[sequence - 2]!, lists[sequence - 1]!];
    const held = await heldIn(data, sequence, ada, now);
    if (held.faults.length > 0) throw new Error(`the store is damaged:\n${held.faults.join('\n')}`);
    const which = held.tree === wanted.tree ? 'new' : 'old';
    if (held.tree !== (which === 'new' ? wanted : old).tree) throw new Error(`${held.tree} is neither list`);
    if (held.statement !== (which === 'new' ? sequence : sequence - 1))
      throw new Error(`the ${which} list under statement ${held.statement}`);
    found[which === 'new' ? 'after' : held.known ? 'between' : 'before']++;
    node = await startProcess(data, connected);
    await adopts(sequence);
    const { tree } = await node.status();
    if (tree !== wanted.tree) throw new Error(`after the restart the list is ${tree}, not ${wanted.tree}`);
  }
  await soundNow(node);
  return { ...found, adoptionMs };
}

/** Resolves when a node has the statement, in force or not. */
const knows = (node: NodeProcess, wanted: number): Promise<number> =>
  waitFor(async () => (await statementsOf(node)).some(({ sequence }) => sequence === wanted));

/** A store whose history holds as many lists. */
async function prepare(folder: string, count: number, { always, once }: Lists, { key }: Maintainer, now: number) {
  await using node = await StatementNode.open({ folder, clock: { now }, keys: [key] });
  const announcement = (name: string, i: number) =>
    announcementOf(name, {
      issuedAt: now - minute,
      signer: signerOf(1 + (i % 20)),
      addresses: [`127.0.0.1:${20_000 + i}`],
    });
  node.list(...Array.from({ length: always }, (_, i) => announcement(`always-${i}`, i)));
  const lists: { commit: string; tree: string }[] = [];
  for (let list = 0; list < count; list++) {
    const items = Array.from({ length: once }, (_, i) => announcement(`list-${list}-${i}`, i));
    node.list(...items);
    lists.push({ commit: await node.commit(), tree: node.live.tree.root() });
    for (const { id } of items) node.live.changed(node.live.list.drop(id));
  }
  await node.commit();
  return lists;
}

/** What a store holds that nobody runs on. */
async function heldIn(data: string, sequence: number, { key }: Maintainer, now: number) {
  await using node = await StatementNode.open({ folder: join(data, 'store'), clock: { now }, keys: [key] });
  const { faults } = await node.verify();
  const tree = await node.history.serversOf(node.history.head!);
  return { faults, tree, statement: node.inForce, known: node.book.highest === sequence };
}

async function soundNow(node: NodeProcess): Promise<void> {
  const { faults } = await node.send<{ faults: string[] }>('POST', '/verify', { full: true });
  if (faults.length > 0) throw new Error(`the store is damaged:\n${faults.join('\n')}`);
}
