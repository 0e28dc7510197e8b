// Writes the history as a bare repository that stock git reads, and that any web server can offer as it is.
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { hex } from '../base/bytes.ts';
import { messageOf, RollcallError } from '../base/errors.ts';
import { makeFolder } from '../base/folders.ts';
import type { EntrySource } from './commit-links.ts';
import { oidBytes } from './oid-set.ts';
import { packOf, storedObjects } from './pack.ts';
import { PackIndex } from './pack-index.ts';
import { reachableOids } from './reachable.ts';
import type { Ref } from './upload-pack.ts';

export type ExportDeps = {
  readonly store: EntrySource;
  readonly refs: () => Promise<readonly Ref[]>;
  /** Commits whose parents are not here. */
  readonly cuts: () => Promise<readonly string[]>;
};

/** `bytes`: of the pack. */
export type Exported = { readonly head: string | null; readonly objects: number; readonly bytes: number };

/**
 * All or nothing: the repository is built beside `folder`, synced, and then renamed into its place.
 * @throws RollcallError EXISTS when the folder is not empty, CANNOT_WRITE when there is no room for it, say
 */
export async function exportRepository(deps: ExportDeps, folder: string): Promise<Exported> {
  const target = resolve(folder);
  await refuseTaken(target);
  const draft = await draftBeside(target);
  try {
    const exported = await writeRepository(deps, draft);
    // Not every system renames over an empty folder. One that has been filled meanwhile is left alone.
    await rmdir(target).catch(unless('ENOENT'));
    await rename(draft, target);
    return exported;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === 'ENOTEMPTY') throw taken(target);
    throw syscall === undefined ? error : unwritable(target, error);
  }
}

/** @throws RollcallError CANNOT_WRITE */
async function draftBeside(target: string): Promise<string> {
  try {
    await makeFolder(dirname(target));
    return await mkdtemp(`${target}.new-`);
  } catch (error) {
    throw unwritable(target, error);
  }
}

const unwritable = (target: string, cause: unknown) =>
  new RollcallError('CANNOT_WRITE', `cannot write ${target}: ${messageOf(cause)}`, {
    remedy: 'name a folder that the node may write to, with room for it',
    cause,
  });

async function writeRepository({ store, refs, cuts }: ExportDeps, folder: string): Promise<Exported> {
  for (const name of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags', 'info']) {
    await mkdir(join(folder, name), { recursive: true });
  }
  const all = await refs();
  const write = (name: string, text: string) => writeFile(join(folder, name), text, { flush: true });
  await write('HEAD', 'ref: refs/heads/main\n');
  await write('config', '[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n');
  await write('description', 'A server list of Rollcall and its history\n');
  await write('packed-refs', `${packedRefsHead}\n${all.map(([name, oid]) => `${oid} ${name}\n`).join('')}`);
  // With this and objects/info/packs it can be cloned from a plain web server.
  await write('info/refs', all.map(([name, oid]) => `${oid}\t${name}\n`).join(''));
  const shallow = await cuts();
  if (shallow.length > 0) await write('shallow', shallow.map(oid => `${oid}\n`).join(''));
  const head = all.find(([name]) => name === 'refs/heads/main')?.[1] ?? null;
  if (all.length === 0) return { head, objects: 0, bytes: 0 };
  const oids = await reachableOids(store, { wants: all.map(([, oid]) => oid), haves: [] });
  const { name, bytes } = await writePack(store, oids, join(folder, 'objects/pack'));
  await write('objects/info/packs', `P ${name}.pack\n\n`);
  return { head, objects: oids.length / oidBytes, bytes };
}

async function writePack(store: EntrySource, oids: Uint8Array, folder: string) {
  const index = new PackIndex(oids);
  let bytes = 0;
  let checksum: Uint8Array = new Uint8Array();
  const draft = join(folder, 'draft.pack');
  async function* chunks() {
    for await (const chunk of packOf(oids.length / oidBytes, indexed(storedObjects(store, oids), index))) {
      bytes += chunk.length;
      checksum = chunk;
      yield chunk;
    }
  }
  await pipeline(chunks, createWriteStream(draft, { flush: true, mode: 0o444 }));
  const name = `pack-${hex(checksum)}`;
  await writeFile(join(folder, `${name}.idx`), index.format(checksum), { flush: true, mode: 0o444 });
  await rename(draft, join(folder, `${name}.pack`));
  return { name, bytes };
}

async function* indexed<T extends { readonly entry: Uint8Array }>(objects: AsyncIterable<T>, index: PackIndex) {
  for await (const object of objects) {
    index.add(object.entry.length, crc32(object.entry));
    yield object;
  }
}

const packedRefsHead = '# pack-refs with: peeled fully-peeled sorted ';

async function refuseTaken(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOTDIR') throw taken(folder);
    return unless('ENOENT')(error);
  });
  if (names !== undefined && names.length > 0) throw taken(folder);
}

const taken = (folder: string) =>
  new RollcallError('EXISTS', `${folder} is there already and not an empty folder`, {
    remedy: 'name a folder that does not exist yet',
  });

/** For `catch`: lets an expected error pass as undefined. */
const unless = (code: string) => (error: NodeJS.ErrnoException) => {
  if (error.code !== code) throw error;
  return undefined;
};
