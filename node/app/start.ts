// Puts a node together and runs it until its signal aborts. The only place that knows everything.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import manifest from '../../package.json' with { type: 'json' };
import { createApi } from '../api/api.ts';
import { fromUtf8, utf8 } from '../base/bytes.ts';
import { messageOf, RollcallError } from '../base/errors.ts';
import { type Clock, day, minute, second } from '../base/time.ts';
import { readConfigFiles } from '../config/files.ts';
import { type LoadedConfig, loadConfig } from '../config/load.ts';
import { leaves } from '../config/paths.ts';
import type { Config } from '../config/schema.ts';
import { announcementsTopic } from '../gossip/announcements.ts';
import { headProtocol } from '../gossip/protocols.ts';
import { StatementGossip, statementsTopic } from '../gossip/statements.ts';
import { Committer } from '../history/committer.ts';
import { History, stored } from '../history/history.ts';
import { heightOf } from '../history/log.ts';
import { readCuts, readRefs } from '../history/refs.ts';
import { openStore, type Store, type Write } from '../history/store.ts';
import { UploadPack } from '../history/upload-pack.ts';
import { openIdentity } from '../identity/keyfile.ts';
import { ServerList } from '../list/server-list.ts';
import { createHost } from '../network/host.ts';
import type { RememberedPeer, RememberedStore } from '../network/remembered.ts';
import { Asker } from '../probe/ask.ts';
import { Prober } from '../probe/prober.ts';
import { reaches, resolver } from '../probe/resolve.ts';
import type { PublicKey } from '../trust/key.ts';
import { Adopter } from './adopter.ts';
import { AutoCheckpoint, readOnlineKey } from './auto-checkpoint.ts';
import { composeCore } from './core.ts';
import { claimList, openToken, sayRunning } from './data-folder.ts';
import { draft } from './drafts.ts';
import { readShippedKeys } from './keys.ts';
import { Live } from './live.ts';
import { forgetFloors, loadList } from './load.ts';
import { type Log, logger } from './log.ts';
import { Maintainers } from './maintainers.ts';
import { RunningNode } from './node.ts';
import { packageRoot } from './package-root.ts';
import { StatementBook } from './statement-book.ts';
import { laterUntil, pause, ticker } from './timers.ts';

export type StartOptions = {
  readonly dataDir: string;
  readonly configPath?: string;
  /** Settings from flags, by path: `{ 'list.name': 'inexor' }`. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** `path=value`, as typed behind `--set`. */
  readonly sets: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborting it stops the node. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly random: () => number;
  /** Told to the commands that look for this node. */
  readonly pid: number;
  /** One line of the log. */
  readonly log: (line: string) => void;
};

export type Started = {
  readonly peerId: string;
  readonly addresses: readonly string[];
  readonly http: string;
  readonly list: string;
  /** Resolves when everything is stopped and stored. */
  readonly done: Promise<void>;
};

/** What runs out, and what is due to be renewed, is looked at this often. */
const tickMs = second;
/** Peers that can be reached answer well within it; without any the list is shown as it was. */
const firstContactMs = 2 * second;
/** A large list is brought and examined in some seconds; one that cannot be had is not waited for. */
const firstAdoptionMs = 10 * second;
/** Keys expire, and with them the statements they signed. */
const trustMs = 10 * second;
/** A note on a server that ran out is of use for a day; kept for two it costs 60 bytes. */
const floorsMs = day;

/** @throws RollcallError when the configuration, the key, the store or a port does not let it start */
export async function startNode(options: StartOptions): Promise<Started> {
  const loaded = await configOf(options);
  // A failed start takes down again what already ran.
  await using resources = new AsyncDisposableStack();
  const started = await compose(options, loaded, resources);
  const running = resources.move();
  const done = new Promise<void>((resolve, reject) => {
    const stop = () => running.disposeAsync().then(resolve, reject);
    if (options.signal.aborted) void stop();
    else options.signal.addEventListener('abort', () => void stop(), { once: true });
  });
  return { ...started, done };
}

async function configOf({ dataDir, configPath, flags, sets, env }: StartOptions): Promise<LoadedConfig> {
  const given = Object.entries(flags).map(([path, value]) => ({
    path,
    value,
    origin: flagNames[path] ?? `--set ${path}`,
  }));
  const set = sets.map(text => {
    const at = text.indexOf('=');
    if (at < 1)
      throw new RollcallError('BAD_CONFIG', `--set ${text}: must be path=value, such as history.commitIntervalMs=5000`);
    return { path: text.slice(0, at), value: text.slice(at + 1), origin: '--set' };
  });
  return loadConfig({ ...(await readConfigFiles(dataDir, configPath)), flags: [...given, ...set], env });
}

const flagNames: Readonly<Record<string, string>> = {
  role: '--role',
  'list.name': '--list',
  'network.listen': '--listen',
  'network.entries': '--entry',
  'http.host': '--http',
  'http.port': '--http',
  'log.level': '--log-level',
};

async function compose(
  options: StartOptions,
  { config, origins }: LoadedConfig,
  resources: AsyncDisposableStack,
): Promise<Omit<Started, 'done'>> {
  const { dataDir, clock, random } = options;
  const log = logger(config.log.level, clock, options.log);
  const lists = config.list;
  const identity = await openIdentity(dataDir);
  const store = resources.use(await openStore(join(dataDir, 'store')));
  await claimList(store, lists.name);
  const token = await openToken(dataDir);
  const stop = new AbortController();
  const later = laterUntil(stop.signal);
  const every = ticker(error => log('error', messageOf(error)));

  const history = await History.open({ store, author: identity.peerId, pause });
  const live = new Live(new ServerList(limitsOf(config), lists.deny));
  await forgetFloors(store, clock());
  const changes = await loadList(live, history, store, clock());
  log('info', `the list "${lists.name}" holds ${live.up} servers`);

  const committer = new Committer({
    write: changes => adopter.write(changes),
    listed: id => live.list.listed.get(id),
    intervalMs: config.history.commitIntervalMs,
    changesMax: config.history.commitChangesMax,
    later,
    committed: ({ oid, summary }) => {
      log('debug', `committed ${oid}: ${summary}`);
      node.emit({ type: 'head', oid, summary });
    },
    failed: error => log('error', `cannot commit: ${messageOf(error)}`),
  });
  const host = await createHost({
    seed: identity.seed,
    list: lists.name,
    role: config.role,
    topics: [announcementsTopic(lists.name), statementsTopic(lists.name)],
    ...config.network,
    agent: `rollcall/${manifest.version}`,
    limits: config.network,
    remembered: rememberedIn(store),
    clock,
    random,
    ticker: every,
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
    store,
    peers: connected,
    fetch: (peer, oids) => sync.fetch(peer, oids),
    ownRules: lists.deny,
    serversMax: lists.serversMax,
    clock,
    later,
    pause,
    adopted: ({ oid, summary }, verified) => {
      log('info', `${summary}${verified ? `, signed by ${verified.signer}` : ''}`);
      node.restated();
      node.emit({ type: 'head', oid, summary });
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
    clock,
    random,
    later,
    pause,
    log,
  });

  const prober = proberOf(
    config,
    options,
    every,
    (id, observed) => node.emit({ type: 'observed', id, observed }),
    resources,
  );
  for (const { id, announcement } of live.list.listed.values())
    if (announcement.state === 'up') prober?.list({ id, ...announcement });
  live.onChange(changes => {
    for (const { id, after } of changes) {
      if (after?.announcement.state === 'up') prober?.list({ id, ...after.announcement });
      else prober?.forget(id);
    }
  });

  let http = '';
  let ready = false;
  const node: RunningNode = new RunningNode({
    live,
    store,
    history,
    committer,
    network: host,
    sync,
    door,
    own,
    maintainers,
    endorsed: id => adopter.endorsed.has(id),
    draft: (request, to) => draft(drafting, request, to),
    uploadPack: new UploadPack({
      store,
      refs: () => readRefs(store),
      cuts: () => readCuts(store),
      isOurs: async oid => (await heightOf(store, oid)) !== undefined,
      agent: `rollcall/${manifest.version}`,
    }),
    observed: id => prober?.get(id) ?? null,
    settings: () =>
      [...leaves(config)].map(([path, value]) => ({ path, value, origin: origins.get(path) ?? 'unknown' })),
    about: { role: config.role, list: lists.name, version: manifest.version, startedAt: clock() },
    http: () => http,
    allowPrivateAddresses: config.network.allowPrivateAddresses,
    clock,
    pause,
  });

  live.onChange(changes => committer.note(changes));
  committer.note(changes);
  // Disposed in reverse: first nothing more comes in, then what is pending is committed, then the store closes.
  resources.defer(() => committer.flush());
  resources.defer(() => stop.abort());
  resources.use(host);
  await adopter.resume();
  await own.resume();
  await adopter.settle();
  await host.start();
  host.onPeer(headProtocol(lists.name), peerId => node.emit({ type: 'peer', peerId, connected: true }));
  host.onLeave(peerId => node.emit({ type: 'peer', peerId, connected: false }));
  // A list that a newer statement may have changed is not shown before somebody was asked.
  const known = config.network.entries.length > 0 || (await rememberedIn(store).load()).length > 0;
  const atMost = (ms: number) => wait(ms, undefined, { signal: stop.signal });
  if (known) await Promise.race([sync.first, atMost(firstContactMs)]);
  await Promise.race([adopter.settle(), atMost(firstAdoptionMs)]);
  const api = resources.use(
    await createApi({
      node,
      token,
      ...config.http,
      webFolder: fileURLToPath(new URL('web-ui/', packageRoot)),
      clock,
      ticker: every,
      ready: () => ({ ok: ready, reasons: ready ? [] : ['the node is starting or stopping'] }),
    }),
  );
  http = api.address;
  prober?.run(stop.signal);
  every(tickMs, tick, stop.signal);
  every(trustMs, () => book.refreshTrust().then(() => adopter.settle()), stop.signal);
  every(floorsMs, () => forgetFloors(store, clock()), stop.signal);
  every(config.gossip.syncIntervalMs, () => sync.round(), stop.signal);
  if (config.checkpoints.everyMs > 0) {
    const auto = new AutoCheckpoint({
      key: await readOnlineKey(config.checkpoints.keyFile),
      everyMs: config.checkpoints.everyMs,
      clock,
      ageMs: () => maintainers.age()?.ageMs ?? null,
      draft: (request, vouchedFor) => draft(drafting, request, undefined, vouchedFor),
      answers: id => prober?.get(id)?.up ?? false,
      publish: request => maintainers.publish(request),
      log,
    });
    every(Math.min(config.checkpoints.everyMs, minute), () => auto.tick(), stop.signal);
  }
  resources.use(await sayRunning(dataDir, { pid: options.pid, http, peerId: identity.peerId }));
  resources.defer(() => {
    ready = false;
  });
  ready = true;
  return { peerId: identity.peerId, addresses: host.addresses(), http, list: lists.name };
}

/** Maintainers' keys that ship with the release. */
async function shippedKeys(log: Log): Promise<PublicKey[]> {
  const folder = fileURLToPath(new URL('keys/', packageRoot));
  const names = (await readdir(folder)).filter(name => name.endsWith('.asc'));
  const files = await Promise.all(names.map(async name => ({ name, bytes: await readFile(join(folder, name)) })));
  return readShippedKeys(files, message => log('warn', message));
}

const limitsOf = ({ list, network }: Config) => ({ ...list, countPrivateNetworks: !network.allowPrivateAddresses });

function proberOf(
  { probe, network }: Config,
  { clock, random }: StartOptions,
  every: ReturnType<typeof ticker>,
  onObserved: ConstructorParameters<typeof Prober>[0]['onObserved'],
  resources: AsyncDisposableStack,
): Prober | undefined {
  if (!probe.enabled) return undefined;
  const asker = resources.adopt(new Asker(probe.timeoutMs), it => it.close());
  const deps = { clock, random, ticker: every, resolve: resolver(), reaches, ask: asker.ask, onObserved };
  return new Prober(deps, { ...probe, allowPrivateAddresses: network.allowPrivateAddresses });
}

const rememberedIn = (store: Store): RememberedStore => ({
  async load() {
    const peers: RememberedPeer[] = [];
    for await (const [peerId, value] of store.entries('peers'))
      peers.push({ peerId, addresses: JSON.parse(fromUtf8(value) ?? '[]') });
    return peers;
  },
  async save(peers) {
    const writes: Write[] = [];
    for await (const [peerId] of store.entries('peers')) writes.push({ space: 'peers', del: peerId });
    for (const { peerId, addresses } of peers)
      writes.push({ space: 'peers', put: peerId, value: utf8(JSON.stringify(addresses)) });
    await store.write(writes);
  },
});
