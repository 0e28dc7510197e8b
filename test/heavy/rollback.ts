// Floods a network of real processes and rolls it back, again and again: see README.md.
import { parseArgs } from 'node:util';
import { temporaryFolder } from '../processes.ts';
import { draft, publish, state } from '../statement-processes.ts';
import { RollbackNetwork, servers } from './rollback-network.ts';

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '10' },
    servers: { type: 'string', default: '1000' },
    fakes: { type: 'string', default: '5000' },
    runs: { type: 'string', default: '10' },
    restarts: { type: 'string', default: '10' },
  },
});
const [nodes, real, fakes] = [Number(values.nodes), Number(values.servers), Number(values.fakes)];
const [runs, restarts] = [Number(values.runs), Number(values.restarts)];
/** From the moment that the rollback is published on one node to the last node that has the list without a fake. */
const healedWithinMs = 3_000;
/** 95 of 100 are no slower; of ten that is the slowest. */
const quantile = 0.95;

await using folder = await temporaryFolder();
try {
  await main();
  say('\nAll as it should be.');
} catch (error) {
  process.stderr.write(`\nFailed: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  await using network = await RollbackNetwork.open(folder.path, nodes);
  const good = await network.announce(servers(real, 0), 0);
  const { statement } = await state(network.nodes[0]!, network.maintainer);
  await network.untilInForce(1);
  say(`${nodes} nodes list ${real} servers, tree ${good.slice(0, 10)}, under checkpoint 1`);

  const took: number[] = [];
  for (let run = 1; run <= runs; run++) {
    await network.announce(servers(fakes, run), real);
    const times = await rollBack(network, good, statement.oid, run);
    took.push(Math.max(...times));
    say(
      `run ${run}: ${fakes} fakes gone from all nodes after ${ms(took.at(-1)!)}; the first after ${ms(Math.min(...times))}`,
    );
  }
  const sorted = took.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1]!;
  say(`min ${ms(at(0.01))}, median ${ms(at(0.5))}, p95 ${ms(at(quantile))}, max ${ms(at(1))}`);
  if (at(quantile) > healedWithinMs) throw new Error(`p95 is more than ${healedWithinMs} ms`);

  const last = nodes - 1;
  const flood = servers(fakes, runs + 1);
  await network.announce(flood, real);
  await network.stop(last);
  const down = network.nodes.pop()!;
  await rollBack(network, good, statement.oid, runs + 1);
  network.nodes.push(down);
  await startsClean(network, last, good);
  say('the node that was down had the rollback in force before it showed a list');

  for (let restart = 1; restart <= restarts; restart++) {
    const number = Math.floor(Math.random() * nodes);
    await network.stop(number);
    const began = performance.now();
    await startsClean(network, number, good);
    const readyMs = performance.now() - began;
    // Whoever listens hears all the fakes again.
    await network.say(flood);
    say(`restart ${restart}: node ${number} was ready after ${ms(readyMs)}, without a fake`);
  }
  const trees = new Set((await network.states()).map(({ tree }) => tree));
  if (trees.size !== 1 || !trees.has(good)) throw new Error(`the lists are ${[...trees].join(', ')}`);
}

/** Gives the milliseconds that each node took. */
async function rollBack(network: RollbackNetwork, good: string, to: string, run: number): Promise<number[]> {
  const publisher = network.nodes[run % network.nodes.length]!;
  const deny = { addresses: [`10.${run}.0.0/16`], reason: 'bots' };
  const drafted = await draft(publisher, network.maintainer, { kind: 'rollback', message: 'bots', to, deny });
  const signed = await network.maintainer.signDraft(drafted, Date.now());
  return network.adopted(good, run + 1, () => publish(publisher, signed));
}

/** Starts a node: the first list that it shows must be the good one, under the latest statement. */
async function startsClean(network: RollbackNetwork, number: number, good: string): Promise<void> {
  const node = await network.start(number);
  const { tree, total, statement } = await node.servers();
  if (tree !== good || total !== real || statement?.sequence !== runs + 2) {
    throw new Error(`node ${number} shows ${total} servers, tree ${tree}, under statement ${statement?.sequence}`);
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}
