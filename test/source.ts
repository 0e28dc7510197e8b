// Reads the project's own source files, for tests that judge them.
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

const root = new URL('..', import.meta.url).pathname;

/** `path` is from the checkout's root, with slashes: `node/base/text.ts`. */
export type Source = { readonly path: string; readonly text: string; readonly imports: readonly Import[] };
/** `kind` is what has to load first: nothing for a type, something later for a dynamic import. */
export type Import = { readonly from: string; readonly kind: 'static' | 'type' | 'dynamic' };

export async function sourcesIn(folder: string): Promise<Source[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  const files = entries.filter(entry => entry.isFile() && entry.name.endsWith('.ts'));
  return Promise.all(
    files.map(async ({ parentPath, name }) => {
      const path = relative(root, join(parentPath, name)).split(sep).join('/');
      const text = await textOf(path);
      return { path, text, imports: importsOf(text) };
    }),
  );
}

export const textOf = (path: string): Promise<string> => readFile(join(root, path), 'utf8');

export async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  return entries.filter(entry => entry.isDirectory()).map(({ name }) => name);
}

/** Folders of node/ in the order of the table in ARCHITECTURE.md: rows that begin with `| \`name\` |`. */
export const orderedFolders = (architecture: string): string[] =>
  [...architecture.matchAll(/^\| `([a-z]+)` \|/gm)].map(match => match[1]!);

/** Imports and re-exports of all kinds, as long as what they name is a literal: the house style has no others. */
export function importsOf(text: string): Import[] {
  const found: Import[] = [];
  for (const [, type, from] of text.matchAll(/^(?:import|export) (type )?(?:[\w*{][^'";]*? )?from '([^']+)'/gm)) {
    found.push({ from: from!, kind: type ? 'type' : 'static' });
  }
  for (const [, from] of text.matchAll(/^import '([^']+)'/gm)) found.push({ from: from!, kind: 'static' });
  for (const [, from] of text.matchAll(/\bimport\(\s*['"`]([^'"`]+)['"`]/g))
    found.push({ from: from!, kind: 'dynamic' });
  return found;
}
