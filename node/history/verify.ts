// Checks the whole store: every commit, tree and blob that the head reaches, each by its hash and its form, the signature
// of every announcement, and log and indexes against what the commits hold.
import { gitHash } from '../base/bytes.ts';
import { messageOf } from '../base/errors.ts';
import { second } from '../base/time.ts';
import { verifyBy } from '../identity/keys.ts';
import { identityOf, parseAnnouncement, pathOf, signedBytes } from '../records/announcement.ts';
import { parseStatement } from '../trust/statement.ts';
import { parseCommit } from './commit.ts';
import { batches, diffTrees } from './diff.ts';
import { stored } from './history.ts';
import { beginningOf, entryAt, heightOf } from './log.ts';
import { type GitObject, type ObjectType, readEntry } from './objects.ts';
import { recordsOf } from './records.ts';
import type { Store } from './store.ts';
import { type Attachment, areAttached, attachments, emptyTree, parseTree } from './tree.ts';
import { IndexCheck, type Place } from './verify-indexes.ts';

export type VerifyDeps = {
  readonly store: Store;
  readonly listName: string;
  readonly pause: () => Promise<void>;
  /** Commits from one list that is noted to the next. */
  readonly every?: number;
};

export type VerifyReport = {
  ok: boolean;
  commits: number;
  objects: number;
  servers: number;
  signatures: number;
  /** What is wrong, each naming the object or index entry. At most `faultsMax`. */
  faults: string[];
};

export const faultsMax = 100;
/** Objects checked in one go: inflating and hashing 200 takes about 5 ms, their signatures 13 ms. */
const sliceMax = 200;
/** Three digits lead to a leaf. */
const leafDepth = 3;

/** `full` goes through all commits; otherwise only the head is looked at. */
export async function verifyHistory(deps: VerifyDeps, head: string | undefined, full: boolean): Promise<VerifyReport> {
  const verification = new Verification(deps);
  if (head !== undefined) await verification.run(head, full);
  return verification.report;
}

/** A sound commit of this node; `parent` is its own one before it. */
type Checked = {
  readonly servers: string;
  readonly parent: string | undefined;
  /** Height of the parent: one lower, or two when a statement was logged with this commit. */
  readonly below: number;
};

class Verification {
  readonly report: VerifyReport = { ok: true, commits: 0, objects: 0, servers: 0, signatures: 0, faults: [] };
  readonly #deps: VerifyDeps;
  readonly #seen = new Set<string>();
  /** Height of the first commit that is kept. */
  #beginning = 1;

  constructor(deps: VerifyDeps) {
    this.#deps = deps;
  }

  async run(head: string, full: boolean): Promise<void> {
    const { store, every } = this.#deps;
    const height = await heightOf(store, head);
    if (height === undefined) return this.#fault(`the head ${head} is not in the log`);
    this.#beginning = await beginningOf(store);
    const indexes = new IndexCheck(store, what => this.#fault(what), every);
    let oid = head;
    let child: Place | undefined;
    let at = height;
    for (;;) {
      const commit = await this.#commit(oid, at, indexes);
      if (!commit) return;
      await this.#tree(commit.servers);
      if (child) await indexes.commit(child, commit.servers);
      else this.report.servers = await this.#count(commit.servers);
      if (!full) return;
      child = { oid, height: at, servers: commit.servers };
      at = commit.below;
      if (commit.parent === undefined) break;
      oid = commit.parent;
    }
    if (this.#beginning > 1) indexes.beginning();
    else await indexes.commit(child, emptyTree);
    const more = at + 1 - this.#beginning;
    if (more !== 0) this.#fault(`the log has ${more} entries below the first commit ${oid}`);
    // What is below is about to go.
    await indexes.surplus(this.#beginning, height);
  }

  async #commit(oid: string, height: number, indexes: IndexCheck): Promise<Checked | undefined> {
    const [object] = await this.#read([oid], 'commit');
    if (!object) return undefined;
    this.report.commits++;
    const commit = parseCommit(object.body);
    if (!commit.ok) return void this.#fault(`commit ${oid}: ${commit.message}`);
    const { tree, parents, author, atSeconds, message } = commit.value;
    const isCut = (await this.#deps.store.get('cuts', oid)) !== undefined;
    if (isCut && height !== this.#beginning) this.#fault(`commit ${oid} is cut off from its parents`);
    const here = isCut ? [] : parents;
    const statements = await Promise.all(here.map(parent => this.#statement(parent, indexes)));
    const summary = message.slice(0, message.indexOf('\n'));
    const told = JSON.stringify([oid, parents, author, atSeconds * second, summary]);
    const entry = await entryAt(this.#deps.store, height).catch(() => undefined);
    if (!entry || JSON.stringify([entry.oid, entry.parents, entry.author, entry.atMs, entry.summary]) !== told) {
      this.#fault(`log entry ${height} does not agree with commit ${oid}`);
    }
    if ((await heightOf(this.#deps.store, oid)) !== height) this.#fault(`commit ${oid} is not indexed at ${height}`);
    const servers = await this.#servers(tree, oid);
    const own = here.filter((_, i) => statements[i] === undefined);
    const below = height - (statements.includes(height - 1) ? 2 : 1);
    if (own.length > 1) this.#fault(`commit ${oid} has two old heads`);
    return servers === undefined ? undefined : { servers, parent: own[0], below };
  }

  /** The height of a parent that is a maintainer's statement, once its form, tree, records and log entry are checked. */
  async #statement(oid: string, indexes: IndexCheck): Promise<number | undefined> {
    const { store } = this.#deps;
    const height = await heightOf(store, oid);
    const entry = height === undefined ? undefined : await entryAt(store, height).catch(() => undefined);
    if (!entry?.statement) return undefined;
    if (this.#seen.has(oid)) return height;
    const [object] = await this.#read([oid], 'commit');
    const statement = object && parseStatement(object.body);
    if (!statement?.ok) {
      if (statement) this.#fault(`statement ${oid}: ${statement.message}`);
      return height;
    }
    this.report.commits++;
    if (height! >= this.#beginning) indexes.statement();
    const { digest, sequence, kind, tree, records, parents } = statement.value;
    const told = JSON.stringify([oid, digest, sequence, kind, parents]);
    const { statement: noted } = entry;
    if (JSON.stringify([entry.oid, noted.digest, noted.sequence, noted.kind, entry.parents]) !== told) {
      this.#fault(`log entry ${height} does not agree with statement ${oid}`);
    }
    const servers = await this.#servers(tree, oid);
    if (servers === undefined) return height;
    await this.#tree(servers);
    if ((await recordsOf(stored(store), servers).catch(messageOf)) !== records) {
      this.#fault(`statement ${oid} does not speak of the records that its tree holds`);
    }
    return height;
  }

  /** Of the root of a commit: `servers`, and the files that statements bring. */
  async #servers(tree: string, oid: string): Promise<string | undefined> {
    if (tree === emptyTree) return emptyTree;
    const [root] = await this.#read([tree], 'tree');
    if (!root) return undefined;
    const entries = parseTree(root.body);
    const folders = new Map((entries.ok ? entries.value : []).map(entry => [entry.name, entry]));
    for (const folder of Object.keys(attachments) as Attachment[]) {
      const entry = folders.get(folder);
      folders.delete(folder);
      if (!entry || this.#seen.has(entry.oid)) continue;
      const [body] = await this.#read([entry.oid], 'tree');
      const inside = body && parseTree(body.body);
      const files = inside?.ok ? inside.value : [];
      if (areAttached(folder, files)) {
        await this.#read(
          files.map(({ oid }) => oid),
          'blob',
        );
      } else
        this.#fault(`tree ${entry.oid}: ${folder} holds something other than ${attachments[folder].join(' and ')}`);
    }
    const servers = folders.get('servers');
    folders.delete('servers');
    if (entries.ok && folders.size === 0 && (servers?.mode ?? '40000') === '40000') return servers?.oid ?? emptyTree;
    return void this.#fault(`tree ${tree} of commit ${oid} does not have the form of a list's root`);
  }

  /** Trees level by level, whatever was not seen in a later commit. */
  async #tree(servers: string): Promise<void> {
    let level: [oid: string, digits: string][] =
      servers === emptyTree || this.#seen.has(servers) ? [] : [[servers, '']];
    for (let depth = 0; level.length > 0; depth++) {
      const next: typeof level = [];
      for (const batch of batches(level, sliceMax)) {
        const oids = batch.map(([oid]) => oid);
        for (const [i, object] of (await this.#read(oids, 'tree')).entries()) {
          if (object) next.push(...this.#entries(object, ...batch[i]!, depth));
        }
      }
      if (depth < leafDepth) level = next;
      else {
        for (const batch of batches(next, sliceMax)) await this.#blobs(batch);
        return;
      }
    }
  }

  /** What of a tree was not seen yet: subtrees with the digits that lead there, or blobs with their ids. */
  #entries(object: GitObject, oid: string, digits: string, depth: number): [oid: string, name: string][] {
    const tree = parseTree(object.body);
    if (!tree.ok) this.#fault(`tree ${oid}: ${tree.message}`);
    return (tree.ok ? tree.value : []).flatMap((entry): [string, string][] => {
      const [mode, form] = depth < leafDepth ? ['40000', /^[0-9a-f]$/] : ['100644', /^[0-9a-f]{40}\.json$/];
      const name = depth < leafDepth ? digits + entry.name : entry.name.slice(0, -'.json'.length);
      if (entry.mode !== mode || !form.test(entry.name) || !name.startsWith(digits)) {
        this.#fault(`tree ${oid}: ${entry.name} does not belong there`);
        return [];
      }
      return this.#seen.has(entry.oid) ? [] : [[entry.oid, name]];
    });
  }

  async #blobs(blobs: readonly [oid: string, id: string][]): Promise<void> {
    const objects = await this.#read(
      blobs.map(([oid]) => oid),
      'blob',
    );
    for (const [i, [oid, id]] of blobs.entries()) {
      const read = objects[i] && parseAnnouncement(objects[i].body);
      if (!read?.ok) {
        if (read) this.#fault(`blob ${oid}: ${read.message}`);
        continue;
      }
      const { announcer, server, signature } = read.value;
      if (identityOf(announcer, server) !== id) this.#fault(`blob ${oid} does not belong at ${pathOf(id)}`);
      const signed = signedBytes(read.value, this.#deps.listName);
      if (!verifyBy(announcer, signed, Buffer.from(signature, 'base64url'))) {
        this.#fault(`blob ${oid} (${pathOf(id)}): the signature is not that of ${announcer}`);
      }
      this.report.signatures++;
    }
    await this.#deps.pause();
  }

  async #count(servers: string): Promise<number> {
    return (await diffTrees(stored(this.#deps.store), emptyTree, servers).catch(() => [])).length;
  }

  /** Reads objects and checks each against its hash; a fault is noted and gives undefined. */
  async #read(oids: readonly string[], type: ObjectType): Promise<(GitObject | undefined)[]> {
    const entries = await this.#deps.store.getMany('objects', oids);
    return oids.map((oid, i) => {
      this.#seen.add(oid);
      const entry = entries[i];
      if (entry === undefined) return void this.#fault(`${type} ${oid} is missing`);
      this.report.objects++;
      try {
        const object = readEntry(entry);
        if (object.type === type && gitHash(type, object.body) === oid) return object;
        return void this.#fault(`${oid} is not the ${type} that its name says`);
      } catch (error) {
        return void this.#fault(`${type} ${oid}: ${messageOf(error)}`);
      }
    });
  }

  #fault(what: string): void {
    this.report.ok = false;
    if (this.report.faults.length < faultsMax) this.report.faults.push(what);
  }
}
