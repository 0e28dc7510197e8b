// Runs a network of nodes for a set time while everything happens to it that can, and looks whether anything grows, is lost or
// goes wrong: see README.md.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { minute, second } from '../../node/base/time.ts';
import { temporaryFolder } from '../processes.ts';
import { judge, tableOf } from './soak-judge.ts';
import { enterLab, loopbackLab, namespaceLab } from './soak-lab.ts';
import { soak } from './soak-run.ts';
import { csvOf } from './soak-samples.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    nodes: { type: 'string', default: '8' },
    servers: { type: 'string', default: '2000' },
    changes: { type: 'string', default: '2' },
    'lifetime-minutes': { type: 'string', default: '12' },
    hurry: { type: 'string', default: '1' },
    lab: { type: 'string', default: 'namespaces' },
    out: { type: 'string' },
  },
});
const number = (name: Exclude<keyof typeof values, 'lab' | 'out'>, least: number): number => {
  const value = Number(values[name]);
  if (!(value >= least)) throw new Error(`--${name} is ${values[name]}: give a number, at least ${least}`);
  return value;
};
/** The servers of newcomers that died last run out within two minutes, and for nodes with wrong clocks not at one time. */
const settleMs = 180 * second;
/** Set in the process that runs inside the namespace. */
const inside = process.env.SOAK_INSIDE !== undefined;
const shownMax = 20;

try {
  const way = values.lab === 'namespaces' && !inside ? enterLab() : undefined;
  if (values.lab === 'namespaces' && !inside && !way)
    say('no network namespaces here: on loopback, and without partitions');
  process.exitCode = way ? await enter(way) : await main();
} catch (error) {
  process.stderr.write(`\nFailed: ${error instanceof Error ? (error.stack ?? error.message) : error}\n`);
  process.exitCode = 1;
}

/** Runs this program again where it has a network of its own. */
async function enter([command, ...args]: readonly string[]): Promise<number> {
  const again = spawn(command!, [...args, process.execPath, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...process.env, SOAK_INSIDE: '1' },
  });
  const [code] = (await once(again, 'exit')) as [number | null];
  return code ?? 1;
}

async function main(): Promise<number> {
  await using folder = await temporaryFolder();
  await using lab = inside ? await namespaceLab() : loopbackLab;
  const began = performance.now();
  const result = await soak({
    folder: folder.path,
    lab,
    runMs: number('minutes', 0.1) * minute,
    nodes: number('nodes', 4),
    servers: number('servers', 0),
    changes: number('changes', 0),
    lifetimeMs: number('lifetime-minutes', 1) * minute,
    hurry: number('hurry', 0.01),
    settleMs,
    random: Math.random,
    say: line => say(`${((performance.now() - began) / second).toFixed(0).padStart(5)} s  ${line}`),
  });
  if (values.out !== undefined) {
    await mkdir(values.out, { recursive: true });
    await writeFile(join(values.out, 'samples.csv'), csvOf(result.samples));
  }
  const { counts, warnings, samples, missing, verified } = result;
  say(
    `\n${Object.entries(counts)
      .map(([what, count]) => `${what} ${count}`)
      .join(', ')}`,
  );
  for (const [kind, times] of warnings) say(`warned ${times} times: ${kind}`);
  say(`\nIn the middle of the run → at its end:\n${tableOf(result).join('\n')}\n`);
  const unsound = verified.flatMap(report => report.faults);
  for (const fault of [...missing, ...unsound].slice(0, shownMax)) say(fault);
  const checks = judge(result, settleMs);
  for (const { what, figure, bound, ok } of checks)
    say(`${ok ? 'ok  ' : 'FAIL'} ${what}: ${figure}${bound && `, ${bound}`}`);
  say(`${samples.length} samples`);
  return checks.every(({ ok }) => ok) ? 0 : 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
