// What tests and heavy checks start goes with them, also when somebody ends them early.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import test from 'ava';
import { waitFor } from './processes.ts';

/** Starts a node in a folder of its own, says which, and never ends. */
const check = `
  import { startProcess, temporaryFolder } from '${new URL('processes.ts', import.meta.url)}';
  await using folder = await temporaryFolder();
  await using node = await startProcess(folder.path);
  console.log(JSON.stringify({ folder: folder.path, pid: node.child.pid }));
  await new Promise(resolve => setTimeout(resolve, 2 ** 31 - 1));
`;

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`a check that is ended by ${signal} leaves neither nodes nor folders behind`, async t => {
    const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', check], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const { folder, pid } = JSON.parse(line) as { folder: string; pid: number };
    t.true(isRunning(pid));
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
    await waitFor(async () => !isRunning(pid));
    await t.throwsAsync(access(folder), { code: 'ENOENT' });
  });
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
