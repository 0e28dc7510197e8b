// Builds the web viewer into web-ui/dist, when its sources are not the ones that are built there already.
import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const output = join(root, 'web-ui', 'dist');
/** What the result depends on: the viewer, the pure parts of the node that it shares, and the packages. */
const sources = [
  'web-ui/src',
  'web-ui/public',
  'web-ui/index.html',
  'web-ui/vite.config.ts',
  'node/base',
  'node/list',
  'node/trust',
];
const stamp = 'sources.sha256';

const wanted = await digestOf([...sources, 'package-lock.json']);
const built = await readFile(join(output, stamp), 'utf8').catch(() => '');
if (built !== wanted) await build();

/** Into a folder of its own first: whoever reads `dist` meanwhile finds the old files or the new ones, never half of them. */
async function build(): Promise<void> {
  const { build: viteBuild } = await import('vite');
  const fresh = `${output}-${process.pid}`;
  await viteBuild({
    configFile: join(root, 'web-ui', 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: fresh, emptyOutDir: true },
  });
  await writeFile(join(fresh, stamp), wanted);
  await rm(output, { recursive: true, force: true });
  await rename(fresh, output);
}

async function digestOf(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths)
    for (const file of await filesIn(join(root, path))) {
      hash
        .update(`${relative(root, file)}\0`)
        .update(await readFile(file))
        .update('\0');
    }
  return hash.digest('hex');
}

async function filesIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => undefined);
  if (!entries) return [path];
  const files = entries.filter(entry => entry.isFile() && !entry.name.endsWith('.test.ts'));
  return files.map(({ parentPath, name }) => join(parentPath, name)).toSorted();
}
