// Nodes that adopt statements, two maintainers and a few servers: for tests of what is in force.
import type { ExecutionContext } from 'ava';
import { minute } from '../node/base/time.ts';
import { announcementOf, testNow } from './announcements.ts';
import { maintainerOf } from './maintainers.ts';
import { StatementNode, type StatementNodeOptions } from './statement-node.ts';
import { temporaryFolder } from './stock-git.ts';

export const [ada, bob] = await Promise.all([maintainerOf('Ada'), maintainerOf('Bob')]);

/** Announced a minute ago, unless told otherwise. */
export const server = (name: string, fields: Parameters<typeof announcementOf>[1] = {}) =>
  announcementOf(name, { issuedAt: testNow - minute, ...fields });
export const [one, two, three] = [server('one'), server('two'), server('three')];

/** Nodes on one clock that goes only when told to; the first drafts what is signed. */
export async function nodes(t: ExecutionContext, count: number, options: Partial<StatementNodeOptions> = {}) {
  const clock = { now: testNow };
  const opened: StatementNode[] = [];
  for (let i = 0; i < count; i++) {
    const folder = await temporaryFolder(t);
    opened.push(await StatementNode.open({ folder, clock, keys: [ada.key, bob.key], ...options }));
  }
  t.teardown(() => Promise.all(opened.map(node => node.store.close())));
  return { clock, all: opened as unknown as [StatementNode, StatementNode, StatementNode, ...StatementNode[]] };
}

/** A node that is stopped and started again on its store, which is closed when the test ends. */
export async function restarted(t: ExecutionContext, node: StatementNode, changed?: Partial<StatementNodeOptions>) {
  const again = await node.restart(changed);
  t.teardown(() => again.store.close());
  return again;
}

export async function sound(t: ExecutionContext, ...all: readonly StatementNode[]): Promise<void> {
  for (const node of all) t.deepEqual((await node.verify()).faults, []);
}

/** The list that a node has committed is the one that it shows. */
export async function committed(t: ExecutionContext, node: StatementNode): Promise<void> {
  t.is(await node.history.serversOf(node.history.head!), node.live.tree.root());
}
