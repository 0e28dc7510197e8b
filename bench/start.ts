// How long a node takes to start on a store with a large list and a long history: until it is ready, until the first page is
// shown, and until the whole list is. Beside it what it takes to read the same list with stock git, and from one file.
// node bench/start.ts [--servers 100000] [--commits 1000] [--rounds 3] [--kept <folder>]
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { parseAnnouncement } from '../node/records/announcement.ts';
import { testList } from '../test/announcements.ts';
import { writeLargeList } from '../test/large-list.ts';
import { maintainerOf } from '../test/maintainers.ts';
import { type NodeProcess, startProcess, temporaryFolder, waitFor } from '../test/processes.ts';
import { inForce, state, trust } from '../test/statement-processes.ts';

const { values } = parseArgs({
  options: {
    servers: { type: 'string', default: '100000' },
    commits: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
    kept: { type: 'string' },
  },
});
const [servers, commits, rounds] = [Number(values.servers), Number(values.commits), Number(values.rounds)];
/** To adopt a first statement of 100,000 servers takes half a minute on a busy machine. */
const adoptionMs = 300_000;

await using folder = await temporaryFolder();
const data = join(values.kept ?? folder.path, `start-${servers}-${commits}`);
if (!existsSync(data)) {
  await writeLargeList(data, servers, commits);
  await using node = await startProcess(data, ['--list', testList]);
  const ada = await maintainerOf('Ada', Date.now());
  await trust(node, ada.publicArmored);
  await state(node, ada);
  await waitFor(async () => (await inForce(node)) === 1, adoptionMs);
}

const seconds: Record<string, number>[] = [];
for (let round = 0; round < rounds; round++) seconds.push(await measured());
console.log(`${servers} servers, ${commits} commits; seconds`);
console.table(seconds);

async function measured(): Promise<Record<string, number>> {
  const took: Record<string, number> = {};
  const start = performance.now();
  const since = (from: number): number => Math.round((performance.now() - from) / 10) / 100;
  await using node = await startProcess(data, ['--list', testList]);
  took.ready = since(start);
  took['CPU until then'] = await cpuOf(node);
  const page = await node.get<{ total: number }>('/servers?limit=200');
  took['first page'] = since(start);
  took['CPU until the page'] = await cpuOf(node);
  if (page.total !== servers) throw new Error(`${page.total} of ${servers} servers are listed`);
  await node.servers();
  took['whole list'] = since(start);
  const repository = join(folder.path, `list-${start}.git`);
  await promisify(execFile)('git', ['clone', '-q', '--bare', '--depth', '1', `${node.http}/list.git`, repository]);
  const file = join(folder.path, 'records');
  await writeFile(file, Buffer.from(await (await fetch(`${node.http}/api/v1/commits/HEAD/records`)).arrayBuffer()));
  await node.stop();
  const git = performance.now();
  await readWithGit(repository);
  took['git cat-file'] = since(git);
  const one = performance.now();
  const read = await readFromFile(file);
  took['one file, parsed'] = since(one);
  if (read !== servers) throw new Error(`${read} of ${servers} announcements are in the file`);
  return took;
}

/** Of the process so far, by Linux. */
async function cpuOf({ child }: NodeProcess): Promise<number> {
  const stat = await readFile(`/proc/${child.pid}/stat`, 'utf8');
  const [user = 0, system = 0] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return (user + system) / 100;
}

/** The bodies of all blobs at the head, thrown away. */
async function readWithGit(repository: string): Promise<void> {
  const blobs = "git ls-tree -r --format='%(objectname)' HEAD:servers | git cat-file --batch > /dev/null";
  const child = spawn('sh', ['-c', blobs], { cwd: repository, stdio: 'inherit' });
  const code = await new Promise(resolve => child.once('exit', resolve));
  if (code !== 0) throw new Error(`git ended with ${code}`);
}

/** An announcement ends with a brace at the beginning of a line, and nothing else in it does. */
async function readFromFile(file: string): Promise<number> {
  const bytes = await readFile(file);
  const end = Buffer.from('\n}\n');
  let count = 0;
  for (let from = 0; from < bytes.length; count++) {
    const to = bytes.indexOf(end, from) + end.length;
    const read = parseAnnouncement(bytes.subarray(from, to));
    if (!read.ok) throw new Error(`announcement ${count}: ${read.message}`);
    from = to;
  }
  return count;
}
