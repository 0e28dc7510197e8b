// Checks log and indexes: they name exactly the servers and announcers that each commit changed.
import { messageOf } from '../base/errors.ts';
import { type ChangeKind, kindOf } from '../list/change.ts';
import { type Announcement, parseAnnouncement } from '../records/announcement.ts';
import { areWrong, isUntold, type NotedChange } from './changes.ts';
import { batches, diffTrees } from './diff.ts';
import { stored } from './history.ts';
import { listEvery, wrongParts } from './lists.ts';
import { countIndexed, entryAt, indexedBy, keyOf } from './log.ts';
import type { GitObject } from './objects.ts';
import type { ObjectSource } from './source.ts';
import type { Store } from './store.ts';

/** A commit, where it stands in the log, and its `servers/`. */
export type Place = { readonly oid: string; readonly height: number; readonly servers: string };

/** Servers compared in one go, with up to two blobs each: about 5 ms. */
const sliceMax = 200;

export class IndexCheck {
  readonly #store: Store;
  readonly #source: ObjectSource;
  readonly #fault: (what: string) => void;
  readonly #listEvery: number;
  /** Entries that the commits seen so far account for. */
  readonly #expected = { log: 0, commits: 0, servers: 0, announcers: 0, changes: 0, signed: 0 };
  #complete = true;

  constructor(store: Store, fault: (what: string) => void, every = listEvery) {
    this.#store = store;
    this.#source = stored(store);
    this.#fault = fault;
    this.#listEvery = every;
  }

  /** What a commit changed since `before`, the `servers/` of its parent. */
  async commit(place: Place, before: string): Promise<void> {
    try {
      await this.#commit(place, before);
    } catch (error) {
      this.#complete = false;
      this.#fault(`the changes of commit ${place.oid} cannot be read: ${messageOf(error)}`);
    }
  }

  /** The first commit of a history whose older commits went stands in the log; what it changed is not known any more. */
  beginning(): void {
    this.#expected.log++;
    this.#expected.commits++;
  }

  /** A statement stands in the log, but changes nothing by itself. */
  statement(): void {
    this.#expected.log++;
    this.#expected.commits++;
    this.#expected.changes++;
    this.#expected.signed++;
  }

  /** Entries that no commit accounts for. Those that are missing have been named one by one, those below are about to go. */
  async surplus(beginning: number, to: number): Promise<void> {
    if (!this.#complete) return;
    for (const space of ['log', 'commits', 'servers', 'announcers', 'changes', 'signed'] as const) {
      const hasFirst = beginning === 1 || space === 'log' || space === 'commits';
      const from = hasFirst ? beginning : beginning + 1;
      const more = (await countIndexed(this.#store, space, from, to)) - this.#expected[space];
      if (more > 0) this.#fault(`the index ${space} holds ${more} entries too many`);
    }
  }

  async #commit({ oid, height, servers }: Place, before: string): Promise<void> {
    const counts: Record<ChangeKind, number> = { joined: 0, left: 0, changed: 0, renewed: 0, gone: 0, forgotten: 0 };
    const announcers = new Set<string>();
    const diffs = await diffTrees(this.#source, before, servers);
    const changes: NotedChange[] = [];
    for (const batch of batches(diffs, sliceMax)) {
      const oids = batch.flatMap(diff => [diff.before, diff.after].filter(blob => blob !== undefined));
      const found = new Map((await this.#source(oids)).map((object, i) => [oids[i]!, announcementIn(object)]));
      for (const { id, before, after } of batch) {
        const [old, now] = [before, after].map(blob => (blob === undefined ? undefined : found.get(blob)));
        const kind = kindOf(old, now);
        const announcer = (now ?? old)?.announcer ?? '';
        counts[kind]++;
        changes.push({ id, before, after, isRenewal: isUntold(kind) });
        announcers.add(announcer);
        const indexed = await indexedBy(this.#store, id, announcer, height);
        if (!isCalled(kind, indexed.server)) this.#fault(`the index of server ${id} at commit ${oid} is wrong`);
        if (!indexed.announcer) this.#fault(`the index of announcer ${announcer} at commit ${oid} is wrong`);
      }
    }
    await this.#noted({ oid, height, servers }, changes);
    const entry = await entryAt(this.#store, height);
    if (entry?.added !== counts.joined || entry.removed !== counts.left || entry.changed !== counts.changed) {
      this.#fault(`log entry ${height} does not count what commit ${oid} changed`);
    }
    this.#expected.log++;
    this.#expected.commits++;
    this.#expected.changes++;
    this.#expected.servers += diffs.length;
    this.#expected.announcers += announcers.size;
  }

  /** What comparisons lean on instead of trees may be missing. What is wrong is taken out, so that they read the trees again. */
  async #noted({ oid, height, servers }: Place, changes: readonly NotedChange[]): Promise<void> {
    if (await areWrong(this.#store, height, changes)) {
      this.#fault(`the blobs that commit ${oid} replaced are noted wrong: the note is taken out`);
      await this.#store.write([{ space: 'changes', del: keyOf(height) }]);
    }
    const wrong = height % this.#listEvery === 0 ? await wrongParts(this.#store, height, servers, this.#listEvery) : [];
    if (wrong.length === 0) return;
    this.#fault(`the list at commit ${oid} is noted wrong: the note is taken out`);
    await this.#store.write(wrong.map(del => ({ space: 'lists', del })));
  }
}

/** Who was gone before anybody noted that he had joined counted as renewed until that had a name: folders of then are sound. */
const isCalled = (kind: ChangeKind, name: ChangeKind | undefined): boolean =>
  name === kind || (kind === 'gone' && name === 'renewed');

function announcementIn(object: GitObject | undefined): Announcement | undefined {
  const read = object && parseAnnouncement(object.body);
  return read?.ok ? read.value : undefined;
}
