// How long a rollback over a large list takes to come into force, and how long the event loop stands still meanwhile.
// Everything that a node does when the statement arrives, on one core; what has to be fetched has been fetched.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { second } from '../node/base/time.ts';
import { batches } from '../node/history/diff.ts';
import type { Write } from '../node/history/store.ts';
import { makeKey } from '../node/trust/make-key.ts';
import { openPrivateKey, signPayload } from '../node/trust/sign.ts';
import { withSignature } from '../node/trust/statement.ts';
import { testNow } from '../test/announcements.ts';
import type { Measured } from './rollback-measure.ts';
import { openNode } from './rollback-node.ts';
import { fakeOf, fakesRange, serverOf } from './servers.ts';

const { values } = parseArgs({
  options: {
    servers: { type: 'string', default: '100000' },
    fakes: { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '5' },
  },
});
const [servers, fakes, rounds] = [Number(values.servers), Number(values.fakes), Number(values.rounds)];
const now = testNow + 20 * second;

const folder = await mkdtemp(join(tmpdir(), 'rollcall-bench-'));
const [keyFile, statementFile] = [join(folder, 'key.asc'), join(folder, 'statement')];
try {
  const tree = await prepare();
  say(`${rounds} rounds each, median (fastest to slowest)\n`);
  say(
    row(
      'the node holds',
      'in force after, ms',
      'CPU time, ms',
      'longest stall, ms',
      'of own work, ms',
      'RSS at most, MB',
    ),
  );
  await measure('flooded', `${servers} servers, ${fakes} of them fakes`, tree);
  await measure('late', `${fakes} fakes and no other`, tree);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/**
 * Two nodes and a statement. `flooded` has seen all of it; `late` knew the fakes only and has just fetched the objects of
 * the statement's tree. Gives the hash of the list as it should be afterwards.
 */
async function prepare(): Promise<string> {
  const author = { name: 'Ada Quist', email: 'ada@example.org' };
  const key = await makeKey(author, testNow);
  const publicKey = Buffer.from(key.publicArmored);
  await writeFile(keyFile, publicKey);
  const bots = Array.from({ length: fakes }, (_, n) => fakeOf(n));
  await using flooded = await openNode(join(folder, 'flooded'), publicKey, now);
  await flooded.add(Array.from({ length: servers - fakes }, (_, n) => serverOf(n, 0)));
  const [target, tree] = [flooded.history.head!, flooded.live.tree.root()];
  await flooded.add(bots);
  const deny = { addresses: [fakesRange], reason: 'bots' };
  const { payload } = await flooded.draft({ kind: 'rollback', author, message: 'bots', to: target, deny }, target);
  const bytes = Buffer.from(payload, 'base64');
  const signer = await openPrivateKey(key.privateArmored);
  const statement = withSignature(bytes, await signPayload(bytes, signer, now));
  if (!statement.ok) throw new Error(statement.message);
  await writeFile(statementFile, statement.value.bytes);

  await using late = await openNode(join(folder, 'late'), publicKey, now);
  await late.add(bots);
  const objects: Write[] = [];
  for await (const [put, value] of flooded.store.entries('objects')) objects.push({ space: 'objects', put, value });
  for (const batch of batches(objects, 10_000)) await late.store.write(batch);
  return tree;
}

async function measure(name: string, holds: string, tree: string): Promise<void> {
  const rows: Measured[] = [];
  for (let round = 0; round < rounds; round++) {
    const copy = join(folder, 'copy');
    await cp(join(folder, name), copy, { recursive: true });
    rows.push(await adopt(copy));
    await rm(copy, { recursive: true });
  }
  const wrong = rows.find(measured => measured.tree !== tree || measured.servers !== servers - fakes);
  if (wrong) throw new Error(`the list is not what the statement says: ${JSON.stringify(wrong)}`);
  const spread = (field: Exclude<keyof Measured, 'servers' | 'tree'>) => {
    const sorted = rows.map(measured => Math.round(measured[field])).sort((a, b) => a - b);
    return `${sorted[sorted.length >> 1]} (${sorted[0]} to ${sorted.at(-1)})`;
  };
  say(row(holds, spread('tookMs'), spread('cpuMs'), spread('stallMs'), spread('ownStallMs'), spread('rssMb')));
}

/** In a process of its own, as a node that has just been started; all its threads on one core, where that can be told. */
async function adopt(node: string): Promise<Measured> {
  const script = fileURLToPath(new URL('rollback-measure.ts', import.meta.url));
  const command = [process.execPath, script, node, keyFile, statementFile, String(now)];
  const [program, ...rest] = process.platform === 'linux' ? ['taskset', '-c', '0', ...command] : command;
  const child = spawn(program!, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  if (code !== 0) throw new Error(`the measuring process ended with ${code}`);
  return JSON.parse(output) as Measured;
}

function row(first: string, ...cells: readonly string[]): string {
  return `| ${first.padEnd(40)} | ${cells.map(cell => cell.padEnd(20)).join(' | ')} |`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
