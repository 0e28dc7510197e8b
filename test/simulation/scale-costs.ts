// What a list costs a node and the network, as formulas: servers, online nodes, and constants that were measured or follow from
// the formats. docs/scale.md tells them; scale.test.ts holds them to what was measured elsewhere.
import config from '../../config.default.json' with { type: 'json' };
import { day, minute, second } from '../../node/base/time.ts';
import { holdMs as announcementHoldMs } from '../../node/gossip/announcements.ts';
import { idontwantBytes } from './scale-mesh.ts';

export type Scale = { readonly servers: number; readonly nodes: number };

/** Name, value, unit and where it comes from; the first table of the page. */
export const constants = {
  renewals: [2, 'a server and day', 'half of the life of an announcement, `list.lifetimeMs`'],
  changes: [0.5, 'a server and day', 'assumed, as in bench/growth.ts'],
  moves: [0.1, 'a server and day', 'assumed, as in bench/growth.ts: one leaves, one comes'],
  announcementBytes: [471, 'B', 'FACTS 2: JSON of a typical announcement'],
  messageBytes: [
    112,
    'B',
    'by the formats: topic and Protobuf 46, yamux 12, noise 18, TCP and IP 36 of a shared packet',
  ],
  copies: [6.2, '', 'simulated below, of announcements: 6.6 without the wait of 20 ms before one is passed on'],
  observationCopies: [2.7, '', 'simulated below, of batches from 512 B on, with a wait of 250 ms'],
  smallCopies: [5, '', 'simulated below, of smaller ones, of which nobody says that he has them already'],
  refusalsBytes: [735, 'B', 'by the formats: seven times "I do not want", of 105 B each, for each batch from 512 B on'],
  messageMs: [0.42, 'ms of CPU', 'bench/README, spreading: a message with one announcement and its copies, 50 nodes'],
  observationBytes: [152, 'B', 'bench/README, scale: an entry of a batch'],
  batchBytes: [206, 'B', 'bench/README, scale: observer, time and signature of a batch'],
  entryMs: [0.0023, 'ms of CPU', 'bench/README, scale: each further entry of a batch, read and kept'],
  headBytes: [1_110, 'B', 'bench/README, comparing lists: nothing differs'],
  requestBytes: [
    600,
    'B',
    'what is left of those 1,110 without the answer: libp2p asks for the protocol of each stream',
  ],
  blobBytes: [580, 'B', 'bench/README, a day in the store: an announcement as stored, with its key'],
  blobSentBytes: [120, 'B', 'bench/README, comparing lists: the same in an answer, which is deflated as a whole'],
  commitBytes: [1_100, 'B', 'by the formats: a commit whose message names nine servers, deflated, and its key'],
  objectKeyBytes: [32, 'B', 'by the formats: key and head of a tree in the store'],
  indexBytes: [175, 'B', 'bench/README, a day in the store: indexes and log, a change'],
  baseMb: [163, 'MB', 'bench/README, a commit: what is left of 185 and 384 MB without servers'],
  serverKb: [2.21, 'KB', 'bench/README, a commit: the difference of those two'],
  connectionKb: [100, 'KB', 'config/schema.ts: an open connection'],
  loadMs: [0.056, 'ms', 'bench/README, a commit: 5.6 s for 100,000'],
  turnMs: [0.01, 'ms of CPU', 'probe/prober.ts: to see whose turn a place is'],
  rowBytes: [57, 'B', 'FACTS 5: 10,000 servers as JSON are 574 KB, gzipped'],
  drawnMax: [1_024, '', 'app/observers.ts: nodes in a draw'],
  circle: [64, '', 'assumed: a node and those whose word counts there, each node with a choice of its own'],
  pace: [50, 'entries/s', 'karma/observation-book.ts: what is taken of one observer'],
} as const satisfies Record<string, readonly [value: number, unit: string, source: string]>;

const of = (name: keyof typeof constants): number => constants[name][0];
const { observers, epochMs } = config.karma;
const { intervalMs } = config.probe;
const { connectionsMax } = config.network;
const { syncIntervalMs, syncPeers } = config.gossip;

/** Peers that a node dials: network/keeper.ts. */
export const peersWanted = 8;

/** Announcements a second in the whole list: whoever says something new need not renew for half a life. */
export function announcementsPerS({ servers }: Scale): number {
  const said = of('changes') + of('moves');
  const periodDays = 1 / of('renewals');
  const meanGapDays = (1 - Math.exp(-said * periodDays)) / said;
  return (servers * (1 / meanGapDays + of('moves')) * second) / day;
}

/** How many nodes ask one server in an interval. */
export const draws = {
  /** All know all to be good. */
  known: ({ nodes }: Scale) => Math.min(nodes, (observers * nodes) / Math.min(nodes, of('drawnMax'))),
  /** Each knows some others to be good, and nobody knows all: each circle wants observers of its own. */
  circles: ({ nodes }: Scale) => Math.min(nodes, (observers * nodes) / Math.min(nodes, of('circle'))),
  /**
   * Nobody knows anybody: each draws among himself, his peers, and one share for all others; and looks himself once an
   * epoch.
   */
  strangers: ({ nodes }: Scale) =>
    Math.min(nodes, (observers * nodes) / Math.min(nodes, peersWanted + 2) + (nodes * intervalMs) / epochMs),
};
export type Draw = keyof typeof draws;

/** Questions a minute that one observer asks. */
export const questionsPerMinute = (scale: Scale, draw: Draw): number =>
  (scale.servers * draws[draw](scale) * minute) / intervalMs / scale.nodes;

/** Observations that are told a second, in the whole list; what an observer has above his pace he keeps to himself. */
export const entriesPerS = (scale: Scale, draw: Draw): number =>
  scale.nodes * Math.min((questionsPerMinute(scale, draw) * second) / minute, of('pace'));

/** Batches a second: four a minute gather what is nothing new, or as many as it takes. */
export function batchesPerS(scale: Scale, draw: Draw): number {
  const entries = (entriesPerS(scale, draw) / scale.nodes) * (minute / second);
  return (scale.nodes * Math.min(entries, Math.max(4, entries / 100))) / (minute / second);
}

type Copies = 'copies' | 'observationCopies' | 'smallCopies';
/** Copies of a message that a node receives, and passes on: fewer where there are not enough peers for a mesh. */
export const copies = ({ nodes }: Scale, kind: Copies = 'copies'): number => Math.min(of(kind), nodes - 1);

/** Bytes a second that a node receives, and about as many that it sends. */
export const announcementTraffic = (scale: Scale): number =>
  announcementsPerS(scale) * (of('announcementBytes') + of('messageBytes')) * copies(scale);

export function observationTraffic(scale: Scale, draw: Draw): number {
  const batches = batchesPerS(scale, draw);
  const bytes = entriesPerS(scale, draw) * of('observationBytes') + batches * (of('batchBytes') + of('messageBytes'));
  const isSmall = bytes / batches - of('messageBytes') < idontwantBytes;
  if (isSmall) return copies(scale, 'smallCopies') * bytes;
  return copies(scale, 'observationCopies') * bytes + batches * of('refusalsBytes');
}

/** Seconds until all have an announcement, as the simulated mesh shows: hops of 55 ms, the mean of 10 to 100, and half of the wait. */
export const hopsS = ({ nodes }: Scale): number =>
  (0.055 + announcementHoldMs / second / 2) * (Math.log(nodes) / Math.log(of('copies')));
/** Before it is sent, an announcement waits for company. */
export const spreadS = (scale: Scale): number => config.gossip.batchMs / second + hopsS(scale);

/** Asks, and is asked as often; what is still on its way is found to differ, and fetched once more. */
export function syncTraffic(scale: Scale): number {
  const differing = announcementsPerS(scale) * spreadS(scale);
  return (2 * syncPeers * descentBytes(scale.servers, differing) * second) / syncIntervalMs;
}

export const traffic = (scale: Scale, draw: Draw): number =>
  announcementTraffic(scale) + observationTraffic(scale, draw) + syncTraffic(scale);

/** Share of one core. */
export function cpuShare(scale: Scale, draw: Draw): number {
  const messages = announcementsPerS(scale) + batchesPerS(scale, draw);
  const ms = messages * of('messageMs') + entriesPerS(scale, draw) * of('entryMs') + turnsPerS(scale) * of('turnMs');
  return ms / second;
}

/** Places looked at a second, to see whether it is this node's turn: when others are missed, or an epoch ends. */
export const turnsPerS = ({ servers }: Scale): number => servers * (second / (1.75 * intervalMs) + second / epochMs);

/** Folders of three hexadecimal digits, then servers; each entry as git has it, and as it travels. */
const fanout = 16;
const folders = [1, fanout, fanout ** 2] as const;
const leaves = fanout ** 3;
const [folderEntryBytes, leafEntryBytes] = [28, 73];
const [folderEntrySentBytes, leafEntrySentBytes] = [20, 40];

/** Of so many trees, those that so many changes touch. */
const touched = (trees: number, changes: number): number => trees * (1 - (1 - 1 / trees) ** changes);

/** Trees that a commit of so many changes writes, in bytes. */
export function treesBytes(servers: number, changes: number, entryBytes = 0): number {
  const upper = folders.reduce(
    (sum, trees) => sum + touched(trees, changes) * (fanout * folderEntryBytes + entryBytes),
    0,
  );
  return upper + touched(leaves, changes) * ((servers / leaves) * leafEntryBytes + entryBytes);
}

/** What it takes to find and fetch so many differences, both ways. The top tree comes with its hash. */
export function descentBytes(servers: number, differing: number): number {
  if (differing < 0.5) return of('headBytes');
  const fifth = 5;
  const folderBytes = fanout * folderEntrySentBytes + fifth + 20;
  const leafBytes = (servers / leaves) * leafEntrySentBytes + fifth + 20;
  const folder = touched(folders[1], differing) + touched(folders[2], differing);
  const depth = 4;
  return (
    of('headBytes') +
    depth * of('requestBytes') +
    folder * folderBytes +
    touched(leaves, differing) * leafBytes +
    differing * (of('blobSentBytes') + fifth + 20)
  );
}

/** Bytes that a day adds to the store: objects, then indexes and log. */
export function growthPerDay(scale: Scale): { readonly objects: number; readonly indexes: number } {
  const perDay = (announcementsPerS(scale) * day) / second;
  const { commitIntervalMs, commitChangesMax } = config.history;
  // In quiet times a commit waits for the interval after the first change; under load it comes with so many changes.
  const windowMs = commitIntervalMs + day / Math.max(perDay, 1);
  const commits = Math.max(day / windowMs, perDay / commitChangesMax);
  const changes = perDay / commits;
  const commit = of('commitBytes') * (0.3 + (0.7 * changes) / 9);
  const objects =
    commits * (treesBytes(scale.servers, changes, of('objectKeyBytes')) + commit) + perDay * of('blobBytes');
  return { objects, indexes: perDay * of('indexBytes') };
}

export const memoryMb = ({ servers, nodes }: Scale): number =>
  of('baseMb') + (servers * of('serverKb') + Math.min(nodes, connectionsMax) * of('connectionKb')) / 1_000;

export const storeMb = ({ servers }: Scale): number =>
  (servers * (of('blobBytes') + 70) + treesBytes(servers, servers, of('objectKeyBytes'))) / 1e6;

export const loadS = ({ servers }: Scale): number => (servers * of('loadMs')) / second;

/** Nodes that so many entry points can hold when each dials eight of them. */
export const entriesNeeded = ({ nodes }: Scale): number =>
  Math.ceil((nodes * Math.min(peersWanted, nodes - 1)) / connectionsMax);

/** Players that take part in gossip find room on so many online nodes: each dials eight, and so do the nodes themselves. */
export const playersPerNode = Math.floor((connectionsMax - 2 * peersWanted) / peersWanted);

/** Bytes a second that a player costs others who holds no list: a page of so many rows a minute. */
export const pagePollingTraffic = (rows: number): number => (rows * of('rowBytes') * second) / minute;
