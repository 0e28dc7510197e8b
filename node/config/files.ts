// Reads the files that a configuration is made of.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, RollcallError } from '../base/errors.ts';
import type { ConfigFile } from './layers.ts';

/** Lies beside `node/` in a checkout, and beside `dist/` in the package: compiled code is one folder deeper. */
const defaultsUrls = ['../../config.default.json', '../../../config.default.json'].map(
  path => new URL(path, import.meta.url),
);

/** A file of all settings has 2 KB; ten thousand deny rules 2 MB. */
export const configBytesMax = 4 * 1024 * 1024;

/**
 * The files for `loadConfig`, the highest first. `<data>/config.json` need not exist; `configPath`, once given, must.
 * @throws RollcallError BAD_CONFIG when a file is missing, unreadable or too large
 */
export async function readConfigFiles(
  dataDir: string,
  configPath?: string,
): Promise<{ files: ConfigFile[]; defaults: ConfigFile }> {
  const named = configPath === undefined ? [] : [await readConfigFile(configPath)];
  const own = join(dataDir, 'config.json');
  const files = [...named, await readIfThere(own)].filter(file => file !== undefined);
  for (const url of defaultsUrls) {
    const defaults = await readIfThere(url, 'config.default.json');
    if (defaults) return { files, defaults };
  }
  throw new RollcallError('BAD_CONFIG', 'config.default.json is missing: the installation is incomplete');
}

async function readIfThere(path: string | URL, origin?: string): Promise<ConfigFile | undefined> {
  try {
    return await readConfigFile(path, origin);
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw error;
  }
}

/** @throws RollcallError BAD_CONFIG when it is missing, unreadable or too large */
export async function readConfigFile(path: string | URL, origin = String(path)): Promise<ConfigFile> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    const remedy = remedies[(cause as NodeJS.ErrnoException).code ?? ''] ?? 'let the user who runs this read it';
    throw new RollcallError('BAD_CONFIG', `cannot read ${origin}: ${messageOf(cause)}`, { cause, remedy });
  }
  if (bytes.length > configBytesMax) {
    throw new RollcallError('BAD_CONFIG', `${origin}: ${bytes.length} bytes, at most ${configBytesMax} are allowed`);
  }
  return { origin, text: bytes.toString('utf8') };
}

const remedies: Readonly<Record<string, string>> = {
  ENOTDIR: 'what stands before its name is a file: name a folder with --data',
  ENOENT: 'name a file that is there, or leave out --config and ROLLCALL_CONFIG',
  EISDIR: 'settings are a file in JSON, and this is a folder: name a file in it, or move it away',
};
