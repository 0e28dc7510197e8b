// The data folder: may a node use it, do its secrets stay secret, and who is running on it?
import { access, constants, lstat, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { platform } from 'node:process';
import { openIdentity } from '../../identity/keyfile.ts';
import { parseRunning } from '../client.ts';
import { type Finding, failedCheck, findingsOf } from './findings.ts';

/** Any right of the group or of others; Windows has no such modes. */
const exposedMode = platform === 'win32' ? 0 : 0o077;

export async function judgeFolder(dataDir: string): Promise<Finding[]> {
  const { ok, problem } = findingsOf('data folder');
  const there = await stat(dataDir).catch(() => undefined);
  if (there && !there.isDirectory()) return [problem(`${dataDir} is not a folder`, 'name another with --data')];
  const folder = there ? dataDir : await existing(dataDir);
  const usable = await access(folder, constants.R_OK | constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!usable) {
    const remedy = 'run this as the user who owns it, or name another folder with --data';
    return [problem(`${folder} cannot be written by this user`, remedy)];
  }
  if (!there) return [ok(`${dataDir} is not there yet: the first start makes it`)];
  return [ok(`${dataDir} can be read and written`), await judgeKey(dataDir), await judgeToken(dataDir)];
}

/** Looks only at a key that is there: opening one that is not would make it. */
async function judgeKey(dataDir: string): Promise<Finding> {
  const { ok } = findingsOf('key');
  if (!(await lstat(join(dataDir, 'key')).catch(() => undefined))) return ok('no key yet: the first start makes it');
  try {
    const { peerId } = await openIdentity(dataDir);
    return ok(`this node is ${peerId}`);
  } catch (error) {
    return failedCheck('key', error);
  }
}

async function judgeToken(dataDir: string): Promise<Finding> {
  const { ok, problem } = findingsOf('token');
  const path = join(dataDir, 'api-token');
  const there = await stat(path).catch(() => undefined);
  if (!there) return ok('no API token yet: the first start makes it');
  if ((there.mode & exposedMode) === 0) return ok('the API token can be read by its owner only');
  const mode = (there.mode & 0o777).toString(8).padStart(4, '0');
  const remedy = `run "chmod 600 ${path}"; if somebody else may have read it, delete it and start the node again`;
  return problem(`${path} can be read by others (mode ${mode})`, remedy);
}

/** Whoever runs on the folder, as far as that can be seen; `http` when it has said where it answers. */
export type Runner = { readonly pid: number; readonly http: string | undefined };

export async function runnerOf(dataDir: string, alive: (pid: number) => boolean): Promise<Runner | undefined> {
  const running = parseRunning(await readFile(join(dataDir, 'node.json'), 'utf8').catch(() => ''));
  const holder = await holderOf(join(dataDir, 'store', 'LOCK'));
  if (running && alive(running.pid)) return running;
  return holder === undefined ? undefined : { pid: holder, http: undefined };
}

/** The process that has locked a file. Only Linux tells. */
async function holderOf(path: string): Promise<number | undefined> {
  const [locks, lock] = await Promise.all([
    readFile('/proc/locks', 'utf8').catch(() => ''),
    stat(path).catch(() => undefined),
  ]);
  // `1: POSIX  ADVISORY  WRITE 12335 fe:00:4358820 0 EOF`. Source: proc_locks(5).
  const pid = lock && new RegExp(`WRITE +(\\d+) +\\S+:${lock.ino} `).exec(locks)?.[1];
  return pid === undefined ? undefined : Number(pid);
}

/** The folder itself, or the nearest one above it that is there. */
export async function existing(folder: string): Promise<string> {
  const there = await stat(folder).catch(() => undefined);
  return there || dirname(folder) === folder ? folder : existing(dirname(folder));
}
