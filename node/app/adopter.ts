// Brings the latest statement into force: gathers what its tree holds, checks the records digest, makes the list what it
// says, and commits the merge. Either all of it happens or nothing.
import { messageOf } from '../base/errors.ts';
import { type Clock, second } from '../base/time.ts';
import type { Parsed } from '../base/verdict.ts';
import { type GatherDeps, gather, type StatementTree } from '../gossip/gather.ts';
import type { Committer } from '../history/committer.ts';
import { batches } from '../history/diff.ts';
import { type Adoption, type Committed, type History, lackingIn, stored } from '../history/history.ts';
import { encodeObject } from '../history/objects.ts';
import { readBodies } from '../history/source.ts';
import type { Store, Write } from '../history/store.ts';
import type { Baseline } from '../list/server-list.ts';
import { restored } from '../records/verified.ts';
import { statedAt } from '../trust/order.ts';
import { type DenyRule, parsePolicy } from '../trust/policy.ts';
import { RecordsDigest } from '../trust/records.ts';
import type { VerifiedStatement } from '../trust/verified.ts';
import type { Live } from './live.ts';
import { floorWrites } from './load.ts';
import type { StatementBook } from './statement-book.ts';

export type AdopterDeps = Pick<GatherDeps, 'fetch' | 'serversMax'> & {
  readonly book: StatementBook;
  readonly live: Live;
  readonly history: Pick<History, 'write'>;
  readonly committer: Pick<Committer, 'flush' | 'exclusively'>;
  readonly store: Store;
  /** Peers connected now. */
  readonly peers: () => readonly string[];
  /** Deny rules of this node's own. */
  readonly ownRules: readonly DenyRule[];
  readonly clock: Clock;
  readonly later: (delayMs: number, task: () => void) => void;
  readonly pause: () => Promise<void>;
  /** Another statement is in force, or none any more. */
  readonly adopted: (commit: Committed, statement: VerifiedStatement | undefined) => void;
  readonly log: (level: 'info' | 'warn', message: string) => void;
};

/** `pending`: the latest, not in force yet. */
export type AdoptionState = 'adopted' | 'pending' | 'superseded' | 'refused';

/** Servers moved before the event loop gets a turn: 12 µs each. */
const sliceMax = 500;
/** A statement whose objects cannot be had is tried again with each peer that comes, and this often. */
const retryMs = 15 * second;

type Blobs = ReadonlyMap<string, string>;

export class Adopter {
  readonly #deps: AdopterDeps;
  /** Digests of the statement in force, and of the rollback that bounds the list. */
  #inForce: string | undefined;
  #rollback: string | undefined;
  #policy: readonly DenyRule[] = [];
  #endorsed: ReadonlyMap<string, string> = new Map();
  /** Why a statement can never be adopted, by digest. */
  readonly #refused = new Map<string, string>();
  /** Why the latest one is not in force yet. */
  #waitingFor = 'its objects are being fetched';
  #settling: Promise<void> | undefined;
  #again = false;
  #retrying = false;

  constructor(deps: AdopterDeps) {
    this.#deps = deps;
  }

  /** The statement in force. */
  get statement(): VerifiedStatement | undefined {
    return this.#inForce === undefined ? undefined : this.#deps.book.get(this.#inForce);
  }

  /** Deny rules of the statement in force. */
  get policy(): readonly DenyRule[] {
    return this.#policy;
  }

  /** Blob of each server that the statement in force lists. */
  get endorsed(): ReadonlyMap<string, string> {
    return this.#endorsed;
  }

  stateOf(verified: VerifiedStatement): { state: AdoptionState; reason: string } {
    const { digest } = verified.statement;
    const refused = this.#refused.get(digest);
    if (refused !== undefined) return { state: 'refused', reason: refused };
    if (digest === this.#inForce) return { state: 'adopted', reason: 'in force' };
    if (!this.#deps.book.isTrusted(verified)) return { state: 'superseded', reason: 'its key is not trusted now' };
    const latest = this.#latest();
    if (latest?.statement.digest === digest) return { state: 'pending', reason: this.#waitingFor };
    return { state: 'superseded', reason: `statement ${latest?.statement.sequence} is in force` };
  }

  /**
   * At start, before anything is shown: what was in force at the last stop is in force again. Whether a newer one has come
   * is for `settle` to see.
   */
  async resume(): Promise<void> {
    const { store, book, clock, live } = this.#deps;
    const digest = await store.get('refs', 'statement');
    const verified = digest && book.get(Buffer.from(digest).toString());
    const tree = verified && (await this.#gather(verified));
    if (!tree?.ok) return live.list.setRules(this.#deps.ownRules);
    await this.#apply(verified, tree.value, clock());
  }

  /** Makes the latest trusted statement the one in force, if it is not. Resolves when that is done or has to wait. */
  settle(): Promise<void> {
    this.#again = true;
    this.#settling ??= this.#loop().finally(() => {
      this.#settling = undefined;
    });
    return this.#settling;
  }

  async #loop(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      const latest = this.#latest();
      try {
        if (latest) await this.#adopt(latest);
        else if (this.#inForce !== undefined) await this.#commit(undefined, undefined);
      } catch (error) {
        this.#wait(messageOf(error));
        this.#deps.log('warn', `statement ${latest?.statement.sequence} cannot be adopted yet: ${messageOf(error)}`);
      }
    }
  }

  #latest(): VerifiedStatement | undefined {
    return this.#deps.book.latest(({ statement }) => this.#refused.has(statement.digest));
  }

  #rollbackInForce(): VerifiedStatement | undefined {
    return this.#deps.book.rollbackInForce(({ statement }) => this.#refused.has(statement.digest));
  }

  #wait(why: string): void {
    this.#waitingFor = why;
    if (this.#retrying) return;
    this.#retrying = true;
    this.#deps.later(retryMs, () => {
      this.#retrying = false;
      void this.settle();
    });
  }

  #refuse({ statement }: VerifiedStatement, why: string): void {
    this.#refused.set(statement.digest, why);
    this.#deps.log('warn', `${statement.kind} ${statement.sequence} is not adopted: ${why}`);
    this.#again = true;
  }

  async #adopt(verified: VerifiedStatement): Promise<void> {
    const { statement } = verified;
    if (statement.digest === this.#inForce && this.#rollbackInForce()?.statement.digest === this.#rollback) return;
    // What is listed and not committed yet is then in the store too, and need not be fetched.
    await this.#deps.committer.flush();
    const tree = await this.#gather(verified);
    if (!tree.ok && tree.code === 'OBJECTS_MISSING') return this.#wait(tree.message);
    if (!tree.ok) return this.#refuse(verified, tree.message);
    const { policy } = tree.value.files;
    if (policy && !parsePolicy(policy).ok) return this.#refuse(verified, 'its policy/deny.json is malformed');
    if ((await this.#records(tree.value)) !== statement.records) {
      return this.#refuse(verified, 'its records digest is not that of the announcements in its tree');
    }
    // A newer one may have come, or its key may have gone, while objects were on their way.
    if (this.#latest() === verified) await this.#commit(verified, tree.value);
    else this.#again = true;
  }

  #gather({ statement }: VerifiedStatement): Promise<Parsed<StatementTree>> {
    const { store, peers, fetch, serversMax, book, pause } = this.#deps;
    return gather(statement.tree, {
      held: stored(store),
      lacking: lackingIn(store),
      // Those that sent it come first.
      peers: () => {
        const connected = peers();
        return [...new Set([...book.sources(statement.digest).filter(peer => connected.includes(peer)), ...connected])];
      },
      fetch,
      keep: fetched =>
        store.write(
          fetched.map(
            ({ type, body, oid }): Write => ({ space: 'objects', put: oid, value: encodeObject(type, body).entry }),
          ),
        ),
      pause,
      serversMax,
    });
  }

  /** The records digest of what was gathered. */
  async #records({ blobs }: StatementTree): Promise<string> {
    const { live, store, pause } = this.#deps;
    const digest = new RecordsDigest();
    for (const batch of batches([...blobs], sliceMax)) {
      const known = batch.map(([id, oid]) => {
        const held = live.list.held(id);
        return held?.oid === oid ? held.bytes : undefined;
      });
      const others = batch.filter((_, i) => known[i] === undefined).map(([, oid]) => oid);
      const bodies = await readBodies(stored(store), others, 'blob');
      for (const [i, [id]] of batch.entries()) digest.add(id, known[i] ?? bodies.shift()!);
      await pause();
    }
    return digest.value();
  }

  async #commit(verified: VerifiedStatement | undefined, tree: StatementTree | undefined): Promise<void> {
    const { committer, history, live, clock } = this.#deps;
    await committer.exclusively(async take => {
      const now = clock();
      const fresh = verified?.statement.digest !== this.#inForce;
      await this.#apply(verified, tree, now);
      const changes = take();
      // The same statement under another rollback is no news to the history.
      if (!fresh && changes.length === 0) return;
      const digest = verified?.statement.digest;
      const mark: Write =
        digest === undefined
          ? { space: 'refs', del: 'statement' }
          : { space: 'refs', put: 'statement', value: Buffer.from(digest) };
      const adoption = fresh ? adoptionOf(verified, tree) : undefined;
      const commit = await history.write(live.tree, changes, now, [...floorWrites(changes, live, now), mark], adoption);
      this.#deps.adopted(commit, verified);
    });
  }

  /** Makes the list what the statement, the rollback in force and all deny rules say. */
  async #apply(verified: VerifiedStatement | undefined, tree: StatementTree | undefined, now: number): Promise<void> {
    const { live, pause, ownRules, store } = this.#deps;
    const { list } = live;
    const policy = tree?.files.policy ? parsePolicy(tree.files.policy) : undefined;
    const rollback = this.#rollbackInForce();
    const baseline = rollback && (await this.#baseline(rollback, tree));
    this.#policy = policy?.ok ? policy.value.deny : [];
    list.setRules([...ownRules, ...this.#policy]);
    list.setBaseline(baseline);
    for (const batch of batches(list.ids(), sliceMax)) {
      live.changed(batch.flatMap(id => (list.unwelcome(id, now) ? list.drop(id) : [])));
      await pause();
    }
    for (const batch of batches([...(tree?.blobs ?? [])], sliceMax)) {
      const missing = batch.filter(([id, oid]) => list.held(id)?.oid !== oid);
      const bodies = await readBodies(
        stored(store),
        missing.map(([, oid]) => oid),
        'blob',
      );
      const items = bodies.map((body, i) => ({ item: restored(body), id: missing[i]![0] }));
      live.changed(items.flatMap(({ item, id }) => (item?.id === id ? list.admit(item, now).changes : [])));
      await pause();
    }
    this.#endorsed = tree?.blobs ?? new Map();
    this.#inForce = verified?.statement.digest;
    this.#rollback = rollback?.statement.digest;
  }

  async #union(one: Blobs = new Map(), other: Blobs = new Map()): Promise<Blobs> {
    if (one === other) return one;
    const blobs = new Map(one);
    for (const batch of batches([...other], 10 * sliceMax)) {
      for (const [id, oid] of batch) blobs.set(id, oid);
      await this.#deps.pause();
    }
    return blobs;
  }

  /** What a later statement lists is welcome too, whenever it was issued. */
  async #baseline(rollback: VerifiedStatement, latest: StatementTree | undefined): Promise<Baseline> {
    const own =
      rollback.statement.tree === latest?.root
        ? latest
        : await this.#gather(rollback).then(tree => (tree.ok ? tree.value : undefined));
    return { atMs: statedAt(rollback), blobs: await this.#union(own?.blobs, latest?.blobs) };
  }
}

function adoptionOf(verified: VerifiedStatement | undefined, tree: StatementTree | undefined): Adoption {
  if (!verified || !tree) return { statement: undefined, attachments: {}, blobs: new Map() };
  const { oid, bytes, parents, digest, sequence, kind, rollbackTo, subject } = verified.statement;
  return {
    statement: {
      oid,
      bytes,
      parents,
      author: verified.signer,
      atMs: statedAt(verified),
      summary: subject,
      statement: { sequence, kind, rollbackTo, digest, fingerprint: verified.fingerprint },
    },
    attachments: tree.attachments,
    blobs: tree.blobs,
  };
}
