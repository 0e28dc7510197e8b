// A running node as the API sees it.
import type * as api from '../api/port.ts';
import type { CommitQuery } from '../api/port-history.ts';
import { parseAddress, scopeOf } from '../base/address.ts';
import type { Clock } from '../base/time.ts';
import type { GatewayStatus } from '../gateways/family.ts';
import type { Door } from '../gossip/door.ts';
import { type BundleDeps, bundleOf } from '../history/bundle.ts';
import { kindOfChange } from '../history/commit.ts';
import type { Committer } from '../history/committer.ts';
import { exportRepository } from '../history/export.ts';
import { type History, stored } from '../history/history.ts';
import { heightOf, type LogEntry, serverLog } from '../history/log.ts';
import { readCuts, readRefs } from '../history/refs.ts';
import { readAnnouncements, readTrees } from '../history/source.ts';
import type { Store } from '../history/store.ts';
import { emptyTree } from '../history/tree.ts';
import type { UploadPack } from '../history/upload-pack.ts';
import { verifyHistory } from '../history/verify.ts';
import { barredWords } from '../list/deny.ts';
import type { Neighbours } from '../list/neighbours.ts';
import { View } from '../list/view.ts';
import type { Network, Peer } from '../network/port.ts';
import type { Verified } from '../records/verified.ts';
import type { OwnDenies } from './deny.ts';
import { doubtsOf } from './draft-doubts.ts';
import type { NodeKarma } from './karma.ts';
import { KeptRows } from './kept-rows.ts';
import type { Live } from './live.ts';
import type { Maintainers } from './maintainers.ts';
import type { Opening } from './opening.ts';
import type { OwnServers } from './own.ts';
import { type Reason, reason, reasonsOf, toldOf } from './reasons.ts';
import type { Retention } from './retention.ts';
import type { RowKeeperDeps } from './row-keeper.ts';
import { announcementJson, type Page, rowOf } from './rows.ts';
import type { Views } from './views.ts';

export type NodeDeps = Pick<RowKeeperDeps, 'monotonic' | 'pause'> & {
  readonly live: Live;
  readonly store: Store;
  readonly history: History;
  readonly committer: Committer;
  readonly network: Pick<Network, 'peerId' | 'addresses' | 'peers' | 'turnedAway'>;
  readonly sync: Pick<Opening, 'state'>;
  readonly door: Pick<Door, 'refused'>;
  readonly own: OwnServers;
  readonly maintainers: Maintainers;
  readonly retention: Pick<Retention, 'state'>;
  readonly karma: NodeKarma;
  readonly denies: OwnDenies;
  /** Whether the statement in force lists a server. */
  readonly endorsed: (id: string) => boolean;
  readonly neighbours: Pick<Neighbours, 'get' | 'crowded' | 'sharing' | 'giving'>;
  /** What would be signed; `to` is the hash of a rollback's commit. */
  readonly draft: (request: api.DraftRequest, to: string | undefined) => Promise<api.Draft>;
  readonly views: Views;
  readonly uploadPack: UploadPack;
  readonly observed: (id: string) => api.Observed | null;
  readonly gateways: () => readonly GatewayStatus[];
  readonly settings: () => { path: string; value: unknown; origin: string }[];
  readonly about: Pick<api.Status, 'role' | 'list' | 'version' | 'startedAt'>;
  readonly http: () => string;
  readonly allowPrivateAddresses: boolean;
  readonly clock: Clock;
};

/** Entries of one server's history in one answer. */
const historyLimit = 50;

export class RunningNode implements api.Node {
  readonly #deps: NodeDeps;
  readonly #listeners = new Set<(event: api.NodeEvent) => void>();
  readonly #rows: KeptRows;
  #version = 0;

  constructor(deps: NodeDeps) {
    this.#deps = deps;
    this.#rows = new KeptRows({ ...deps, listed: deps.live.list.listed, view: surplus => this.view(surplus) });
    deps.live.onChange(changes => {
      this.#version++;
      for (const { id } of changes) this.#rows.touch(id);
      if (this.#listeners.size === 0) return;
      this.emit({
        type: 'servers',
        changes: changes.map(change => ({ id: change.id, change: kindOfChange(change) })),
        total: deps.live.up,
        tree: deps.live.tree.root(),
      });
    });
  }

  /** Tells those who watch. */
  emit(event: api.NodeEvent): void {
    if (event.type === 'servers') this.#version++;
    if (event.type === 'observed') {
      this.#version++;
      this.#rows.touch(event.id);
    }
    if (event.type === 'karma') {
      this.#version++;
      this.#rows.touchAnnouncer(event.subject);
    }
    for (const listener of this.#listeners) listener(event);
  }

  /** Another statement is in force: every answer about the list says so, also where no server has changed. */
  restated(): void {
    this.#version++;
    this.#rows.forget();
  }

  /** To be called about once a second: works in what has changed. */
  step(): Promise<void> {
    return this.#rows.step();
  }

  version(): number {
    return this.#version;
  }

  watch(listener: (event: api.NodeEvent) => void, signal: AbortSignal): void {
    this.#listeners.add(listener);
    signal.addEventListener('abort', () => this.#listeners.delete(listener));
  }

  status(): api.Status {
    const { network, about, http, live, own, history, committer, door, sync, maintainers, denies } = this.#deps;
    return {
      peerId: network.peerId,
      ...about,
      addresses: [...network.addresses()],
      http: http(),
      servers: live.up,
      announced: own.count,
      tree: live.tree.root(),
      head: history.head ?? null,
      statement: maintainers.age(),
      freshness: maintainers.freshness(),
      peers: network.peers().length,
      turnedAway: network.turnedAway(),
      sync: sync.state(),
      deny: denies.counts(),
      uncommitted: committer.pending,
      now: this.#deps.clock(),
      commits: history.commits,
      history: this.#deps.retention.state,
      announcers: this.#deps.views.announcers.count,
      gateways: this.#deps.gateways().length,
      refused: { ...door.refused },
    };
  }

  async servers(query: api.ServersQuery): Promise<api.ServersPage> {
    const page = await this.#rows.page(query);
    const { live, maintainers, sync } = this.#deps;
    return { ...page, partial: sync.state().partial, tree: live.tree.root(), statement: maintainers.age() };
  }

  /** As `servers`, for those who ask over the network: no index is made for them. */
  peek(query: api.ServersQuery): Promise<Page> {
    return this.#rows.peek(query);
  }

  async server(id: string): Promise<api.ServerDetail | undefined> {
    const { live, store, clock } = this.#deps;
    const entries = await serverLog(store, id, historyLimit);
    const history = entries.map(({ oid, atMs, change }) => ({ oid, atMs, change }));
    const { oldestAtMs, isShallow } = this.#deps.retention.state;
    const begins = isShallow && oldestAtMs !== null ? { historySince: oldestAtMs } : {};
    const view = this.view();
    const item = live.list.held(id);
    if (item) {
      const { signature } = item.announcement;
      return {
        ...rowOf(item, view.of(item)),
        signature,
        ...toldOf(await this.#reasons(item, view)),
        history,
        ...begins,
      };
    }
    const last = await this.#lastAnnouncement(id, entries);
    if (!last) return undefined;
    const row = rowOf(last, { ...view.of(last), endorsed: false, observed: null });
    const { signature } = last.announcement;
    const rule = live.list.deniedBy(last.announcement, clock());
    const told = toldOf([rule ? reason('barred', barredWords(rule)) : reason('left', 'no longer in the list')]);
    if (rule) return { ...row, standing: 'denied', signature, ...told, history, ...begins };
    return { ...row, state: 'left', signature, ...told, history, ...begins };
  }

  /** The list at this moment, as it looks from here. */
  view(surplus?: ReadonlySet<string>): View<api.Observed> {
    const { network, neighbours, live, endorsed, observed, karma, clock } = this.#deps;
    const listed = (id: string) => live.list.listed.get(id);
    const deps = { self: network.peerId, neighbours, listed, endorsed, observed };
    return new View({ ...deps, karma: peer => karma.brief(peer) }, clock(), surplus);
  }

  async #reasons(item: Verified, view: View<api.Observed>): Promise<Reason[]> {
    const { listed } = this.#deps.live.list;
    const standing = this.#standing(item.id);
    if (!listed.has(item.id)) return [reason('over-quota', 'over quota: it waits for a place in the list'), standing];
    if (item.announcement.state === 'left') return [standing, reason('withdrawn', 'its announcer says that it left')];
    return reasonsOf(item, { placeOf: rank => this.#rows.placeOf(rank), view, standing, now: this.#deps.clock() });
  }

  history(query: api.HistoryQuery): Promise<{ commits: api.CommitSummary[] }> {
    return this.#deps.views.pages.page(query);
  }

  graph(query: api.GraphQuery): Promise<api.HistoryGraph> {
    return this.#deps.views.pages.graph(query);
  }

  commit(revision: string, query?: CommitQuery): Promise<api.CommitDetail> {
    return this.#deps.views.pages.commit(revision, query);
  }

  commitRaw(revision: string) {
    return this.#deps.views.pages.raw(revision);
  }

  commitServers(revision: string, query: api.CommitServersQuery): Promise<api.CommitServers> {
    return this.#deps.views.pastLists.servers(revision, query);
  }

  commitRecords(revision: string): AsyncIterable<Uint8Array> {
    return this.#deps.views.pastLists.records(revision);
  }

  diff(a: string, b?: string): Promise<api.ServersDiff> {
    return this.#deps.views.pages.diff(a, b);
  }

  series(query: api.SeriesQuery): Promise<api.Series> {
    return this.#deps.views.series.of(query);
  }

  announcers(query: api.AnnouncersQuery): Promise<api.AnnouncersPage> {
    return this.#deps.views.announcers.page(query);
  }

  announcer(peer: string): Promise<api.AnnouncerDetail | undefined> {
    return this.#deps.views.announcers.detail(peer);
  }

  nodesGraph({ limit }: api.NodesGraphQuery): Promise<api.NodesGraph> {
    return this.#deps.views.nodesGraph(limit);
  }

  async effect(digest: string): Promise<api.StatementEffect | undefined> {
    const statement = this.#deps.maintainers.statements().find(kept => kept.digest === digest);
    return statement && this.#deps.views.effects.of(statement);
  }

  gateways(): readonly GatewayStatus[] {
    return this.#deps.gateways();
  }

  peers(): readonly Peer[] {
    return this.#deps.network.peers();
  }

  observation(id: string): api.Observed | null {
    return this.#deps.observed(id);
  }

  async announce(request: api.AnnounceRequest) {
    const { own, live, allowPrivateAddresses } = this.#deps;
    const item = await own.announce(request);
    const warnings = item.announcement.addresses.flatMap(text => {
      const address = parseAddress(text);
      const scope = address.ok ? scopeOf(address.value.host) : 'global';
      if (scope === 'global' || (scope === 'private' && allowPrivateAddresses)) return [];
      return [`${text} is a ${scope} address: players elsewhere cannot join it, and no node asks it how it is`];
    });
    if (!live.list.listed.has(item.id)) warnings.push('the list has no place for it now (quota): it is kept and waits');
    return { announcement: announcementJson(item.id, item.announcement), warnings };
  }

  async withdraw(server: string) {
    const item = await this.#deps.own.withdraw(server);
    return announcementJson(item.id, item.announcement);
  }

  async verify({ full }: { full: boolean }): Promise<api.VerifyReport> {
    const { store, about, history, pause } = this.#deps;
    return verifyHistory({ store, listName: about.list, pause }, history.head, full);
  }

  async exportTo(folder: string) {
    const { store, committer } = this.#deps;
    await committer.flush();
    return exportRepository({ store, refs: () => readRefs(store), cuts: () => readCuts(store) }, folder);
  }

  readonly git: api.GitService = {
    advertise: () => this.#deps.uploadPack.advertise(),
    uploadPack: request => this.#deps.uploadPack.answer(request),
    bundle: since => bundleOf(this.#bundleDeps(), since),
  };

  config() {
    return this.#deps.settings();
  }

  #bundleDeps(): BundleDeps {
    const { store, history } = this.#deps;
    return { store, head: async () => history.head, cuts: () => readCuts(store), resolve: text => this.#resolve(text) };
  }

  #resolve(revision: string): Promise<string> {
    return this.#deps.views.pages.resolve(revision);
  }

  /** What a server that is gone last announced: in the parent of the commit that took it out. */
  async #lastAnnouncement(id: string, entries: readonly LogEntry[]) {
    const source = stored(this.#deps.store);
    for (const { oid, parents } of entries) {
      for (const commit of [oid, ...parents]) {
        if ((await heightOf(this.#deps.store, commit)) === undefined) continue;
        let tree: string | undefined = await this.#deps.history.serversOf(commit);
        for (const name of [id[0]!, id[1]!, id[2]!, `${id}.json`]) {
          if (tree === undefined || tree === emptyTree) break;
          const [children]: { name: string; oid: string }[][] = await readTrees(source, [tree]);
          tree = children!.find(entry => entry.name === name)?.oid;
        }
        if (tree === undefined || tree === emptyTree) continue;
        const [announcement] = await readAnnouncements(source, [tree]);
        return { id, announcement: announcement! };
      }
    }
    return undefined;
  }

  #standing(id: string): Reason {
    const { endorsed, maintainers } = this.#deps;
    const age = maintainers.age();
    if (!age) return reason('no-statement', 'no signed statement is in force');
    const { kind, sequence, signer } = age;
    const said = `${kind} ${sequence} by ${signer}`;
    const values = { kind, sequence, signer };
    return endorsed(id)
      ? reason('endorsed', `${said} lists it`, values)
      : reason('not-endorsed', `${said} does not list it`, values);
  }

  statements(): Promise<api.StatementJson[]> {
    return Promise.resolve(this.#deps.maintainers.statements());
  }

  async draft(request: api.DraftRequest): Promise<api.ShownDraft> {
    const to = request.to === undefined ? undefined : await this.#resolve(request.to);
    const draft = await this.#deps.draft(request, to);
    return { ...draft, doubts: doubtsOf((await this.servers({ all: true })).servers, draft) };
  }

  publish(request: api.PublishRequest) {
    return this.#deps.maintainers.publish(request);
  }

  keys(): Promise<api.KeyJson[]> {
    return this.#deps.maintainers.keys();
  }

  addKey(armored: string): Promise<api.KeyJson[]> {
    return this.#deps.maintainers.addKey(armored);
  }

  removeKey(fingerprint: string): Promise<void> {
    return this.#deps.maintainers.removeKey(fingerprint);
  }

  deny(): api.DenyRuleJson[] {
    return this.#deps.denies.list();
  }

  addDeny(request: api.DenyAddRequest) {
    return this.#deps.denies.add(request);
  }

  removeDeny(subject: api.DenySubject): Promise<api.DenyRuleJson> {
    return this.#deps.denies.remove(subject);
  }

  karma(query: api.KarmaQuery): Promise<api.KarmaPage> {
    return Promise.resolve(this.#deps.karma.page(query));
  }

  async karmaOf(peer: string): Promise<api.KarmaJson> {
    return this.#deps.karma.explain(peer);
  }

  rate(request: api.RateRequest): Promise<api.KarmaJson> {
    return this.#deps.karma.rate(request);
  }
}
