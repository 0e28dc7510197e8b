// What a node consists of when a statement comes, put together as node/app/start.ts does, without a network: whatever is to
// be fetched has been fetched.
import { join } from 'node:path';
import config from '../config.default.json' with { type: 'json' };
import { Adopter } from '../node/app/adopter.ts';
import { draft } from '../node/app/drafts.ts';
import { Live } from '../node/app/live.ts';
import { loadList } from '../node/app/load.ts';
import { StatementBook } from '../node/app/statement-book.ts';
import { pause } from '../node/app/timers.ts';
import { Committer } from '../node/history/committer.ts';
import { History } from '../node/history/history.ts';
import { openStore } from '../node/history/store.ts';
import { ServerList } from '../node/list/server-list.ts';
import type { Verified } from '../node/records/verified.ts';
import { readPublicKeys } from '../node/trust/key.ts';
import { signerOf, testList } from '../test/announcements.ts';

/** With the list that its store holds. */
export async function openNode(folder: string, publicKey: Uint8Array, now: number) {
  const clock = () => now;
  const store = await openStore(join(folder, 'store'));
  const history = await History.open({ store, author: signerOf(1).peerId, pause });
  const live = new Live(new ServerList({ ...config.list, countPrivateNetworks: false }));
  await loadList(live, history, store, now);
  const committer = new Committer({
    write: changes => adopter.write(changes),
    head: () => history.head,
    intervalMs: config.history.commitIntervalMs,
    changesMax: config.history.commitChangesMax,
    // Commits are asked for here, never waited for.
    later: () => {},
    committed: () => {},
    unheard: fail,
    failed: fail,
  });
  live.onChange(changes => committer.note(changes));
  // Who watches is told the hash of the list.
  live.onChange(() => void live.tree.root());
  const keys = await readPublicKeys(publicKey);
  if (!keys.ok) throw new Error(keys.message);
  const book = await StatementBook.open({
    store,
    shipped: keys.value,
    listName: testList,
    clock,
    changed: () => {},
    log: () => {},
  });
  const adopter: Adopter = new Adopter({
    book,
    live,
    history,
    committer,
    leaning: task => task(),
    store,
    peers: () => [],
    fetch: () => Promise.reject(new Error('there is nobody to ask')),
    ownRules: () => [],
    serversMax: config.list.serversMax,
    clock,
    later: () => {},
    pause,
    applying: () => {},
    adopted: async () => {},
    log: (level, message) => level === 'warn' && fail(new Error(message)),
  });
  await adopter.resume();
  return {
    store,
    history,
    live,
    adopter,
    /** Lists and commits. */
    async add(items: readonly Verified[]): Promise<void> {
      for (const item of items) live.changed(live.list.admit(item, now).changes);
      await committer.flush();
    },
    draft: (request: Parameters<typeof draft>[1], to: string) =>
      draft({ store, history, committer, live, book, adopter, listName: testList, clock, pause }, request, to),
    /** Resolves when the statement is in force. */
    async adopt(statement: Uint8Array): Promise<void> {
      const verdict = await book.receive(statement, '');
      if (verdict.action !== 'accept') throw new Error(`the statement is refused: ${verdict.code}`);
      await adopter.settle();
      if (!adopter.statement) throw new Error('the statement did not come into force');
    },
    [Symbol.asyncDispose]: () => store.close(),
  };
}

function fail(error: unknown): never {
  throw error;
}
