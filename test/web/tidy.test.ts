// The rules of the house for the viewer's source: order of folders, what of the node gets into the page, text as text.
import { readdir } from 'node:fs/promises';
import { posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { views } from '../../node/api/web.ts';
import { viewNames } from '../../web-ui/src/lib/view-names.ts';
import { importsOf, textOf } from '../source.ts';

/** An import may point only to its own folder or to one before it; types may come from anywhere. */
const order = ['texts', 'lib', 'api', 'state', 'ui', 'views', 'app', 'main.tsx'];
/**
 * Pure parts of the node: one language of filters and one sanitiser in the terminal and in the page, and one judge of
 * statements in the node and in the browser.
 */
const shared = new Set([
  ...['node/list/filter.ts', 'node/base/text.ts', 'node/base/encoding.ts'],
  ...['node/trust/check.ts', 'node/trust/key.ts', 'node/trust/statement-form.ts'],
]);
const packages = new Set([
  'preact',
  'preact/hooks',
  '@preact/signals',
  'uqr',
  'uplot',
  'uplot/dist/uPlot.min.css',
  'd3-force',
  'openpgp',
]);
const linesMax = 400;

const root = fileURLToPath(new URL('../..', import.meta.url));
const entries = await readdir(`${root}web-ui/src`, { recursive: true, withFileTypes: true });
const sources = await Promise.all(
  entries
    .filter(entry => entry.isFile() && /\.(?:tsx?|css)$/.test(entry.name))
    .map(async ({ parentPath, name }) => {
      const path = relative(root, `${parentPath}/${name}`).split(sep).join('/');
      return { path, text: await textOf(path) };
    }),
);
const folderOf = (path: string): number => order.indexOf(path.split('/')[2]!);

test('every file of the viewer begins by saying what it is for, and is short', t => {
  t.true(sources.length > 40);
  t.deepEqual(
    sources
      .filter(({ text }) => !/^(?:\/\/|\/\*) \S/.test(text) || text.split('\n').length > linesMax)
      .map(({ path }) => path),
    [],
  );
});

test('folders of the viewer point one way, and only pure parts of the node get into the page', t => {
  const wrong = sources.flatMap(({ path, text }) =>
    importsOf(text)
      .filter(({ from, kind }) => kind !== 'type' && !allowed(path, from, kind))
      .map(({ from }) => `${path} imports ${from}`),
  );
  t.deepEqual(wrong, []);
});

function allowed(path: string, from: string, kind: string): boolean {
  if (!from.startsWith('.')) return packages.has(from);
  const target = posix.join(posix.dirname(path), from);
  if (shared.has(target)) return true;
  if (!target.startsWith('web-ui/src/')) return false;
  if (target.endsWith('.css') || kind === 'dynamic') return true;
  return folderOf(target) >= 0 && folderOf(target) <= folderOf(path);
}

test('what of the node gets into the page needs nothing of Node', async t => {
  const files = [...shared];
  for (const path of files) {
    const text = await textOf(path);
    t.notRegex(text, /\bBuffer\b|\bprocess\b/, path);
    for (const { from, kind } of importsOf(text)) {
      if (kind === 'type') continue;
      t.true(from.startsWith('.') || packages.has(from), `${path} imports ${from}`);
      const target = posix.join(posix.dirname(path), from);
      if (from.startsWith('.') && !files.includes(target)) files.push(target);
    }
  }
  t.true(files.length > shared.size);
});

test('text becomes part of the page as text only', t => {
  const sinks = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc|javascript:/;
  t.deepEqual(
    sources.filter(({ text }) => sinks.test(text)).map(({ path }) => path),
    [],
  );
});

test('no colour, font or picture comes from elsewhere', t => {
  const remote = /url\(|@import|https?:\/\/(?!www\.w3\.org\/)/;
  t.deepEqual(
    sources.filter(({ text }) => remote.test(text)).map(({ path }) => path),
    [],
  );
});

test('the node answers the address of every view with the page', t => {
  t.deepEqual(new Set(viewNames).difference(new Set(views)), new Set());
});
