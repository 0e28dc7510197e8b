// The files of a data folder beside key and store: the API's token, and who is running on it.
import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fromUtf8, utf8 } from '../base/bytes.ts';
import { messageOf, RollcallError } from '../base/errors.ts';
import type { Store } from '../history/store.ts';

/** 32 random bytes in base64url. */
const tokenForm = /^[A-Za-z0-9_-]{43}$/;

/** The token of `<data>/api-token`, made when there is none. @throws RollcallError TOKEN_UNREADABLE */
export async function openToken(dataDir: string): Promise<string> {
  const path = join(dataDir, 'api-token');
  try {
    const token = (await readFile(path, 'utf8').catch(unlessMissing))?.trim();
    if (token !== undefined && tokenForm.test(token)) return token;
    const fresh = randomBytes(32).toString('base64url');
    await replace(path, `${fresh}\n`);
    return fresh;
  } catch (error) {
    throw new RollcallError('TOKEN_UNREADABLE', `cannot open ${path}: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * A store holds one list: what is signed and in the history is bound to its name. The first start writes it down.
 * @throws RollcallError OTHER_LIST when the folder holds another one
 */
export async function claimList(store: Pick<Store, 'get' | 'write'>, name: string): Promise<void> {
  const held = await store.get('refs', 'list');
  if (held === undefined) return store.write([{ space: 'refs', put: 'list', value: utf8(name) }]);
  const other = fromUtf8(held);
  if (other === name) return;
  throw new RollcallError('OTHER_LIST', `this data folder holds the list "${other}", not "${name}"`, {
    remedy: `start it with --list ${other}, or give "${name}" a folder of its own with --data`,
  });
}

/** Says in `<data>/node.json` who runs here, until disposed. The store's own lock decides who may. */
export async function sayRunning(
  dataDir: string,
  running: { pid: number; http: string; peerId: string },
): Promise<AsyncDisposable> {
  const path = join(dataDir, 'node.json');
  await replace(path, `${JSON.stringify(running, null, 2)}\n`);
  return { [Symbol.asyncDispose]: () => rm(path, { force: true }) };
}

/** Readers see the old file or the new one, never half of one. */
async function replace(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}.new`;
  await writeFile(draft, text, { mode: 0o600, flush: true });
  await rename(draft, path);
}

const unlessMissing = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== 'ENOENT') throw error;
};
