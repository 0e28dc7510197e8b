// The flood that buried a commercial list, offered to one node's door: 1.28 million fakes by 10,000 identities over 203
// addresses, beside 1,800 real servers. Says how fast they are judged, against bare signature checks, and what they weigh.
import { parseArgs } from 'node:util';
import config from '../config.default.json' with { type: 'json' };
import { pause } from '../node/app/timers.ts';
import { Door } from '../node/gossip/door.ts';
import { ServerList } from '../node/list/server-list.ts';
import { type Announcement, formatAnnouncement, parseAnnouncement } from '../node/records/announcement.ts';
import { candidate, type Verified, verified } from '../node/records/verified.ts';
import { announcementOf, signerOf, testList, testNow } from '../test/announcements.ts';

const { values } = parseArgs({
  options: {
    fakes: { type: 'string', default: '1280000' },
    identities: { type: 'string', default: '10000' },
    addresses: { type: 'string', default: '203' },
    real: { type: 'string', default: '1800' },
  },
});
const [fakes, identities, addresses, real] = ['fakes', 'identities', 'addresses', 'real'].map(name =>
  Number(values[name as keyof typeof values]),
) as [number, number, number, number];

/** Announcements handed to the door at once: what gossip brings in one message. */
const batchMax = config.gossip.batchMax;
const now = testNow;
const print = (text: string) => void process.stdout.write(`${text}\n`);

/** Announcements for the measurements beside the flood itself. */
const sampleMax = 20_000;

type Timed = { count: number; ms: number };

/** CPU time, for others use the machine as well. */
async function timed(total: Timed, count: number, work: () => unknown): Promise<void> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  total.count += count;
  total.ms += (user + system) / 1_000;
}

const rate = ({ count, ms }: Timed) => `${Math.round((count / ms) * 1_000)}/s of CPU time`;
const mb = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;

/** The real ones have neighbours in each of the flooded networks. */
const addressOf = (n: number, host: number) =>
  `31.${7 + ((n % addresses) >> 8)}.${(n % addresses) & 255}.${host}:27015`;
const realOnes = Array.from({ length: real }, (_, n) =>
  announcementOf(`real-${n}`, { signer: signerOf(n), addresses: [addressOf(n, 10 + (n % 200))] }),
);
const dummy = 'A'.repeat(86);

/** Fake `n` without a signature of its own: most are never checked, and signing takes longer than judging. */
function fake(n: number): Announcement {
  const { announcement } = template;
  return {
    ...announcement,
    announcer: signerOf(1_000_000 + (n % identities)).peerId,
    server: `fake-${n}`,
    name: `${n} of 64 players online!`,
    addresses: [addressOf(n, 7)],
    signature: dummy,
  };
}
const template = announcementOf('template');

function fakeBytes(n: number, list: ServerList): Uint8Array {
  const bytes = formatAnnouncement(fake(n));
  const read = parseAnnouncement(bytes);
  if (!read.ok) throw new Error(read.message);
  // What finds no place now finds none in a moment either; all others are signed.
  return list.isHopeless(candidate(read.value, bytes)) ? bytes : signed(n).bytes;
}

const signed = (n: number): Verified => {
  const { server, name, addresses } = fake(n);
  return announcementOf(server, { name, addresses, signer: signerOf(1_000_000 + (n % identities)) });
};

for (const isEndorsed of [false, true]) {
  const list = new ServerList({ ...config.list, countPrivateNetworks: true });
  if (isEndorsed) list.setOrder(new Set(realOnes.map(({ id }) => id)), [], now);
  const door = new Door({
    list,
    listName: testList,
    clock: () => now,
    pause,
    changed: () => {},
    equivocated: () => {},
  });
  await door.receive(realOnes.map(({ bytes }) => bytes));
  if (list.listed.size !== real) throw new Error(`${list.listed.size} of the real ones are listed before the flood`);
  globalThis.gc?.();
  const before = process.memoryUsage();
  const judged = { count: 0, ms: 0 };
  for (let at = 0; at < fakes; at += batchMax) {
    const batch = Array.from({ length: Math.min(batchMax, fakes - at) }, (_, i) => fakeBytes(at + i, list));
    await timed(judged, batch.length, () => door.receive(batch));
  }
  // As it goes on: what finds no place, once enough wait.
  const hopeless = { count: 0, ms: 0 };
  for (let at = fakes; hopeless.count < sampleMax; at += batchMax) {
    const batch: Uint8Array[] = [];
    for (let n = at; n < at + batchMax; n++) {
      const bytes = formatAnnouncement(fake(n));
      if (list.isHopeless(candidate(fake(n), bytes))) batch.push(bytes);
    }
    await timed(hopeless, batch.length, () => door.receive(batch));
  }
  globalThis.gc?.();
  const after = process.memoryUsage();
  const left = realOnes.filter(({ id }) => list.listed.has(id)).length;
  print(
    `${isEndorsed ? 'real servers endorsed' : 'nobody endorsed'}: ${left} of ${real} real ones listed after ${fakes} fakes, ` +
      `${list.listed.size} in all, ${list.waiting} waiting`,
  );
  print(`  judged ${rate(judged)}, and what finds no place, once enough wait, ${rate(hopeless)}`);
  print(
    `  heap ${mb(before.heapUsed)} before, ${mb(after.heapUsed)} after; RSS ${mb(before.rss)} before, ${mb(after.rss)} after`,
  );
  if (isEndorsed && left !== real) throw new Error('endorsed servers lost their places');
}

const sample = Array.from({ length: sampleMax }, (_, n) => signed(n));
for (const [title, work] of [
  ['bare signature checks', (item: Verified) => verified(item, testList)],
  ['reading alone', ({ bytes }: Verified) => parseAnnouncement(bytes)],
] as const) {
  for (const item of sample) work(item);
  const done = { count: 0, ms: 0 };
  await timed(done, sample.length, () => sample.forEach(item => void work(item)));
  print(`${title}: ${rate(done)}`);
}
