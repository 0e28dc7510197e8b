// Gossipsub without libp2p, for networks too large for whole nodes: its mesh, its lazy gossip and its "I do not want", message
// by message; and the wait before a message is passed on (network/outflow.ts). No queues and no lines that are full: what is left is the shape of the network and how far light has to go.
import { holdMs as announcementHoldMs } from '../../node/gossip/announcements.ts';
import { meshDegrees } from '../../node/network/gossip.ts';
import { seeded } from '../../node/network/memory.ts';

/** Defaults of @libp2p/gossipsub 17.1.1: constants.js. */
const [lazyMin, lazyShare, historyTold, scoreKept, heartbeatMs] = [6, 0.25, 3, 4, 1_000];
/** Of messages from this size on whoever has one says so. */
export const idontwantBytes = 512;
/** Who was pruned is not grafted for a minute. */
const backoffBeats = 60;
/** After this many heartbeats nothing changes any more that matters. */
const beats = 12;
/** From a message's arrival until it is passed on: a share of what a message costs a node (FACTS, section 2). */
const judgedMs = 1;

/** Who dialled whom: of each node those that it dialled. */
export type Dials = readonly (readonly number[])[];

/** Each dials some at random, as nodes would that can hear of all others. */
export function randomDials(nodes: number, dials: number, random: () => number): Dials {
  return Array.from({ length: nodes }, (_, node) => someOf(nodes, Math.min(dials, nodes - 1), node, random));
}

/** The first `entries` are known to all and dialled by all, as nodes are that know nobody else. */
export function entryDials(nodes: number, entries: number, dials: number, random: () => number): Dials {
  const count = (node: number): number => Math.min(dials, node < entries ? entries - 1 : entries);
  return Array.from({ length: nodes }, (_, node) => someOf(entries, count(node), node, random));
}

export type Spread = {
  /** Milliseconds after which so many of a hundred of the living had the message; Infinity: never. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p100Ms: number;
  /** Copies that a node received, on average. */
  readonly copies: number;
  /** Of the living, who got it by the mesh alone. */
  readonly pushed: number;
  /** "I have" that a node received, on average. */
  readonly offers: number;
};

type Event = readonly [
  kind: 'message' | 'pulled' | 'idontwant' | 'ihave' | 'iwant' | 'beat' | 'pass',
  to: number,
  from: number,
];

export class Mesh {
  readonly nodes: number;
  readonly #random: () => number;
  readonly #links: readonly Set<number>[];
  readonly #outbound: readonly Set<number>[];
  readonly #mesh: readonly Set<number>[];
  readonly #latencyMs: readonly [number, number];
  readonly #degrees: typeof meshDegrees;
  readonly #backoff = new Map<number, number>();

  constructor(
    dials: Dials,
    { seed = 1, latencyMs = [5, 40] as readonly [number, number], degrees = meshDegrees } = {},
  ) {
    this.nodes = dials.length;
    this.#degrees = degrees;
    this.#random = seeded(seed);
    this.#latencyMs = latencyMs;
    const sets = () => dials.map(() => new Set<number>());
    [this.#links, this.#outbound, this.#mesh] = [sets(), sets(), sets()];
    for (const [node, peers] of dials.entries()) {
      for (const peer of peers) {
        this.#links[node]!.add(peer);
        this.#links[peer]!.add(node);
        if (!this.#outbound[peer]!.has(node)) this.#outbound[node]!.add(peer);
      }
    }
    for (let beat = 0; beat < beats; beat++) for (let node = 0; node < this.nodes; node++) this.#heartbeat(node, beat);
  }

  /** Peers in the mesh of a node, on average. */
  get meshDegree(): number {
    return this.#mesh.reduce((sum, { size }) => sum + size, 0) / this.nodes;
  }

  /** Nodes that have nobody in their mesh: they hear only what others offer them. */
  get unmeshed(): number {
    return this.#mesh.filter(({ size }) => size === 0).length;
  }

  /**
   * A message of the node that came last, which others hold for so long at most. A share of the nodes has just died, and of
   * all that is sent a share gets lost.
   */
  publish(bytes: number, { holdMs = announcementHoldMs, dead = 0, loss = 0 } = {}): Spread {
    const random = this.#random;
    const author = this.nodes - 1;
    const isDead = Array.from({ length: this.nodes }, (_, node) => node !== author && random() < dead);
    const hadAtMs: (number | undefined)[] = [];
    /** Pairs of a node and a peer that it knows to have the message. */
    const spared = new Set<number>();
    const knows = (node: number, peer: number): void => void spared.add(node * this.nodes + peer);
    const due: Event[][] = [];
    const count = { messages: 0, offers: 0, pushed: 1 };
    let now = 0;
    const at = (atMs: number, event: Event): void => {
      const slot = Math.round(atMs);
      const events = due[slot] ?? [];
      due[slot] = events;
      events.push(event);
    };
    const send = (kind: Event[0], to: number, from: number): void => {
      if (random() >= loss) at(now + this.#latencyOf(to, from), [kind, to, from]);
    };
    const take = (node: number, from: number, wasPulled: boolean): void => {
      hadAtMs[node] = now;
      if (!wasPulled && from !== node) count.pushed++;
      // Its author sends it to all, not to its mesh alone (`floodPublish`), and at once.
      if (from === node) for (const peer of this.#links[node]!) send('message', peer, node);
      else {
        if (bytes >= idontwantBytes) {
          for (const peer of this.#mesh[node]!) if (peer !== from) send('idontwant', peer, node);
        }
        at(now + judgedMs + random() * holdMs, ['pass', node, from]);
      }
      const phaseMs = random() * heartbeatMs;
      for (let beat = 0; beat < historyTold; beat++) at(now + phaseMs + beat * heartbeatMs, ['beat', node, node]);
    };
    const handle = ([kind, to, from]: Event): void => {
      if (isDead[to]) return;
      const has = hadAtMs[to] !== undefined;
      if (kind === 'message' || kind === 'pulled') {
        count.messages++;
        knows(to, from);
        if (!has) take(to, from, kind === 'pulled');
      } else if (kind === 'idontwant') knows(to, from);
      else if (kind === 'pass') {
        for (const peer of this.#mesh[to]!) if (!spared.has(to * this.nodes + peer)) send('message', peer, to);
      } else if (kind === 'ihave') {
        count.offers++;
        if (!has) send('iwant', from, to);
      } else if (kind === 'iwant') send('pulled', from, to);
      else for (const peer of this.#lazyPeers(to)) send('ihave', peer, to);
    };
    take(author, author, false);
    for (; now < due.length; now++) {
      for (const event of due[now] ?? []) handle(event);
      delete due[now];
    }
    const living = isDead.filter(it => !it).length;
    const times = hadAtMs.filter(it => it !== undefined).sort((a, b) => a - b);
    const after = (share: number): number => times[Math.ceil(share * living) - 1] ?? Number.POSITIVE_INFINITY;
    return {
      ...{ p50Ms: after(0.5), p95Ms: after(0.95), p100Ms: after(1) },
      copies: count.messages / living,
      pushed: count.pushed / living,
      offers: count.offers / living,
    };
  }

  #heartbeat(node: number, beat: number): void {
    const mesh = this.#mesh[node]!;
    const { D, Dlo, Dhi, Dout } = this.#degrees;
    if (mesh.size > Dhi) this.#prune(node, beat);
    if (mesh.size < Dlo) this.#graft(node, this.#links[node]!, D - mesh.size, beat);
    const outbound = [...mesh].filter(peer => this.#outbound[node]!.has(peer)).length;
    if (outbound < Dout) this.#graft(node, this.#outbound[node]!, Dout - outbound, beat);
  }

  #graft(node: number, among: ReadonlySet<number>, count: number, beat: number): void {
    const open = [...among].filter(peer => !this.#mesh[node]!.has(peer) && this.#mayGraft(node, peer, beat));
    for (const peer of drawn(open, count, this.#random)) {
      // Whoever has enough takes in only those that he dialled himself, and the other leaves him alone for a while.
      if (this.#mesh[peer]!.size >= this.#degrees.Dhi && !this.#outbound[peer]!.has(node)) {
        this.#backoff.set(this.#pair(node, peer), beat + backoffBeats);
        continue;
      }
      this.#mesh[node]!.add(peer);
      this.#mesh[peer]!.add(node);
    }
  }

  /** Keeps some by their score, which is the same for all here, and fills up by chance, enough outbound ones among them. */
  #prune(node: number, beat: number): void {
    const mesh = this.#mesh[node]!;
    const { D, Dout } = this.#degrees;
    const all = drawn([...mesh], mesh.size, this.#random);
    const isOut = (peer: number): boolean => this.#outbound[node]!.has(peer);
    const best = all.slice(0, Math.min(scoreKept, D));
    const wanted = Math.max(0, Dout - best.filter(isOut).length);
    const outbound = all.slice(scoreKept).filter(isOut).slice(0, wanted);
    const kept = new Set([...best, ...outbound, ...all].slice(0, D));
    for (const peer of all) {
      if (kept.has(peer)) continue;
      mesh.delete(peer);
      this.#mesh[peer]!.delete(node);
      this.#backoff.set(this.#pair(node, peer), beat + backoffBeats);
    }
  }

  #mayGraft(node: number, peer: number, beat: number): boolean {
    return (this.#backoff.get(this.#pair(node, peer)) ?? 0) <= beat;
  }

  #pair(a: number, b: number): number {
    return Math.min(a, b) * this.nodes + Math.max(a, b);
  }

  #lazyPeers(node: number): number[] {
    const others = [...this.#links[node]!].filter(peer => !this.#mesh[node]!.has(peer));
    return drawn(others, Math.max(lazyMin, Math.floor(lazyShare * others.length)), this.#random);
  }

  /** The same both ways, for ever. */
  #latencyOf(a: number, b: number): number {
    const [min, max] = this.#latencyMs;
    const mixed = Math.imul((Math.min(a, b) + 1) ^ Math.imul(Math.max(a, b) + 1, 0x9e3779b1), 0x85ebca6b);
    return min + (max - min) * (((mixed ^ (mixed >>> 13)) >>> 0) / 2 ** 32);
  }
}

/** Some of the items, by chance. */
function drawn<T>(items: T[], count: number, random: () => number): T[] {
  const size = Math.min(count, items.length);
  for (let i = 0; i < size; i++) {
    const j = i + Math.floor(random() * (items.length - i));
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
  return items.slice(0, size);
}

function someOf(nodes: number, count: number, except: number, random: () => number): number[] {
  const some = new Set<number>();
  while (some.size < count) {
    const peer = Math.floor(random() * nodes);
    if (peer !== except) some.add(peer);
  }
  return [...some];
}
