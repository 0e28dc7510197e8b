// What a browser has to load before the first view stands there: what the page names, and what that imports at once.
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { webFolder } from '../api/fake-node.ts';

export type Script = { readonly name: string; readonly gzippedBytes: number };

/** `import{a as b}from"./c.js"` and `import"./c.js"`, as the build writes them; `import("./d.js")` is for later. */
const importPattern = /\bimport\s*(?:[\w*{][^"'();]*?\bfrom\s*)?["']\.\/([^"']+\.js)["']/g;

export async function firstViewScripts(): Promise<Script[]> {
  const html = await readFile(join(webFolder, 'index.html'), 'utf8');
  const names = new Set([...html.matchAll(/(?:src|href)="([^"]+\.js)"/g)].map(([, path]) => basename(path!)));
  const scripts: Script[] = [];
  // What is added meanwhile is gone through too.
  for (const name of names) {
    const text = await readFile(join(webFolder, 'assets', name), 'utf8');
    for (const [, imported] of text.matchAll(importPattern)) names.add(imported!);
    scripts.push({ name, gzippedBytes: gzipSync(text, { level: 9 }).length });
  }
  return scripts;
}
