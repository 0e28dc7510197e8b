// Puts a node together. The only place that knows everything.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import manifest from '../../package.json' with { type: 'json' };
import { createApi } from '../api/api.ts';
import { messageOf } from '../base/errors.ts';
import { inSlices } from '../base/slices.ts';
import { day, minute, second } from '../base/time.ts';
import type { LoadedConfig } from '../config/load.ts';
import { leaves } from '../config/paths.ts';
import { headProtocol } from '../gossip/protocols.ts';
import { StatementGossip } from '../gossip/statements.ts';
import { announcementsTopic, observationsTopic, opinionsTopic, statementsTopic } from '../gossip/topics.ts';
import { Committer } from '../history/committer.ts';
import { History, stored } from '../history/history.ts';
import { noteList } from '../history/lists.ts';
import { openStore } from '../history/store.ts';
import { openIdentity } from '../identity/keyfile.ts';
import { Neighbours } from '../list/neighbours.ts';
import { ServerList } from '../list/server-list.ts';
import { createHost } from '../network/host.ts';
import type { Prober } from '../probe/prober.ts';
import { Adopter } from './adopter.ts';
import { ageWrites, beginAges, readAges } from './ages.ts';
import { AutoCheckpoint, readOnlineKey } from './auto-checkpoint.ts';
import { openAutonomousSystems } from './autonomous-systems.ts';
import { composeCore } from './core.ts';
import { claimList, openToken, sayRunning } from './data-folder.ts';
import { OwnDenies } from './deny.ts';
import { draft } from './drafts.ts';
import { Gateways } from './gateways.ts';
import { giveBack, withRoom } from './heap.ts';
import { NodeKarma } from './karma.ts';
import { Live } from './live.ts';
import { forgetFloors, loadList } from './load.ts';
import { logger } from './log.ts';
import { Maintainers } from './maintainers.ts';
import { RunningNode } from './node.ts';
import { Observers } from './observers.ts';
import { Opening } from './opening.ts';
import { packageRoot } from './package-root.ts';
import { limitsOf, PeerGroups, proberOf, rememberedIn, shippedKeys, uploadPackOf } from './parts.ts';
import { Retention } from './retention.ts';
import { pageOf } from './rows.ts';
import { sampleEveryMs } from './series.ts';
import type { Started, StartOptions } from './start.ts';
import { StatementBook } from './statement-book.ts';
import { laterUntil, pause, pauseUnless, ticker } from './timers.ts';
import { openViews } from './views.ts';

/** What runs out, and what is due to be renewed, is looked at this often. */
const tickMs = second;
/** What goes through the whole list, and nobody has asked for, begins so long after the start: the first who ask come before it. */
const behindMs = 2 * second;
/** Keys expire, and with them the statements they signed; so do deny rules. */
const trustMs = 10 * second;
/** A note on a server that ran out is of use for a day; kept for two it costs 60 bytes. */
const floorsMs = day;

/** Starts everything; what is to be stopped again is in `resources`, in order. @throws AbortError when it is stopped on the way */
export async function compose(
  options: StartOptions,
  { config, origins }: LoadedConfig,
  resources: AsyncDisposableStack,
): Promise<Omit<Started, 'done'>> {
  const { dataDir, clock, monotonic, random, signal } = options;
  const log = logger(config.log.level, clock, options.log);
  const lists = config.list;
  const asOf = await openAutonomousSystems(lists.asDatabase);
  // A key that cannot be used is found before anything is up.
  const { everyMs, keyFile } = config.checkpoints;
  const onlineKey = everyMs > 0 ? await readOnlineKey(keyFile) : undefined;
  const identity = await openIdentity(dataDir);
  const store = resources.use(await openStore(join(dataDir, 'store')));
  await claimList(store, lists.name);
  const token = await openToken(dataDir);
  const stop = new AbortController();
  const later = laterUntil(stop.signal);
  const every = ticker(error => log('error', messageOf(error)));

  const history = await History.open({ store, author: identity.peerId, pause });
  const denies: OwnDenies = await OwnDenies.open({
    store,
    self: identity.peerId,
    configured: { rules: lists.deny, origin: origins.get('list.deny') ?? 'unknown' },
    maintainers: () => adopter.maintainersRules(),
    enforce: () => adopter.enforceRules(),
    ended: () => {
      gateways.forgetBarred();
      sync.forgetRefused();
      void sync.round();
    },
    clock,
    log,
  });
  const live = new Live(new ServerList(limitsOf(config), denies.rules()));
  await forgetFloors(store, clock());
  const ages = await readAges(store);
  const neighbours = new Neighbours({
    ...config.view,
    since: id => ages.get(id) ?? clock(),
    asOf,
    ruledFor: network => live.list.ruledFor(network),
    countPrivateNetworks: !config.network.allowPrivateAddresses,
  });
  live.onChange(changes => neighbours.changed(changes));

  const committer = new Committer({
    write: changes => adopter.write(changes, some => ageWrites(some, id => neighbours.get(id)?.since)),
    head: () => history.head,
    intervalMs: config.history.commitIntervalMs,
    changesMax: config.history.commitChangesMax,
    later,
    committed: ({ oid, summary }) => {
      log('debug', `committed ${oid}: ${summary}`);
      node.emit({ type: 'head', oid, summary });
    },
    unheard: error => log('error', `a commit is on disk, and whoever was told of it failed: ${messageOf(error)}`),
    failed: error => log('error', `cannot commit: ${messageOf(error)}`),
  });
  const preferred = new Set(config.karma.prefer);
  const host = await createHost({
    seed: identity.seed,
    list: lists.name,
    role: config.role,
    topics: [announcementsTopic, statementsTopic, opinionsTopic, observationsTopic].map(name => name(lists.name)),
    esteem: {
      karma: peer => karma.value(peer),
      preferred: peer => preferred.has(peer),
      refuseBelow: config.karma.refuseBelow,
    },
    rejected: peer => karma.notice(peer, 'invalid-message', 'validator'),
    ...config.network,
    agent: `rollcall/${manifest.version}`,
    limits: config.network,
    remembered: rememberedIn(store),
    ...{ clock, monotonic, random, later, ticker: every },
    log,
  });
  const groups = new PeerGroups(config.network.allowPrivateAddresses);
  const karma: NodeKarma = await NodeKarma.open({
    store,
    config,
    signer: identity,
    network: host,
    groupOf: groups.of,
    listed: id => live.list.listed.has(id),
    heard: sights => observers.heard(sights),
    clock,
    monotonic,
    changed: subject => (subject === undefined ? node.restated() : node.emit({ type: 'karma', subject })),
    pause,
    log,
  });
  const book = await StatementBook.open({
    store,
    shipped: await shippedKeys(log),
    listName: lists.name,
    clock,
    changed: () => void adopter.settle(),
    log: message => log('info', message),
  });
  const connected = () => host.peers().map(({ peerId }) => peerId);
  const adopter: Adopter = new Adopter({
    book,
    live,
    history,
    committer,
    leaning: task => retention.leaning(task),
    store,
    peers: connected,
    fetch: (peer, oids) => sync.fetch(peer, oids),
    ownRules: () => denies.rules(),
    serversMax: lists.serversMax,
    clock,
    later,
    pause,
    // Rows that are kept would be made again and again until it is in force, and then once more.
    applying: () => node.restated(),
    adopted: async ({ oid, summary }, verified) => {
      log('info', `${summary}${verified ? `, signed by ${verified.signer}` : ''}`);
      await inSlices(neighbours.restated(adopter.endorsed), pause);
      prober?.restated();
      node.restated();
      node.emit({ type: 'head', oid, summary });
      node.emit({ type: 'statement', statement: maintainers.age() });
      sync.forgetRefused();
      // What fell out and is ours is announced again at once.
      own.renew().catch(error => log('error', `cannot announce again: ${messageOf(error)}`));
    },
    log,
  });
  const maintainers: Maintainers = new Maintainers({
    book,
    adopter,
    gossip: new StatementGossip({
      network: host,
      listName: lists.name,
      receive: (bytes, from) => book.receive(bytes, from),
      kept: () => book.toTell(),
    }),
    store,
    peers: connected,
    serversMax: lists.serversMax,
    pause,
    clock,
  });
  const drafting = { store, history, committer, live, book, adopter, listName: lists.name, clock, pause };
  const retention: Retention = new Retention({ ...drafting, keepMs: config.history.keepMs, log });
  const { door, sync, own, tick } = composeCore({
    config,
    live,
    network: host,
    signer: identity,
    store,
    stored: stored(store),
    head: () => history.head,
    statement: () => maintainers.head(),
    heard: (peer, latest) => maintainers.heard(peer, latest),
    karma: peer => karma.value(peer),
    equivocated: ({ kept, dropped }) =>
      karma.notice(kept.announcement.announcer, 'equivocation', 'proof', `${kept.oid} ${dropped.oid}`),
    ...{ clock, monotonic, random, later, pause, log },
  });
  const observers: Observers = new Observers({
    config,
    signer: identity,
    network: host,
    karma,
    groupOf: groups.of,
    announced: id => live.list.listed.get(id)?.announcement,
    prober: () => prober,
    asksAll: config.checkpoints.everyMs > 0,
    observed: (id, observed) => node.emit({ type: 'observed', id, observed }),
    clock,
    log,
  });
  const endorsed = (id: string) => adopter.endorsed.has(id);
  const prober: Prober | undefined = proberOf(config, options, every, observers, endorsed, resources);
  live.onChange(changes => observers.listed(changes));

  const views = await openViews({
    store,
    history,
    live,
    uncommitted: () => committer.uncommitted(),
    network: host,
    karma,
    endorsed,
    observed: id => observers.get(id),
    since: id => neighbours.get(id)?.since,
    signature: digest => maintainers.signature(digest),
    clock,
    pause,
  });

  // Whoever keeps something of the list hears of it bit by bit; only what changed since the last commit is to be committed.
  const placed = await adopter.recall();
  const starting = pauseUnless(signal);
  const changes = await withRoom(came => loadList(live, history, store, clock(), placed, came, starting));
  await beginAges(store, live.list.listed.keys(), ages, clock());
  // From here on, who comes up comes up now.
  ages.clear();
  log('info', `the list "${lists.name}" holds ${live.up} servers`);
  await starting();

  const sample = () => views.series.sample().catch(error => log('warn', `cannot keep samples: ${messageOf(error)}`));

  let [http, ready] = ['', false];
  const node: RunningNode = new RunningNode({
    live,
    store,
    history,
    committer,
    network: host,
    sync: { state: () => opening.state() },
    door,
    own,
    maintainers,
    retention,
    karma,
    denies,
    endorsed,
    neighbours,
    views,
    draft: (request, to) => retention.drafting(() => draft(drafting, request, to)),
    uploadPack: uploadPackOf(store, `rollcall/${manifest.version}`),
    observed: id => observers.get(id),
    gateways: () => gateways.status(),
    settings: () =>
      [...leaves(config)].map(([path, value]) => ({ path, value, origin: origins.get(path) ?? 'unknown' })),
    about: { role: config.role, list: lists.name, version: manifest.version, startedAt: clock() },
    http: () => http,
    allowPrivateAddresses: config.network.allowPrivateAddresses,
    ...{ clock, monotonic, pause },
  });

  const opening = new Opening({
    network: host,
    door,
    list: live.list,
    sync,
    adopter,
    listName: lists.name,
    page: query => node.peek(query),
    version: () => node.version(),
    compared: () => node.emit({ type: 'servers', changes: [], total: live.up, tree: live.tree.root() }),
    monotonic,
    log: message => log('debug', message),
  });

  live.onChange(changes => committer.note(changes));
  committer.note(changes);
  // Disposed in reverse: first nothing more comes in, then what is pending is committed, then the store closes.
  resources.defer(() => views.series.stop());
  resources.defer(() => committer.flush());
  resources.defer(() => adopter.stop());
  resources.defer(() => stop.abort());
  resources.use(host);
  await adopter.resume();
  await inSlices(neighbours.restated(adopter.endorsed), starting);
  prober?.restated();
  await own.resume();
  await adopter.settle();
  await starting();
  await host.start();
  host.onPeer(headProtocol(lists.name), peerId => node.emit({ type: 'peer', peerId, connected: true }));
  host.onLeave(peerId => node.emit({ type: 'peer', peerId, connected: false }));
  // Made while peers are dialled and asked, and before anything may be shown.
  const api = resources.use(
    await createApi({
      node,
      token,
      ...config.http,
      webFolder: fileURLToPath(new URL('web-ui/dist/', packageRoot)),
      clock,
      ticker: every,
      ready: () => ({ ok: ready, reasons: ready ? [] : ['the node is starting or stopping'] }),
    }),
  );
  const known = config.network.entries.length > 0 || (await rememberedIn(store).load()).length > 0;
  await opening.wait(known, AbortSignal.any([stop.signal, signal]));
  await starting();
  const gateways: Gateways = resources.use(
    await Gateways.open({
      config,
      own,
      live,
      rows: ids =>
        pageOf({ listed: [...ids].flatMap(id => live.list.listed.get(id) ?? []), view: node.view() }, {}).servers,
      watch: (listener, signal) => node.watch(listener, signal),
      peerId: identity.peerId,
      ...{ clock, monotonic, random, ticker: every },
      later,
      signal: stop.signal,
      log,
    }),
  );
  http = await api.listen();
  prober?.run(stop.signal);
  every(tickMs, tick, stop.signal);
  later(behindMs, () => void opening.prepare().then(sample));
  every(sampleEveryMs, sample, stop.signal);
  every(tickMs, () => groups.note(host.peers()), stop.signal);
  every(tickMs, () => karma.tick(), stop.signal);
  every(tickMs, () => node.step(), stop.signal);
  every(tickMs, () => observers.tick(), stop.signal);
  every(minute, () => karma.sweep(), stop.signal);
  every(minute, giveBack, stop.signal);
  every(trustMs, () => denies.tick(), stop.signal);
  every(trustMs, () => book.refreshTrust().then(() => adopter.settle()), stop.signal);
  retention.start(later, every, stop.signal);
  every(minute, () => retention.leaning(() => noteList(store, history)), stop.signal);
  every(floorsMs, () => forgetFloors(store, clock()), stop.signal);
  every(config.gossip.syncIntervalMs, () => sync.round(), stop.signal);
  if (onlineKey) {
    const auto = new AutoCheckpoint({
      key: onlineKey,
      everyMs,
      clock,
      ageMs: () => maintainers.age()?.ageMs ?? null,
      draft: (request, vouchedFor) => retention.drafting(() => draft(drafting, request, undefined, vouchedFor)),
      answers: id => prober?.get(id)?.up ?? false,
      publish: request => maintainers.publish(request),
      log,
    });
    every(Math.min(everyMs, minute), () => auto.tick(), stop.signal);
  }
  resources.use(await sayRunning(dataDir, { pid: options.pid, http, peerId: identity.peerId }));
  resources.defer(() => {
    ready = false;
  });
  ready = true;
  return { peerId: identity.peerId, addresses: host.addresses(), http, list: lists.name };
}
