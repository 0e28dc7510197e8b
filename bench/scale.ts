// How cost grows with servers and nodes. --tables: what the formulas say, as docs/scale.md has it. Otherwise the simulations behind it:
// whole nodes on a fake clock, gossipsub without libp2p for more of them, the draw of observers, and what an observation costs to read.
import { parseArgs } from 'node:util';
import { observationHoldMs } from '../node/app/observers.ts';
import { minute, second } from '../node/base/time.ts';
import { ObservationBook } from '../node/karma/observation-book.ts';
import { seeded } from '../node/network/memory.ts';
import { observed } from '../node/records/observation.ts';
import { announcementOf, signerOf, testList, testNow } from '../test/announcements.ts';
import { chords, ObservingWorld } from '../test/simulation/observing-world.ts';
import { entryDials, Mesh, randomDials, type Spread } from '../test/simulation/scale-mesh.ts';
import { loadAmongAll, loadAmongKnown } from '../test/simulation/scale-observers.ts';
import { row, tables } from '../test/simulation/scale-tables.ts';
import { ScaleWorld } from '../test/simulation/scale-world.ts';

const { values } = parseArgs({
  options: {
    tables: { type: 'boolean', default: false },
    nodes: { type: 'string', default: '1000' },
    largest: { type: 'string', default: '100000' },
  },
});
const [nodes, largest] = [Number(values.nodes), Number(values.largest)];
const dials = 4;

if (values.tables)
  say(
    tables()
      .map(({ title, text }) => `${title}\n\n${text}`)
      .join('\n'),
  );
else {
  await wholeNodes();
  await parted();
  meshes();
  draws();
  await questions();
  reading();
}

async function wholeNodes(): Promise<void> {
  const sim = new ScaleWorld();
  await sim.start(nodes, dials);
  say(`\n${nodes} whole nodes, each with ${2 * dials} links on average, 5 to 40 ms each way\n`);
  say(row(['An announcement', 'on 50 %, ms', '95 %', '100 %', 'copies a node', 'bytes a copy']));
  for (let n = 1; n <= 3; n++) {
    sim.reset();
    await sim.announce(sim.nodes[n * 7]!);
    const times = await sim.until(n, [0.5, 0.95, 1], 5, 10 * second);
    await sim.world.net.advance(second);
    const { messages, bytes } = sim.gossip;
    say(row([`${n}`, ...times.map(String), figure(messages / nodes), figure(bytes / messages)]));
  }
  sim.reset();
  const restS = 300;
  await sim.world.net.advance(restS * second);
  say(
    `\nat rest: ${figure(sim.sync.bytes / nodes / restS)} B/s a node sends to compare lists, without what libp2p adds`,
  );
  const fresh = await sim.churn(nodes / 10, dials);
  await sim.announce(sim.nodes[0]!);
  const times = await sim.until(4, [0.5, 0.95, 1], 5, 600 * second);
  say(
    `a tenth leaves, ${fresh.length} new ones come, one announces at once: 50 %, 95 %, 100 % after ${times.join(', ')} ms`,
  );
}

async function parted(): Promise<void> {
  const bridges = 3;
  const each = 20;
  say(
    `\nTwo halves that ${bridges} links join are parted, ${each} announcements on either side, then they meet again\n`,
  );
  say(row(['Nodes', '50 % agree, s', '95 %', '100 %', 'bytes a node and difference']));
  for (const size of [nodes / 10, nodes / 2, nodes]) {
    const sim = new ScaleWorld();
    await sim.start(size, dials, { bridges });
    const halves = [sim.nodes.slice(0, size / 2), sim.nodes.slice(size / 2)];
    sim.world.net.partition(...halves.map(half => half.map(({ peerId }) => peerId)));
    for (const half of halves) for (let n = 0; n < each; n++) await sim.announce(half[(n * 7) % half.length]!);
    await sim.world.net.advance(5 * second);
    sim.reset();
    sim.world.net.heal();
    const times = await sim.until(2 * each, [0.5, 0.95, 1], second, 3_600 * second);
    const bytes = figure(sim.sync.bytes / size / each);
    say(row([`${size}`, ...times.map(ms => String(ms / second)), bytes]));
  }
}

function meshes(): void {
  const latencyMs = [10, 100] as const;
  say('\nGossipsub, 10 to 100 ms each way, a message of 471 bytes\n');
  say(row(['Nodes', 'what', 'mesh', 'on 50 %, ms', '95 %', '100 %', 'copies', 'by the mesh, %', 'offers']));
  const tell = (size: number, what: string, mesh: Mesh, it: Spread): void => {
    const times = [it.p50Ms, it.p95Ms, it.p100Ms].map(ms => (Number.isFinite(ms) ? String(ms) : 'never'));
    const shares = [it.copies, it.pushed * 100, it.offers].map(figure);
    say(row([String(size), what, figure(mesh.meshDegree), ...times, ...shares]));
  };
  for (let size = 100; size <= largest; size *= 10) {
    const mesh = new Mesh(randomDials(size, 8, seeded(3)), { latencyMs });
    tell(size, 'each dials 8 at random', mesh, mesh.publish(471));
    tell(size, '… passed on at once', mesh, mesh.publish(471, { holdMs: 0 }));
    tell(size, '… 30 % just died', mesh, mesh.publish(471, { dead: 0.3 }));
    tell(size, '… 30 % of all is lost', mesh, mesh.publish(471, { loss: 0.3 }));
    const held = { holdMs: observationHoldMs };
    tell(size, '… observations, 1,500 bytes', mesh, mesh.publish(1_500, held));
    tell(size, '… observations, 400 bytes', mesh, mesh.publish(400, held));
  }
  for (const [size, entries] of [
    [200, 1],
    [1_000, 40],
    [10_000, 400],
  ] as const) {
    const mesh = new Mesh(entryDials(size, entries, 8, seeded(3)), { latencyMs });
    tell(size, `all know ${entries} entry points alone`, mesh, mesh.publish(471));
  }
}

function draws(): void {
  say('\nThe draw of observers\n');
  say(row(['Nodes', 'servers', 'draws among', 'observers a server', 'servers an observer', 'at most', 'most to mean']));
  const tell = (
    size: number,
    servers: number,
    what: string,
    { perServer, mean, max }: ReturnType<typeof loadAmongAll>,
  ) => say(row([size, servers, what, figure(perServer), figure(mean), max, figure(max / mean)].map(String)));
  for (const [size, servers] of [
    [1_000, 1_000],
    [1_000, 10_000],
    [10_000, 10_000],
  ] as const)
    tell(size, servers, 'all', loadAmongAll(size, servers));
  for (const size of [100, 1_000, 10_000]) {
    const servers = 300_000 / size;
    tell(size, servers, '64 that he knows', loadAmongKnown(size, servers, 63));
  }
}

/** Whole observers that know each other: draw, duty, ledger, book. */
async function questions(): Promise<void> {
  const [servers, settleMinutes, minutes] = [5, 3, 5];
  say('\nQuestions a server and minute, where all know each other\n');
  say(row(['Nodes', 'servers', 'questions']));
  for (const size of [20, 100, 200, nodes]) {
    const world = new ObservingWorld(servers, { networksOf: 'connected', bus: true, karma: 1 });
    for (let number = 1; number <= size; number++) world.start(number, {});
    world.link(chords(size));
    await world.net.advance(settleMinutes * minute);
    say(row([String(size), String(servers), figure(await world.rate(minutes))]));
  }
}

/** What a node does with the observations of others: read, check, keep. */
function reading(): void {
  const [observers, entries, rounds] = [20, 100, 30];
  const servers = Array.from({ length: entries }, (_, n) => announcementOf(`s${n}`).id).sort();
  let now = testNow;
  const book = new ObservationBook({
    ...{ listName: testList, self: 'me', clock: () => now, weight: () => 1 },
    listed: () => true,
  });
  const batch = (observer: number, some: readonly string[]): Uint8Array => {
    const seen = { up: true, players: 5, maxPlayers: 16, map: 'oa_dm1', version: null, rttMs: 34, at: now };
    const told = some.map(server => ({ server, ...seen }));
    return observed({ issuedAt: now, entries: told }, testList, signerOf(1_000 + observer)).bytes;
  };
  say('\nReading observations\n');
  say(row(['Entries a batch', 'bytes', 'CPU a batch, ms', 'an entry, ms']));
  for (const size of [1, 10, entries]) {
    const times: number[] = [];
    let bytes = 0;
    for (let round = 0; round < rounds; round++) {
      now += 10 * second;
      const batches = Array.from({ length: observers }, (_, n) => batch(n, servers.slice(0, size)));
      bytes = batches[0]!.length;
      const before = process.cpuUsage();
      for (const it of batches) if (book.receive(it).action !== 'accept') throw new Error('a batch was refused');
      const { user, system } = process.cpuUsage(before);
      times.push((user + system) / 1_000 / observers);
    }
    const median = times.toSorted((a, b) => a - b)[rounds / 2]!;
    say(row([String(size), String(bytes), median.toFixed(3), (median / size).toFixed(4)]));
  }
}

function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(1);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
