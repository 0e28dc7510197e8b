// A whole soak: the network, everything that happens in it, the samples, and what has to hold in the end.
import { setTimeout as wait } from 'node:timers/promises';
import type { ServersPage, Status, VerifyReport } from '../../node/api/port.ts';
import { second } from '../../node/base/time.ts';
import { Loudspeaker } from '../../node/demo/loudspeaker.ts';
import { signerOf } from '../announcements.ts';
import { maintainerOf } from '../maintainers.ts';
import { trust } from '../statement-processes.ts';
import { Crowd } from './soak-crowd.ts';
import type { Lab } from './soak-lab.ts';
import { openNarrow } from './soak-narrow.ts';
import { list, rolesOf, SoakNode } from './soak-network.ts';
import { OwnServers } from './soak-own.ts';
import { type Sample, sampleOf } from './soak-samples.ts';
import { isFault, Troubles } from './soak-troubles.ts';
import { Visitors } from './soak-visitors.ts';

export type SoakOptions = {
  readonly folder: string;
  readonly lab: Lab;
  readonly runMs: number;
  readonly nodes: number;
  readonly servers: number;
  /** Of the crowd, a second, beside renewals. */
  readonly changes: number;
  /** Of announcements that are renewed at half of it. */
  readonly lifetimeMs: number;
  /** Share of the usual time between two troubles. */
  readonly hurry: number;
  /** How long the trees may differ once nobody changes anything. */
  readonly settleMs: number;
  readonly random: () => number;
  readonly say: (line: string) => void;
};

export type SoakResult = {
  readonly samples: readonly Sample[];
  readonly faults: readonly string[];
  readonly warnings: ReadonlyMap<string, number>;
  readonly counts: Readonly<Record<string, number>>;
  /** From the end of all changes until all nodes had one tree; infinite when they never had. */
  readonly settledMs: number;
  readonly verified: readonly VerifyReport[];
  /** Announcements that nodes acknowledged, and of these what is not on some node's list as it should be. */
  readonly missing: readonly string[];
  /** Nodes whose figures tell what grows: they ran all the time. */
  readonly steady: readonly number[];
  /** Of these, those whose memory shows what they hold. */
  readonly givingBack: readonly number[];
};

const sampleMs = 10 * second;
/** One node's own servers: a small hoster's. */
const perNode = 20;
const ownEveryMs = 400;
const readEveryMs = 250;
const listenEveryMs = 3 * second;
const cloneEveryMs = 60 * second;
const lookMs = 250;
/** What the walled node gets: a slow mobile connection, which breaks after some hundred kilobytes. */
const narrow = { bytesPerSecond: 48_000, breakMinBytes: 200_000, breakSpanBytes: 2_000_000 };

export async function soak(options: SoakOptions): Promise<SoakResult> {
  const { folder, lab, random, say } = options;
  await using resources = new AsyncDisposableStack();
  const roles = rolesOf(options.nodes, options.lifetimeMs);
  const maintainer = await maintainerOf('Ada', Date.now());
  const nodes: SoakNode[] = [];
  const open = async (role: (typeof roles)[number], entries: readonly string[]) => {
    const node = resources.use(await SoakNode.open(folder, lab, { ...role, entries }));
    await trust(await node.start(), maintainer.publicArmored);
    nodes.push(node);
    return node.process!.address;
  };
  const first = await open(roles[0]!, []);
  const [, , host, , port] = first.split('/');
  const breakAfter = () => narrow.breakMinBytes + random() * narrow.breakSpanBytes;
  const door = resources.use(
    await openNarrow({ ...narrow, host: lab.own, to: { host: host!, port: Number(port) }, breakAfter }),
  );
  const throughDoor = `/ip4/${lab.own}/tcp/${door.port}/p2p/${nodes[0]!.process!.peerId}`;
  for (const role of roles.slice(1)) {
    // Each knows two others at first, as far as there are.
    const known = [first, nodes.at(-1)!.process!.address];
    await open(role, role.walled ? [throughDoor] : [...new Set(known)]);
  }
  say(`${nodes.length} nodes are up`);

  const begin = performance.now();
  const stop = new AbortController();
  const { signal } = stop;
  const faults: string[] = [];
  const fault = (what: unknown) => {
    const text = what instanceof Error ? (what.stack ?? what.message) : String(what);
    say(`FAULT ${text}`);
    faults.push(text);
  };
  const own = new OwnServers(perNode, random);
  const near = nodes.filter(({ role }) => !role.walled).map(({ process }) => process!.address);
  const loudspeaker = resources.use(
    await Loudspeaker.open({
      ...{ seed: signerOf(4_999_999).seed, list, entries: near, clock: Date.now, random },
      signal: AbortSignal.timeout(options.settleMs),
    }),
  );
  const { lifetimeMs, changes } = options;
  const size = Math.max(0, options.servers - nodes.length * perNode);
  const crowd = new Crowd({ size, lifetimeMs, changes, loudspeaker, random }, Date.now());
  const visitors = resources.use(new Visitors(random, fault));
  const troubles = new Troubles({ ...options, nodes, own, maintainer, signal, say, fault });
  const samples: Sample[] = [];
  const sample = async () => {
    const atS = (performance.now() - begin) / second;
    const announced = crowd.announced + own.acknowledged;
    const taken = await Promise.all(nodes.map(node => sampleOf(node, atS, announced)));
    samples.push(...taken.flatMap(it => it ?? []));
    // Of others this is done where they are started again.
    for (const { died } of nodes) if (died !== undefined && !faults.includes(died)) fault(died);
  };
  const oneOf = () => {
    const answering = nodes.filter(node => node.answers);
    return answering[Math.floor(random() * answering.length)];
  };
  const again = async (everyMs: number, work: () => unknown) => {
    while (await wait(everyMs, true, { signal }).catch(() => false)) {
      try {
        await work();
      } catch (error) {
        fault(error);
      }
    }
  };
  /** What was asked of nodes and not answered yet: nobody waits behind one that stands still. */
  const asked = new Set<Promise<unknown>>();
  const onOne = (everyMs: number, work: (node: SoakNode) => Promise<unknown>) =>
    again(everyMs, () => {
      const node = oneOf();
      if (!node) return;
      const answer = work(node).catch(fault);
      asked.add(answer);
      void answer.then(() => asked.delete(answer));
    });
  for (const node of nodes) await own.begin(node);
  const working = Promise.all([
    again(crowd.intervalMs, () => crowd.tick(Date.now())),
    again(sampleMs, sample),
    onOne(ownEveryMs, node => own.change(node)),
    onOne(readEveryMs, node => visitors.read(node)),
    onOne(listenEveryMs, async node => visitors.listen(node)),
    onOne(cloneEveryMs * options.hurry, node => visitors.clone(node, folder)),
    troubles.run(options.hurry),
  ]);
  await wait(options.runMs - (performance.now() - begin));
  stop.abort();
  await working;
  await Promise.all(asked);
  // One that did not start again is told of already.
  for (const node of nodes) if (!node.process) await node.start();
  await crowd.finish(Date.now());
  say('nothing is changed any more');
  const settledMs = await settle(nodes, options.settleMs);
  await sample();

  const lists = await Promise.all(nodes.map(({ process }) => process!.get<ServersPage>('/servers?all=true')));
  const missing = lists.flatMap(({ servers }, at) =>
    nodes.flatMap(node => own.missing(node, servers)).map(fault => `on ${nodes[at]!.name}: ${fault}`),
  );
  const verified: VerifyReport[] = [];
  for (const { process } of nodes) verified.push(await process!.send<VerifyReport>('POST', '/verify', { full: true }));
  const warnings = new Map<string, number>();
  for (const node of nodes) {
    await node.stop('SIGTERM').catch(fault);
    for (const line of await node.log()) {
      if (isFault(line)) fault(`${node.name} logged: ${line}`);
      else count(warnings, kindOf(line));
    }
  }
  return {
    samples,
    faults,
    warnings,
    counts: {
      ...{ announced: crowd.announced, acknowledged: own.acknowledged, broken: door.broken() },
      ...troubles.counts,
      ...visitors.counts,
    },
    settledMs,
    verified,
    missing,
    steady: roles.flatMap(({ mortal, number }) => (mortal ? [] : [number])),
    givingBack: roles.flatMap(({ mortal, givesBack, number }) => (mortal || !givesBack ? [] : [number])),
  };
}

/** Milliseconds until all nodes have one list under one statement. */
async function settle(nodes: readonly SoakNode[], settleMs: number): Promise<number> {
  const began = performance.now();
  for (;;) {
    const states = await Promise.all(nodes.map(({ process }) => process!.get<Status>('/status')));
    const tookMs = performance.now() - began;
    if (new Set(states.map(({ tree, statement }) => `${tree} ${statement?.oid}`)).size === 1) return tookMs;
    if (tookMs > settleMs) return Number.POSITIVE_INFINITY;
    await wait(lookMs);
  }
}

/** What a line of the log says, without whom it says it of. */
function kindOf(line: string): string {
  const { msg } = JSON.parse(line) as { msg: string };
  return msg.replaceAll(/\b(?:12D3\w+|[0-9a-f]{8,}|\d+)\b/g, '…').slice(0, 120);
}

const count = (counts: Map<string, number>, kind: string) => void counts.set(kind, (counts.get(kind) ?? 0) + 1);
