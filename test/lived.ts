// A store as a node leaves it that has lived for a while: lists, commits and log by the code of a node, with a clock that is set.
import { Live } from '../node/app/live.ts';
import { second } from '../node/base/time.ts';
import { Door } from '../node/gossip/door.ts';
import { Committer } from '../node/history/committer.ts';
import { type Committed, History } from '../node/history/history.ts';
import type { Store } from '../node/history/store.ts';
import { ServerList } from '../node/list/server-list.ts';
import { testList } from './announcements.ts';

export type Lived = {
  readonly live: Live;
  readonly history: History;
  readonly door: Door;
  /** Newest last. */
  readonly commits: readonly Committed[];
  /** Sets the clock; whatever ran out until then leaves. */
  until(now: number): void;
  commit(): Promise<void>;
};

/** @param serversMax of the whole list, and of each announcer */
export async function lived(store: Store, author: string, serversMax: number): Promise<Lived> {
  const pause = async () => {};
  let now = 0;
  const history = await History.open({ store, author, pause });
  const limits = { serversMax, perAnnouncerMax: serversMax, perNetworkMax: 64, waitingMax: 10 };
  const live = new Live(new ServerList({ ...limits, countPrivateNetworks: true }));
  const commits: Committed[] = [];
  const committer = new Committer({
    write: changes => history.write(live.tree, changes, now, []),
    head: () => history.head,
    intervalMs: 30 * second,
    // Commits are asked for here, never waited for.
    changesMax: Number.POSITIVE_INFINITY,
    later: () => {},
    committed: commit => void commits.push(commit),
    unheard: fail,
    failed: fail,
  });
  const door = new Door({
    list: live.list,
    listName: testList,
    clock: () => now,
    pause,
    changed: changes => live.changed(changes),
    equivocated: () => fail(new Error('two announcements of one server at the same time')),
  });
  live.onChange(changes => committer.note(changes));
  return {
    live,
    history,
    door,
    commits,
    until(time) {
      now = time;
      live.changed(live.list.tick(now));
    },
    commit: () => committer.flush(),
  };
}

function fail(error: unknown): never {
  throw error;
}
