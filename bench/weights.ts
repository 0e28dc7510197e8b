// What a listed server weighs in each part of a node that keeps something of it: --wide, each server in a network of its own,
// as an attacker would have it, or as in the other measurements. Nothing is signed, stored or sent.
import { parseArgs } from 'node:util';
import config from '../config.default.json' with { type: 'json' };
import { Announcers } from '../node/app/announcers.ts';
import { Live } from '../node/app/live.ts';
import { Neighbours } from '../node/list/neighbours.ts';
import { ServerList } from '../node/list/server-list.ts';
import { Prober } from '../node/probe/prober.ts';
import { formatAnnouncement, parseAnnouncement } from '../node/records/announcement.ts';
import { candidate, type Verified } from '../node/records/verified.ts';
import { testNow as now, signerOf } from '../test/announcements.ts';

const { values } = parseArgs({
  options: {
    servers: { type: 'string', default: '200000' },
    wide: { type: 'boolean', default: false },
  },
});
const servers = Number(values.servers);
const perAnnouncer = 20;
const perNetwork = 25;
const signature = 'A'.repeat(86);

/** As it comes from the network: no text of it is in memory yet. */
function server(n: number): Verified {
  const network = values.wide ? n : Math.floor(n / perNetwork);
  const bytes = formatAnnouncement({
    announcer: signerOf(1 + Math.floor(n / perAnnouncer)).peerId,
    server: `s${n}`,
    game: ['sauerbraten', 'openarena', 'mindustry', 'xonotic'][n % 4]!,
    name: `Server ${n} of many`,
    addresses: [`${60 + (network >> 16)}.${(network >> 8) & 255}.${network & 255}.${1 + (n % 250)}:27960`],
    state: 'up',
    version: '2026.1',
    tags: ['instagib'],
    attributes: { country: 'de' },
    issuedAt: now,
    expiresAt: now + config.list.lifetimeMs,
    signature,
  });
  const read = parseAnnouncement(bytes);
  if (!read.ok) throw new Error(read.message);
  return candidate(read.value, bytes) as Verified;
}

const heap = (): number => {
  globalThis.gc!();
  // A collection still counts the buffers that it finds dead.
  globalThis.gc!();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

let before = heap();
/** Or V8 lets go of what is not used any more. */
const kept: unknown[] = [];
function weigh(part: string, made: unknown): void {
  kept.push(made);
  const after = heap();
  const mb = ((after - before) / 1e6).toFixed(0).padStart(5);
  process.stdout.write(`${mb} MB, ${Math.round((after - before) / servers)} B a server: ${part}\n`);
  before = after;
}

const items = Array.from({ length: servers }, (_, n) => server(n));
const changes = items.map(item => ({ id: item.id, before: undefined, after: item }));
weigh('announcements, their ids and hashes', changes);
const list = new ServerList({ ...config.list, serversMax: servers, countPrivateNetworks: true });
for (const item of items) list.admit(item, now);
if (list.listed.size !== servers) throw new Error(`only ${list.listed.size} are listed`);
weigh('list: who has a place and when it ends', list);
const live = new Live(list);
live.changed(changes);
live.tree.root();
weigh('tree, and blobs by hash', live);
const neighbours = new Neighbours({ ...config.view, since: () => now, countPrivateNetworks: true });
neighbours.changed(changes);
weigh('neighbours', neighbours);
const announcers = new Announcers({ endorsed: () => false } as unknown as ConstructorParameters<typeof Announcers>[0]);
announcers.changed(changes);
weigh('announcers', announcers);
const prober = new Prober(
  {
    ...{
      clock: () => now,
      monotonic: () => now,
      random: Math.random,
      ticker: () => {},
      resolve: async () => [],
      reaches: () => false,
    },
    ...{ ask: async () => undefined, onObserved: () => {}, endorsed: () => false },
    duty: () => ({ atMs: now, firm: false }),
  },
  { ...config.probe, allowPrivateAddresses: false },
);
for (const { id, announcement } of items) prober.list({ id, ...announcement });
weigh('prober', prober);
