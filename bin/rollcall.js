#!/usr/bin/env node
// Starts the command line. A published package carries compiled files in dist/; a checkout runs the sources as they are.
import { existsSync } from 'node:fs';
import module from 'node:module';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 12)) {
  process.stderr.write(
    `rollcall needs Node 24.12 or newer, this is ${process.versions.node}. In a checkout run it as "npx rollcall" after "npm ci".\n`,
  );
  process.exitCode = 2;
} else {
  // Compiled code is kept between runs: a command starts in half the time.
  module.enableCompileCache?.();
  const source = new URL('../node/main.ts', import.meta.url);
  await import(existsSync(source) ? source.href : new URL('../dist/node/main.js', import.meta.url).href);
}
