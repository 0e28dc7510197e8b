// Stock git's fastest way to commit: one `git fast-import` that keeps the tree in memory, and a checkpoint for each commit.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { pathOf } from '../node/records/announcement.ts';
import type { Verified } from '../node/records/verified.ts';
import { git } from '../test/stock-git.ts';

/**
 * A checkpoint ends the pack, writes its index and updates the branch. `core.fsync=all` has git sync all three, as our
 * store syncs its batch: by default git 2.39 leaves refs to the system. Without `unpackLimit=0` git would unpack commits
 * of less than 100 objects into loose files, in another process, which takes it several times as long.
 */
const settings = ['core.fsync=all', 'core.fsyncMethod=fsync', 'fastimport.unpackLimit=0'];

export class FastImport implements AsyncDisposable {
  readonly #folder: string;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  private constructor(folder: string) {
    this.#folder = folder;
    const flags = settings.flatMap(setting => ['-c', setting]);
    this.#child = spawn('git', [...flags, 'fast-import', '--quiet', '--date-format=raw'], {
      cwd: folder,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  static async open(folder: string): Promise<FastImport> {
    await git(folder, 'init', '--quiet', '--bare', '--initial-branch=main');
    return new FastImport(folder);
  }

  /** Resolves when the commit is on disk: `progress` behind the checkpoint is printed after it. */
  async commit(stream: Uint8Array): Promise<void> {
    this.#child.stdin.write(stream);
    const { value, done } = await this.#lines.next();
    if (done || value !== 'progress done') throw new Error(`git fast-import said ${value}`);
  }

  head(): Promise<string> {
    return git(this.#folder, 'rev-parse', 'main');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin.end();
    if (this.#child.exitCode === null) await once(this.#child, 'close');
  }
}

/** What fast-import reads for a commit. */
export function commitStream(items: readonly Verified[], author: string, atSeconds: number, message: string): Buffer {
  const person = `${author} <${author}@rollcall> ${atSeconds} +0000`;
  const text = Buffer.from(message);
  const parts: Uint8Array[] = [
    Buffer.from(`commit refs/heads/main\nauthor ${person}\ncommitter ${person}\ndata ${text.length}\n`),
    text,
  ];
  for (const { id, bytes } of items) {
    parts.push(Buffer.from(`M 100644 inline ${pathOf(id)}\ndata ${bytes.length}\n`), bytes, newLine);
  }
  parts.push(Buffer.from('\ncheckpoint\n\nprogress done\n'));
  return Buffer.concat(parts);
}

const newLine = Buffer.from('\n');
