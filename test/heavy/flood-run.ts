// One flood from the first honest server to the healed list, and what was seen of it. Judges nothing.
import { setTimeout as wait } from 'node:timers/promises';
import { Attackers } from './flood-attackers.ts';
import { attackersRanges, type KindName, type Scale } from './flood-cast.ts';
import { FloodNetwork, peakMemory, storeBytes } from './flood-network.ts';

export type FloodOptions = {
  readonly folder: string;
  readonly scale: Scale;
  readonly kind: KindName;
  readonly peers: number;
  /** A maintainer vouches for the real servers before the attack. */
  readonly checkpoint: boolean;
  /** Honest announcements while the flood runs: at least so many, even when it is over before. */
  readonly announcements: number;
  readonly everyMs: number;
  /** The attack ends after this time, whatever is left of it. */
  readonly attackMsMax: number;
  readonly flags: readonly string[];
  readonly say: (line: string) => void;
};

export type Census = { readonly real: number; readonly late: number; readonly fakes: number; readonly shown: number };

export type FloodResult = {
  /** What each of V, H and W lists in the end. */
  readonly lists: readonly Census[];
  /** Places of fakes among the first rows, whenever V was asked. */
  readonly fakesAtTop: readonly number[];
  /** Milliseconds from H's request until W lists the server. */
  readonly spreads: readonly number[];
  readonly late: number;
  readonly attackMs: number;
  readonly settleMs: number;
  readonly memoryBytes: number;
  /** What V's store grew by. */
  readonly storeBytes: number;
  readonly sent: number;
  /** Announcements that V refused, by reason. */
  readonly refused: Readonly<Record<string, number>>;
  /** What is listed after a rollback that bars the attacker; only with a checkpoint. */
  readonly healed: readonly Census[];
};

/** Of those that everybody sees first; there are not always so many real ones. */
const rowsMax = 100;
const progressMs = 5_000;

export async function flood(options: FloodOptions): Promise<FloodResult> {
  const { folder, scale, kind, peers, checkpoint, flags, say } = options;
  await using network = await FloodNetwork.open(folder, scale, flags);
  const { victim, nodes } = network;
  say(`V, H and W list ${scale.real} real servers, ${scale.neighbours} of them in networks of the attacker`);
  if (checkpoint) await network.checkpoint();
  const statement = (await victim.status()).statement;
  const before = (await victim.status()).refused;
  const storedBefore = await storeBytes(victim);
  await using attackers = new Attackers(peers, { victim: victim.address, kind, scale, now: Date.now() });
  await attackers.signed();
  say(`${scale.fakes} fakes are signed; ${peers} peers begin to send`);

  const fakesAtTop: number[] = [];
  const rows = Math.min(rowsMax, scale.real);
  const began = performance.now();
  let attackMs: number | undefined;
  const attack = attackers.attack().then(() => {
    attackMs = performance.now() - began;
  });
  const over = new AbortController();
  const limit = wait(options.attackMsMax, undefined, { signal: over.signal }).then(
    () => attackers.stop(),
    () => {},
  );
  const watch = async () => {
    while (attackMs === undefined) {
      await Promise.race([attack, wait(progressMs)]);
      const { servers, refused } = await victim.status();
      fakesAtTop.push(...(await network.fakesAmongFirst(rows)));
      say(
        `${seconds(performance.now() - began)}: ${attackers.sent} sent, ${sum(refused)} refused, ${servers} listed, ` +
          `peak ${megabytes(await peakMemory(victim))}`,
      );
    }
  };
  const announce = async () => {
    const spreads: number[] = [];
    while (attackMs === undefined || spreads.length < options.announcements) {
      spreads.push(await network.spread());
      await wait(options.everyMs);
    }
    return spreads;
  };
  const [spreads] = await Promise.all([announce(), watch(), attack.then(() => over.abort()), limit]);
  say(`the last fake was sent after ${seconds(attackMs!)}`);
  const settleMs = await network.settle();
  fakesAtTop.push(...(await network.fakesAmongFirst(rows)));
  const lists = await Promise.all(nodes.map(node => network.census(node)));
  const { refused } = await victim.status();
  const memoryBytes = await peakMemory(victim);
  const stored = await storeBytes(victim);

  let healed: Census[] = [];
  if (statement) {
    await network.rollBack(statement.oid, attackersRanges(scale));
    await network.settle();
    healed = await Promise.all(nodes.map(node => network.census(node)));
  }
  return {
    ...{ lists, fakesAtTop, spreads, late: spreads.length, attackMs: attackMs!, settleMs, memoryBytes, healed },
    sent: attackers.sent,
    storeBytes: stored - storedBefore,
    refused: Object.fromEntries(Object.entries(refused).map(([code, n]) => [code, n - (before[code] ?? 0)])),
  };
}

export const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);
export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
export const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 ** 2)} MB`;
