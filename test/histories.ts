// A history over a real store and the list that it follows, without the rules of a node: for tests of what is kept.
import type { ExecutionContext } from 'ava';
import { History } from '../node/history/history.ts';
import { ServersTree } from '../node/history/servers-tree.ts';
import { openStore, type Store } from '../node/history/store.ts';
import type { Change } from '../node/list/change.ts';
import type { Verified } from '../node/records/verified.ts';
import { signerOf, testNow } from './announcements.ts';
import { temporaryFolder } from './stock-git.ts';

export const pause = async (): Promise<void> => {};

/** What happens to the list: a server is there with this announcement, or the server with this id is gone. */
export type Step = Verified | { readonly gone: string };

export class Kept {
  readonly store: Store;
  readonly history: History;
  readonly tree = new ServersTree();
  readonly listed = new Map<string, Verified>();

  constructor(store: Store, history: History) {
    this.store = store;
    this.history = history;
  }

  /** Changes the list without committing. */
  change(steps: readonly Step[]): Change[] {
    return steps.map(step => {
      const [id, after] = 'gone' in step ? [step.gone, undefined] : [step.id, step];
      const before = this.listed.get(id);
      if (after) this.listed.set(id, after);
      else this.listed.delete(id);
      this.tree.set(id, after?.oid);
      return { id, before, after };
    });
  }

  /** Gives the hash of the commit. */
  async commit(steps: readonly Step[], now = testNow): Promise<string> {
    return (await this.history.write(this.tree, this.change(steps), now, [])).oid;
  }
}

export async function keptHistory(t: ExecutionContext, folder?: string): Promise<Kept> {
  const store = await openStore(folder ?? (await temporaryFolder(t)));
  t.teardown(() => store.close());
  return new Kept(store, await History.open({ store, author: signerOf(1).peerId, pause }));
}
