// `<data>/key`: the node's private key, PKCS#8 in PEM, readable by its owner only. Written once, never replaced.
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { constants } from 'node:fs';
import { link, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, RollcallError } from '../base/errors.ts';
import { makeFolder } from '../base/folders.ts';
import { type Identity, identityFromKey } from './identity.ts';

/** An Ed25519 key in PEM takes 119 bytes; whatever is larger is something else. */
const keyFileBytesMax = 4_096;
/** Any right of the group or of others. */
const exposedMode = 0o077;
/** Windows has no such modes: there the data folder lies in the user's profile. */
const hasModes = process.platform !== 'win32';
/** A symlink is not followed, and a pipe in the key's place does not block. */
const readFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * The identity kept in `dataDir`; the first call makes the folder (0700) and the key (0600). Of several processes
 * that start at once on one folder all get the same key.
 * @throws RollcallError KEY_EXPOSED, KEY_NOT_A_FILE, KEY_DAMAGED, KEY_NOT_ED25519 or KEY_UNREADABLE
 */
export async function openIdentity(dataDir: string): Promise<Identity> {
  const path = join(dataDir, 'key');
  try {
    const pem = (await readKey(path)) ?? (await create(dataDir, path));
    return identityFromKey(parseKey(pem, path));
  } catch (error) {
    if (error instanceof RollcallError) throw error;
    throw new RollcallError('KEY_UNREADABLE', `cannot open the node key ${path}: ${messageOf(error)}`, {
      remedy: 'give --data a folder that this user may write to',
      cause: error,
    });
  }
}

async function readKey(path: string): Promise<string | undefined> {
  const file = await open(path, readFlags).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    if (error.code === 'ELOOP') throw notAFile(path, 'is a symbolic link');
    throw error;
  });
  if (!file) return undefined;
  await using _ = file;
  const stat = await file.stat();
  if (!stat.isFile()) throw notAFile(path, 'is not a file');
  if (hasModes && stat.mode & exposedMode) throw exposed(path, stat.mode);
  if (stat.size > keyFileBytesMax) throw damaged(path, `it has ${stat.size} bytes`);
  return file.readFile('utf8');
}

/** Written under another name and then linked: a key is there whole or not at all, and never overwrites one. */
async function create(dataDir: string, path: string): Promise<string> {
  await makeFolder(dataDir, 0o700);
  const { privateKey } = generateKeyPairSync('ed25519');
  const own = `${path}.${identityFromKey(privateKey).peerId}`;
  try {
    await using file = await open(own, 'wx', 0o600);
    await file.writeFile(privateKey.export({ format: 'pem', type: 'pkcs8' }));
    await file.sync();
    await link(own, path);
  } catch (error) {
    // Another process was first: its key is this node's.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(own).catch(() => undefined);
  }
  await syncFolder(dataDir);
  const pem = await readKey(path);
  if (pem === undefined) throw new Error('it vanished while it was made');
  return pem;
}

/** Puts the new name on disk too. Windows opens no folders and needs none of this. */
async function syncFolder(folder: string): Promise<void> {
  if (!hasModes) return;
  await using handle = await open(folder, constants.O_RDONLY);
  await handle.sync();
}

function parseKey(pem: string, path: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (error) {
    throw damaged(path, messageOf(error));
  }
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new RollcallError('KEY_NOT_ED25519', `${path} holds a key of type ${key.asymmetricKeyType}, not ed25519`, {
      remedy: freshKey,
    });
  }
  return key;
}

const freshKey =
  'restore the key from a backup, or move the file away: the node then makes a new one and is a new peer';

const damaged = (path: string, why: string) =>
  new RollcallError('KEY_DAMAGED', `${path} is no private key in PEM: ${why}`, { remedy: freshKey });

const notAFile = (path: string, what: string) =>
  new RollcallError('KEY_NOT_A_FILE', `${path} ${what}: the node key must be a plain file`, { remedy: freshKey });

const exposed = (path: string, mode: number) =>
  new RollcallError(
    'KEY_EXPOSED',
    `${path} can be read by others (mode ${(mode & 0o777).toString(8).padStart(4, '0')})`,
    {
      remedy: `run "chmod 600 ${path}"; if somebody else may have read it, move it away and start with a new key`,
    },
  );
