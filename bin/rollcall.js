#!/usr/bin/env node
// Starts the command line. A published package carries compiled files in dist/; a checkout runs the sources as they are.
import { existsSync, mkdirSync } from 'node:fs';
import module from 'node:module';
import { dirname } from 'node:path';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 12)) {
  process.stderr.write(
    `rollcall needs Node 24.12 or newer, this is ${process.versions.node}. In a checkout run it as "npx rollcall" after "npm ci".\n`,
  );
  process.exitCode = 2;
} else {
  await keepCompiled();
  const source = new URL('../node/main.ts', import.meta.url);
  await import(existsSync(source) ? source.href : new URL('../dist/node/main.js', import.meta.url).href);
}

/**
 * Compiled code is kept between runs: a command starts in half the time. In a folder of this user's own, for whoever writes there
 * decides what runs, and what Node takes by itself lies below /tmp, where anybody may have made it before. Where there is no such
 * folder the program starts as it did the first time.
 */
async function keepCompiled() {
  try {
    const { default: envPaths } = await import('env-paths');
    const { cache } = envPaths('rollcall', { suffix: '' });
    // Node would make them too, and never end where that cannot be done, as below /proc.
    for (const folder of [dirname(cache), cache]) if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 });
    module.enableCompileCache(cache);
  } catch {
    // A user without a home, or one that cannot be written to.
  }
}
