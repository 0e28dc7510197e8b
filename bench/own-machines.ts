// The same network where each node has a machine and a line of its own, which is the real case: in virtual time, with what was measured
// here charged to each node's own core. One announcement, or many cut into messages that are passed on while others are being checked.
import { holdMs } from '../node/gossip/announcements.ts';
import { seeded } from '../node/network/memory.ts';
import { idontwantBytes } from '../test/simulation/scale-mesh.ts';

/** CPU time of one node. */
export type Costs = {
  /** For each announcement in a message. */
  readonly recordMs: number;
  /** For each message: reading all of its copies, and passing it on. */
  readonly messageMs: number;
};

export type Setting = {
  /** Of each node, whom it dialled. */
  readonly dials: readonly (readonly number[])[];
  readonly costs: Costs;
  readonly recordBytes: number;
  /** One way. */
  readonly latencyMs: number;
  readonly uplinkBytesPerMs: number;
};

/** Milliseconds until half of the nodes and until all have all of it. */
export type Spread = { readonly halfMs: number; readonly allMs: number };

/** Peers that a node gossips with, as a network of 50 has them: gossipsub wants 7 and takes up to 9. */
const meshMax = 9;

type Due = { readonly atMs: number; readonly run: () => void };

/** What is due, in order of time. */
class Agenda {
  readonly #due: Due[] = [];
  nowMs = 0;

  at(atMs: number, run: () => void): void {
    let place = this.#due.length;
    while (place > 0 && this.#due[place - 1]!.atMs < atMs) place--;
    this.#due.splice(place, 0, { atMs, run });
  }

  runAll(): void {
    for (let next = this.#due.pop(); next; next = this.#due.pop()) {
      this.nowMs = next.atMs;
      next.run();
    }
  }
}

/** A core or an uplink: does one thing after another. */
class Worker {
  readonly #agenda: Agenda;
  #freeAtMs = 0;

  constructor(agenda: Agenda) {
    this.#agenda = agenda;
  }

  do(tookMs: number, done: () => void): void {
    this.#freeAtMs = Math.max(this.#freeAtMs, this.#agenda.nowMs) + tookMs;
    this.#agenda.at(this.#freeAtMs, done);
  }
}

/** A node announces so many at once, each message with as many as told. */
export function spread(
  { dials, costs, recordBytes, latencyMs, uplinkBytesPerMs }: Setting,
  records: number,
  perMessage: number,
  seed: number,
): Spread {
  const random = seeded(seed);
  const nodes = dials.length;
  const agenda = new Agenda();
  const { links, mesh } = meshOf(dials, random);
  const cores = dials.map(() => new Worker(agenda));
  const uplinks = dials.map(() => new Worker(agenda));
  const author = Math.floor(random() * nodes);
  const left = dials.map(() => records);
  const doneAtMs: number[] = [];

  const send = (from: number, bytes: number, arrived: () => void): void =>
    uplinks[from]!.do(bytes / uplinkBytesPerMs, () => agenda.at(agenda.nowMs + latencyMs, arrived));

  for (let rest = records; rest > 0; rest -= perMessage) {
    const count = Math.min(perMessage, rest);
    // Each behind its length.
    const bytes = count * (recordBytes + 2);
    const seen = new Set([author]);
    /** Of each node, who is known to have the message. */
    const having = dials.map(() => new Set<number>());
    const pass = (node: number, peers: Iterable<number>): void => {
      for (const peer of peers) if (!having[node]!.has(peer)) send(node, bytes, () => arrived(peer, node));
    };
    const arrived = (node: number, from: number): void => {
      having[node]!.add(from);
      if (seen.has(node)) return;
      seen.add(node);
      // Who has a large message says so before it is judged.
      if (bytes >= idontwantBytes)
        for (const peer of mesh[node]!) agenda.at(agenda.nowMs + latencyMs, () => having[peer]!.add(node));
      cores[node]!.do(costs.messageMs + count * costs.recordMs, () => {
        left[node]! -= count;
        if (left[node] === 0) doneAtMs.push(agenda.nowMs);
        agenda.at(agenda.nowMs + random() * holdMs, () => pass(node, mesh[node]!));
      });
    };
    // Its author sends it to all that it is connected with.
    pass(author, links[author]!);
  }
  agenda.runAll();
  if (doneAtMs.length !== nodes - 1) throw new Error(`${nodes - 1 - doneAtMs.length} nodes never had all`);
  return { halfMs: doneAtMs[doneAtMs.length >> 1]!, allMs: doneAtMs.at(-1)! };
}

/** With whom each is connected, and with whom of them it gossips. */
function meshOf(dials: Setting['dials'], random: () => number) {
  const [links, mesh] = [dials.map(() => new Set<number>()), dials.map(() => new Set<number>())];
  const pairs = dials.flatMap((peers, node) => peers.map(peer => ({ node, peer, draw: random() })));
  for (const { node, peer } of pairs.sort((a, b) => a.draw - b.draw)) {
    links[node]!.add(peer);
    links[peer]!.add(node);
    if (mesh[node]!.size >= meshMax || mesh[peer]!.size >= meshMax) continue;
    mesh[node]!.add(peer);
    mesh[peer]!.add(node);
  }
  return { links, mesh };
}
