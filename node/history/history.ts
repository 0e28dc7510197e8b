// The history of the list: commits of its tree, in one level store. It writes; `log.ts`, `diff.ts` and `revision.ts` read.
import { setImmediate as turn } from 'node:timers/promises';
import { utf8 } from '../base/bytes.ts';
import { RollcallError } from '../base/errors.ts';
import { inSlices } from '../base/slices.ts';
import { second } from '../base/time.ts';
import type { Change } from '../list/change.ts';
import { sortedInSlices } from '../list/sorted-in-slices.ts';
import { type AnyCommit, parseAnyCommit } from './any-commit.ts';
import { formatChanges, isUntold, type NotedChange } from './changes.ts';
import { adoptionTitle, formatCommit, messageFor, parseCommit, type Told, tell } from './commit.ts';
import { damaged } from './damaged.ts';
import { type BlobDiff, batches, diffTrees, readAhead } from './diff.ts';
import {
  heightOf,
  isKept,
  type LogEntry,
  logWrites,
  readLog,
  type StatementEntry,
  serverWrites,
  statementWrites,
  Tallies,
} from './log.ts';
import { encodeObject, type ObjectType } from './objects.ts';
import { readHead } from './refs.ts';
import type { ServersTree } from './servers-tree.ts';
import { type ObjectSource, readBodies, readTrees } from './source.ts';
import type { Store, Write } from './store.ts';
import { emptyTree, formatTree } from './tree.ts';

/** Objects deflated before the event loop gets a turn: about 5 ms. */
const sliceMax = 200;

export type HistoryDeps = {
  readonly store: Store;
  /** Peer id of this node: it signs nothing here, it says whose view this is. */
  readonly author: string;
  /** Lets the event loop run between slices of a long commit. */
  readonly pause: () => Promise<void>;
};

/** What a root holds beside `servers`: hashes of the folders that change through statements only. */
export type Attachments = { readonly content?: string; readonly policy?: string };

/** A statement comes into force with a commit: its merge with what was here before. */
export type Adoption = {
  /** Undefined: none is in force any more. Its tree's objects are in the store. */
  readonly statement: AdoptedStatement | undefined;
  readonly attachments: Attachments;
  /** Blob of each server that the statement lists. */
  readonly blobs: ReadonlyMap<string, string>;
};

export type AdoptedStatement = Omit<LogEntry, 'added' | 'removed' | 'changed' | 'statement'> & {
  readonly bytes: Uint8Array;
  readonly statement: StatementEntry;
};

/** What belongs into a commit with some of its changes; asked for while the list may move on already. */
export type WritesOf = (some: readonly Change[]) => readonly Write[];

export type Committed = { readonly oid: string; readonly tree: string; readonly summary: string };

export class History {
  readonly #deps: HistoryDeps;
  #head: string | undefined;
  #height: number;
  #headSeconds: number;
  #attachments: Attachments;

  private constructor(
    deps: HistoryDeps,
    head: string | undefined,
    height: number,
    headSeconds: number,
    attachments: Attachments,
  ) {
    this.#deps = deps;
    this.#head = head;
    this.#height = height;
    this.#headSeconds = headSeconds;
    this.#attachments = attachments;
  }

  /** @throws RollcallError STORE_DAMAGED when the head cannot be read or is not the newest entry of the log */
  static async open(deps: HistoryDeps): Promise<History> {
    const head = await readHead(deps.store);
    const [newest] = await readLog(deps.store, { limit: 1 });
    // A store that lost some of its files opens silently: with an older head, or with none.
    if (newest?.oid !== head)
      throw damaged(`its head is ${head ?? 'missing'}, its log ends with ${newest?.oid ?? 'nothing'}`);
    if (head === undefined) return new History(deps, undefined, 0, 0, {});
    const commit = parseCommit((await readBodies(stored(deps.store), [head], 'commit'))[0]!);
    const height = await heightOf(deps.store, head);
    if (!commit.ok || height === undefined) {
      throw damaged(`its head ${head} ${commit.ok ? 'has no height' : commit.message}`);
    }
    const { servers: _, ...attachments } = await rootEntries(deps.store, commit.value.tree);
    return new History(deps, head, height, commit.value.atSeconds, attachments);
  }

  /** The node whose history it is. */
  get author(): string {
    return this.#deps.author;
  }

  get head(): string | undefined {
    return this.#head;
  }

  /** How many there were, statements included: the height of the newest. */
  get commits(): number {
    return this.#height;
  }

  /** What the root holds beside `servers` at the head. */
  get attachments(): Attachments {
    return this.#attachments;
  }

  /** Hash of `servers/` in a commit. @throws RollcallError NO_SUCH_COMMIT, STORE_DAMAGED */
  async serversOf(oid: string): Promise<string> {
    const { tree } = await this.commit(oid);
    return (await rootEntries(this.#deps.store, tree)).servers ?? emptyTree;
  }

  /** @throws RollcallError NO_SUCH_COMMIT */
  async commit(oid: string): Promise<AnyCommit> {
    const object = await this.#deps.store.object(oid);
    const commit = object?.type === 'commit' ? parseAnyCommit(object.body) : undefined;
    if (!commit?.ok) throw new RollcallError('NO_SUCH_COMMIT', `there is no commit ${oid} here`);
    return commit.value;
  }

  /**
   * Every blob of the list at the head, by id, in batches of several thousand, the next of which is being read meanwhile. Reading
   * them all is the check that the head is whole. @throws RollcallError STORE_DAMAGED
   */
  async *load(): AsyncGenerator<{ id: string; oid: string; bytes: Uint8Array }[]> {
    if (this.#head === undefined) return;
    const source = stored(this.#deps.store);
    const blobs = await diffTrees(source, emptyTree, await this.serversOf(this.#head));
    const read = (batch: readonly BlobDiff[]) =>
      readBodies(
        source,
        batch.map(({ after }) => after!),
        'blob',
      );
    for await (const [batch, bodies] of readAhead(blobs, read)) {
      yield batch.map(({ id, after }, i) => ({ id, oid: after!, bytes: bodies[i]! }));
    }
  }

  /**
   * Commits the tree as it stands: objects, log and head in one atomic, synced batch. `changes` are those since the last
   * commit, `extra` and what `each` gives for some of them at a time go into the same batch. With `adoption` the commit is a
   * merge: its first parent is the statement, its second the old head. One call at a time.
   */
  async write(
    tree: ServersTree,
    changes: readonly Change[],
    now: number,
    extra: readonly Write[],
    adoption?: Adoption,
    each: WritesOf = () => [],
  ): Promise<Committed> {
    const { store, author, pause } = this.#deps;
    // All that may change while we deflate is taken down first.
    const servers = tree.root();
    const { trees, saved } = tree.unsaved();
    const { statement, attachments } = adoption ?? { statement: undefined, attachments: this.#attachments };
    const signed = statement ? await this.#statementWrites(statement) : [];
    const height = this.#height + (signed.length > 0 ? 2 : 1);
    const writes: Write[] = [...extra, ...signed];
    const keep = (type: ObjectType, body: Uint8Array): string => {
      const { oid, entry } = encodeObject(type, body);
      writes.push({ space: 'objects', put: oid, value: entry });
      return oid;
    };
    const told: Told[] = [];
    const noted: Buffer[] = [];
    const tallies = new Tallies();
    await this.#inSlices(changes, some => {
      const kinds = tell(some);
      told.push(...kinds);
      tallies.add(kinds);
      noted.push(formatChanges(kinds.map(notedOf)));
      writes.push(...serverWrites(height, kinds), ...each(some));
      for (const { id, after } of some) if (after && adoption?.blobs.get(id) !== after.oid) keep('blob', after.bytes);
    });
    // A newcomer fetched nearly all of its trees with the statement's.
    const lacking = adoption && new Set(await lackingIn(store)(trees.map(({ oid }) => oid)));
    await this.#inSlices(trees, some => {
      for (const { oid, body } of some) if (!lacking || lacking.has(oid)) keep('tree', body);
    });
    const root = keep('tree', formatRoot({ ...attachments, servers }));
    const parents = [statement?.oid, this.#head].filter(oid => oid !== undefined);
    const atSeconds = Math.max(Math.floor(now / second), this.#headSeconds);
    const message = messageFor(told, adoption && adoptionTitle(statement?.statement));
    const oid = keep('commit', formatCommit({ tree: root, parents, author, atSeconds, message }));
    const summary = message.slice(0, message.indexOf('\n'));
    await pause();
    writes.push(
      ...logWrites(height, { oid, parents, author, atMs: atSeconds * second, summary }, tallies, Buffer.concat(noted)),
      {
        space: 'refs',
        put: 'main',
        value: utf8(oid),
      },
    );
    await store.write(writes);
    saved();
    this.#head = oid;
    this.#height = height;
    this.#headSeconds = atSeconds;
    this.#attachments = attachments;
    return { oid, tree: servers, summary };
  }

  async #inSlices<T>(items: readonly T[], work: (some: readonly T[]) => void): Promise<void> {
    for (const some of batches(items, sliceMax)) {
      work(some);
      if (items.length > sliceMax) await this.#deps.pause();
    }
  }

  /** The commit itself and its place in the log, one below the merge; nothing when it came into force before. */
  async #statementWrites({ bytes, ...entry }: AdoptedStatement): Promise<Write[]> {
    const { store } = this.#deps;
    if ((await heightOf(store, entry.oid)) !== undefined) return [];
    const known = await Promise.all(entry.parents.map(parent => isKept(store, parent)));
    const cut: Write[] = known.includes(false) ? [{ space: 'cuts', put: entry.oid, value: new Uint8Array() }] : [];
    return [
      { space: 'objects', put: entry.oid, value: encodeObject('commit', bytes).entry },
      ...statementWrites(this.#height + 1, { ...entry, added: 0, removed: 0, changed: 0 }),
      ...cut,
    ];
  }
}

const notedOf = ({ id, before, after, kind }: Told): NotedChange => ({
  id,
  before: before?.oid,
  after: after?.oid,
  isRenewal: isUntold(kind),
});

/** Folders of a root tree by name. @throws RollcallError STORE_DAMAGED */
async function rootEntries(store: Store, root: string): Promise<Attachments & { readonly servers?: string }> {
  if (root === emptyTree) return {};
  const [entries] = await readTrees(stored(store), [root]);
  return Object.fromEntries(entries!.map(({ name, oid }) => [name, oid]));
}

/** Body of the root tree of a commit. Nothing is listed: no folder for it. */
export const formatRoot = (folders: Attachments & { readonly servers: string }): Uint8Array =>
  formatTree(
    (['content', 'policy', 'servers'] as const).flatMap(name => {
      const oid = folders[name];
      return oid === undefined || oid === emptyTree ? [] : [{ mode: '40000', name, oid }];
    }),
  );

/** The store as a source of objects. */
export const stored =
  (store: Pick<Store, 'objects'>): ObjectSource =>
  oids =>
    store.objects(oids);

const byText = (a: string, b: string): number => (a < b ? -1 : 1);

/** Which of the hashes are of objects that the store lacks, in their order: in any other each batch would go through all files of it. */
export const lackingIn =
  (store: Pick<Store, 'hasMany'>) =>
  async (oids: readonly string[]): Promise<string[]> => {
    const lacking: string[] = [];
    for (const batch of batches(await inSlices(sortedInSlices(oids, byText), turn), 10 * sliceMax)) {
      const held = await store.hasMany('objects', batch);
      lacking.push(...batch.filter((_, i) => !held[i]));
    }
    return lacking;
  };
