// A git repository on this machine, read with isomorphic-git: the objects of a statement that was made there.
import fs from 'node:fs';
import { isOid } from '../base/bytes.ts';
import { CliError, exits } from './errors.ts';

export type GitObject = { readonly type: string; readonly body: Uint8Array };

export type Repository = {
  /** `main`, `v1`, a hash or the beginning of one. Undefined when there is no such commit. */
  resolve(ref: string): Promise<string | undefined>;
  /** Undefined when it is not there. */
  read(oid: string): Promise<GitObject | undefined>;
};

/** The repository that a folder lies in, if any. */
export async function findRepository(folder: string): Promise<Repository | undefined> {
  const { default: git } = await import('isomorphic-git');
  const dir = await git.findRoot({ fs, filepath: folder }).catch(() => undefined);
  if (dir === undefined) return undefined;
  // What was read is kept here: many objects lie in one pack.
  const cache = {};
  const read = async (oid: string): Promise<GitObject | undefined> => {
    try {
      const { type, object } = await git.readObject({ fs, dir, oid, format: 'content', cache });
      return { type, body: object as Uint8Array };
    } catch (error) {
      if (error instanceof git.Errors.NotFoundError) return undefined;
      throw new CliError(exits.failed, 'BAD_REPOSITORY', `cannot read ${oid} in ${dir}: ${(error as Error).message}`);
    }
  };
  return {
    read,
    async resolve(ref) {
      if (isOid(ref)) return ref;
      return git
        .resolveRef({ fs, dir, ref })
        .catch(() => git.expandOid({ fs, dir, oid: ref, cache }))
        .catch(() => undefined);
    },
  };
}
