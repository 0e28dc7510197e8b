// Every transcript in docs/cli and docs/maintainers.md is run against a real node, one a page.
import { globSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { emptyFolder } from './harness.ts';
import { demoMaxMs, Running, ran, startedNode, type Where } from './real-node.ts';
import { matches, parsePage, type Step } from './transcript.ts';

const docs = new URL('../../docs/', import.meta.url);
const commandPages = (await readdir(new URL('cli/', docs))).filter(name => name.endsWith('.md')).toSorted();
const pages = [...commandPages.map(name => `cli/${name}`), 'maintainers.md'];

/** The demo is run twice on its page, and others have dozens of commands. */
const pageMaxMs = 2 * demoMaxMs;

test('every command has its page', async t => {
  await using empty = await emptyFolder();
  const { stdout } = await ran(['--help'], { cwd: empty.folder, data: empty.folder });
  const commands = [...stdout.slice(stdout.indexOf('\nCommands:')).matchAll(/^ {2}([a-z]+)/gm)].map(match => match[1]!);
  t.deepEqual(
    commands.filter(command => command !== 'help' && !commandPages.includes(`${command}.md`)),
    [],
  );
});

for (const name of pages) {
  test.serial(`docs/${name} is true`, async t => {
    t.timeout(pageMaxMs);
    const page = parsePage(await readFile(new URL(name, docs), 'utf8'));
    await using temporary = await emptyFolder();
    const where = { cwd: temporary.folder, data: join(temporary.folder, 'data') };
    await mkdir(where.data);
    await using node = page.needsNode ? await startedNode(where) : undefined;
    for (const argv of page.setup) {
      const { exit, stderr } = await ran(expanded(argv, where), where);
      t.is(exit, 0, stderr);
    }
    for (const step of page.steps) {
      await node?.settled();
      await (step.keepsRunning ? interrupted(t, step, where) : finished(t, step, where));
    }
  });
}

/** A star stands for the names of files, as in a shell. */
const expanded = (argv: readonly string[], { cwd }: Where): string[] =>
  argv.flatMap(word => {
    const found = word.includes('*') ? globSync(word, { cwd }).toSorted() : [];
    return found.length > 0 ? found : [word];
  });

async function finished(t: ExecutionContext, { argv, output, exit: expected }: Step, where: Where): Promise<void> {
  const { exit, stdout, stderr } = await ran(expanded(argv, where), where, demoMaxMs);
  const printed = stdout + stderr;
  t.true(matches(output, printed), `rollcall ${argv.join(' ')} printed\n${printed}instead of\n${output}`);
  t.is(exit, expected, `rollcall ${argv.join(' ')}`);
}

/** Its own data folder: the page's node may hold the other, and a folder holds one list. */
async function interrupted(t: ExecutionContext, { argv, output, exit: expected }: Step, where: Where): Promise<void> {
  const running = new Running(argv, { ...where, data: await mkdtemp(join(where.cwd, 'data-of-its-own-')) });
  await running.until(stdout => matches(output, stdout));
  running.interrupt();
  const { exit } = await running.ended();
  t.is(exit, expected, `rollcall ${argv.join(' ')}`);
}
