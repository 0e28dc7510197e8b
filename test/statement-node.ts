// A node as far as statements go, over a real store: put together as node/app/start.ts does, with a clock, peers and failures
// that the test decides about. Nothing happens by itself: commits and second tries are asked for.
import { setImmediate as turn } from 'node:timers/promises';
import type { Draft } from '../node/api/port.ts';
import { Adopter } from '../node/app/adopter.ts';
import { draft } from '../node/app/drafts.ts';
import { Live } from '../node/app/live.ts';
import { loadList } from '../node/app/load.ts';
import { Retention } from '../node/app/retention.ts';
import { StatementBook } from '../node/app/statement-book.ts';
import { RollcallError } from '../node/base/errors.ts';
import { second } from '../node/base/time.ts';
import type { Verdict } from '../node/base/verdict.ts';
import type { Answered } from '../node/gossip/protocols.ts';
import { Committer } from '../node/history/committer.ts';
import { History, stored } from '../node/history/history.ts';
import { either, type ObjectSource } from '../node/history/source.ts';
import { openStore, type Store, type Write } from '../node/history/store.ts';
import { verifyHistory } from '../node/history/verify.ts';
import { ServerList } from '../node/list/server-list.ts';
import type { Verified } from '../node/records/verified.ts';
import type { PublicKey } from '../node/trust/key.ts';
import type { DenyRule } from '../node/trust/policy.ts';
import type { Statement } from '../node/trust/statement.ts';
import { signerOf, testList } from './announcements.ts';
import type { Maintainer } from './maintainers.ts';

export type StatementNodeOptions = {
  readonly folder: string;
  readonly clock: { now: number };
  readonly keys: readonly PublicKey[];
  readonly ownRules?: readonly DenyRule[];
  readonly serversMax?: number;
  readonly perNetworkMax?: number;
  readonly keepMs?: number;
  /** Called before each write; what it throws, the store throws. */
  readonly writing?: (writes: readonly Write[]) => void | Promise<void>;
};

type DraftOptions = Partial<Omit<Parameters<typeof draft>[1], 'author'>> & { readonly to?: string };

const limits = { serversMax: 50_000, perAnnouncerMax: 50_000, perNetworkMax: 50_000, waitingMax: 1_000 };

export class StatementNode {
  readonly store: Store;
  readonly history: History;
  readonly live: Live;
  readonly committer: Committer;
  readonly book: StatementBook;
  readonly adopter: Adopter;
  readonly retention: Retention;
  /** Who can be asked for objects. */
  readonly peers = new Map<string, (oids: readonly string[]) => Promise<Answered[]>>();
  /** What was told: `adopted 2`, `adopted none`, that very much comes in, or a warning. */
  readonly told: string[] = [];
  /** Whoever hears that a statement is in force fails with this. */
  deaf: Error | undefined;
  readonly #options: StatementNodeOptions;

  private constructor(options: StatementNodeOptions, store: Store, history: History, live: Live, book: StatementBook) {
    const { clock, ownRules = [] } = options;
    this.#options = options;
    this.store = store;
    this.history = history;
    this.live = live;
    this.book = book;
    this.committer = new Committer({
      write: changes => this.adopter.write(changes),
      head: () => history.head,
      intervalMs: 30 * second,
      changesMax: 100,
      later: () => {},
      committed: () => {},
      unheard: () => {},
      failed: () => {},
    });
    this.adopter = new Adopter({
      book,
      live,
      history,
      committer: this.committer,
      leaning: task => this.retention.leaning(task),
      store,
      peers: () => [...this.peers.keys()],
      fetch: (peer, oids) => this.peers.get(peer)!(oids),
      ownRules: () => ownRules,
      serversMax: limits.serversMax,
      clock: () => clock.now,
      later: () => {},
      pause: turn,
      applying: () => void this.told.push('very much comes in'),
      adopted: async (_, verified) => {
        this.told.push(`adopted ${verified?.statement.sequence ?? 'none'}`);
        if (this.deaf) throw this.deaf;
      },
      log: (_, message) => this.told.push(message),
    });
    this.retention = new Retention({
      store,
      keepMs: options.keepMs ?? 0,
      committer: this.committer,
      book,
      adopter: this.adopter,
      clock: () => clock.now,
      pause: turn,
      log: (_, message) => this.told.push(message),
    });
  }

  static async open(options: StatementNodeOptions): Promise<StatementNode> {
    const { folder, clock, keys, writing } = options;
    const store = await openStore(folder);
    const write = store.write.bind(store);
    store.write = async writes => {
      await writing?.(writes);
      await write(writes);
    };
    const history = await History.open({ store, author: signerOf(1).peerId, pause: turn });
    const live = new Live(
      new ServerList(
        {
          ...limits,
          serversMax: options.serversMax ?? limits.serversMax,
          perNetworkMax: options.perNetworkMax ?? limits.perNetworkMax,
          countPrivateNetworks: true,
        },
        options.ownRules,
      ),
    );
    const deps = { store, shipped: keys, listName: testList, clock: () => clock.now, log: () => {} };
    // The test settles when it is ready to.
    const book = await StatementBook.open({ ...deps, changed: () => {} });
    const node = new StatementNode(options, store, history, live, book);
    const gone = await loadList(live, history, store, clock.now, await node.adopter.recall());
    live.onChange(changes => node.committer.note(changes));
    node.committer.note(gone);
    await node.adopter.resume();
    return node;
  }

  /** The same after the end of its process; what was not committed is lost. */
  async restart(changed: Partial<StatementNodeOptions> = {}): Promise<StatementNode> {
    await this.store.close();
    return StatementNode.open({ ...this.#options, ...changed });
  }

  get now(): number {
    return this.#options.clock.now;
  }

  /** Names of the servers that are listed as up, in order. */
  get names(): string[] {
    const up = [...this.live.list.listed.values()].filter(({ announcement }) => announcement.state === 'up');
    return up.map(({ announcement }) => announcement.server).sort();
  }

  /** Sequence of the statement in force. */
  get inForce(): number | undefined {
    return this.adopter.statement?.statement.sequence;
  }

  /** Lets announcements in, as by gossip, and gives how each is judged: `accept` or the code. */
  list(...items: readonly Verified[]): string[] {
    return items.map(item => {
      const { verdict, changes } = this.live.list.admit(item, this.now);
      this.live.changed(changes);
      return verdict.action === 'accept' ? 'accept' : verdict.code;
    });
  }

  async commit(): Promise<string> {
    await this.committer.flush();
    return this.history.head!;
  }

  /** What a maintainer would sign: a rollback when there is a commit to go back to. */
  drafted(author: Pick<Maintainer, 'name' | 'email'>, options: DraftOptions = {}): Promise<Draft> {
    const { to, kind = to === undefined ? 'checkpoint' : 'rollback', message = 'bots', ...rest } = options;
    const { name, email } = author;
    const deps = { ...this, listName: testList, clock: () => this.now, pause: turn };
    return this.retention.drafting(() => draft(deps, { kind, message, author: { name, email }, ...rest }, to));
  }

  /** A statement about this node's list, signed and not yet received. */
  async signed(maintainer: Maintainer, options: DraftOptions = {}): Promise<Statement> {
    return maintainer.signDraft(await this.drafted(maintainer, options), this.now);
  }

  /** Takes a statement in and settles. Gives the sequence in force then. */
  async take(statement: Statement): Promise<number | undefined> {
    const verdict = await this.receive(statement);
    if (verdict.action !== 'accept') throw new Error(`statement ${statement.sequence} is refused: ${verdict.code}`);
    await this.adopter.settle();
    return this.inForce;
  }

  receive({ bytes }: Statement, from = 'somebody'): Promise<Verdict> {
    return this.book.receive(bytes, from);
  }

  /** Lets this node ask the others for objects. */
  meet(...others: readonly StatementNode[]): void {
    for (const [i, other] of others.entries()) this.peers.set(`peer${i}`, answersOf(other.objects));
  }

  get objects(): ObjectSource {
    return either(this.live.objects, stored(this.store));
  }

  verify() {
    return verifyHistory({ store: this.store, listName: testList, pause: turn }, this.history.head, true);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.close();
  }
}

export const answersOf =
  (objects: ObjectSource) =>
  async (oids: readonly string[]): Promise<Answered[]> =>
    (await objects(oids)).map(object => object ?? null);

/** A peer that is connected and never answers well. */
export const silent = (): Promise<Answered[]> => Promise.reject(new RollcallError('TIMED_OUT', 'no answer'));
