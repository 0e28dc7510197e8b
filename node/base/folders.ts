// Makes folders. Not by Node's own `recursive`, which tries for ever where nothing can be made, such as in /proc.
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Makes a folder and those that it lies in, as far as they are not there. */
export async function makeFolder(path: string, mode = 0o777): Promise<void> {
  if (await make(path, mode)) return;
  await makeFolder(dirname(path), mode);
  if (!(await make(path, mode))) throw new Error(`nothing can be made in ${dirname(path)}`);
}

/** False when what it would lie in is missing. */
async function make(path: string, mode: number): Promise<boolean> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && dirname(path) !== path) return false;
    // Whoever writes into what is there and no folder hears so then.
    if (code !== 'EEXIST') throw error;
  }
  return true;
}
