// The store as the files of a bare repository, so that isomorphic-git reads it. Nothing can be written.
import { deflateSync } from 'node:zlib';
import { isOid, utf8 } from '../base/bytes.ts';
import { readCuts, readHead } from './refs.ts';
import type { Store } from './store.ts';

/** Where the repository seems to be. */
export const gitdir = '/list.git';

export type GitFsStore = Pick<Store, 'get' | 'object' | 'entries'>;

type Found = { readonly bytes: Uint8Array } | { readonly names: () => Promise<string[]> };
type Encoding = BufferEncoding | { readonly encoding?: BufferEncoding } | undefined;

/** The shape of `node:fs` that isomorphic-git asks for. */
export function gitFs(store: GitFsStore) {
  const look = async (path: string): Promise<Found> => {
    const found =
      path === gitdir || path.startsWith(`${gitdir}/`) ? await find(store, path.slice(gitdir.length + 1)) : undefined;
    if (found === undefined) throw failed('ENOENT', `${path} is not there`);
    return found;
  };
  const stat = async (path: string) => {
    const found = await look(path);
    const file = 'bytes' in found;
    return {
      isFile: () => file,
      isDirectory: () => !file,
      isSymbolicLink: () => false,
      size: file ? found.bytes.length : 0,
      mode: file ? 0o100444 : 0o40555,
    };
  };
  const promises = {
    async readFile(path: string, options?: Encoding): Promise<Uint8Array | string> {
      const found = await look(path);
      if (!('bytes' in found)) throw failed('EISDIR', `${path} is a folder`);
      const encoding = typeof options === 'string' ? options : options?.encoding;
      return encoding === undefined ? found.bytes : Buffer.from(found.bytes).toString(encoding);
    },
    async readdir(path: string): Promise<string[]> {
      const found = await look(path);
      if ('bytes' in found) throw failed('ENOTDIR', `${path} is a file`);
      return found.names();
    },
    async readlink(path: string): Promise<never> {
      await look(path);
      throw failed('EINVAL', `${path} is no link`);
    },
    stat,
    lstat: stat,
    writeFile: readOnly,
    unlink: readOnly,
    mkdir: readOnly,
    rmdir: readOnly,
    symlink: readOnly,
  };
  return { promises };
}

async function find(store: GitFsStore, path: string): Promise<Found | undefined> {
  const [, shard, rest] = /^objects\/([0-9a-f]{2})(?:\/([0-9a-f]{38}))?$/.exec(path) ?? [];
  if (shard !== undefined)
    return rest === undefined ? { names: () => restsOf(store, shard) } : loose(store, shard + rest);
  if (path === 'HEAD') return { bytes: utf8('ref: refs/heads/main\n') };
  if (path === 'config') return { bytes: utf8('[core]\n\trepositoryformatversion = 0\n\tbare = true\n') };
  if (path === 'shallow') {
    const cuts = await readCuts(store);
    return cuts.length === 0 ? undefined : { bytes: utf8(cuts.map(oid => `${oid}\n`).join('')) };
  }
  if (path === 'refs/heads' || path === 'refs/heads/main') {
    const head = await readHead(store);
    if (path === 'refs/heads') return { names: async () => (head === undefined ? [] : ['main']) };
    return head === undefined ? undefined : { bytes: utf8(`${head}\n`) };
  }
  const names = folders.get(path);
  return names && { names: async () => names };
}

/** Not compressed again: it is inflated at once. */
async function loose(store: GitFsStore, oid: string): Promise<Found | undefined> {
  const object = await store.object(oid);
  if (object === undefined) return undefined;
  return {
    bytes: deflateSync(Buffer.concat([utf8(`${object.type} ${object.body.length}\0`), object.body]), { level: 0 }),
  };
}

async function restsOf(store: GitFsStore, shard: string): Promise<string[]> {
  const rests: string[] = [];
  for await (const [oid] of store.entries('objects', { gte: shard, lt: `${shard}g` })) {
    if (isOid(oid)) rests.push(oid.slice(2));
  }
  return rests;
}

const shards = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));
const folders = new Map([
  ['', ['HEAD', 'config', 'objects', 'refs']],
  ['objects', [...shards, 'pack']],
  ['objects/pack', []],
  ['refs', ['heads']],
]);

const readOnly = async (path: string): Promise<never> => {
  throw failed('EROFS', `${path} cannot be written: the history changes through commits only`);
};

const failed = (code: string, message: string) => Object.assign(new Error(`${code}: ${message}`), { code });
