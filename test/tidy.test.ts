// The rules of the house, checked on its source. The order of the folders is read from ARCHITECTURE.md.
import { posix } from 'node:path';
import test from 'ava';
import { foldersIn, importsOf, orderedFolders, type Source, sourcesIn, textOf } from './source.ts';

const order = orderedFolders(await textOf('ARCHITECTURE.md'));
const node = await sourcesIn('node');
const tests = await sourcesIn('test');

/** A file past 250 lines wants a second look; past this it has to be split. */
const linesMax = 400;
/** What may load before a command runs: anything else would be felt by everybody who types one. */
const lightPackages = new Set(['commander', 'ipaddr.js']);

const isTest = ({ path }: Source): boolean => path.endsWith('.test.ts');
/** Help for tests that lies beside them: tests import it, and nothing else does. */
const isHelp = ({ path }: Source): boolean => {
  const importers = node.filter(other => other.imports.some(({ from }) => targetOf(other.path, from) === path));
  return importers.length > 0 && importers.every(isTest);
};
const folderOf = (path: string): string => path.split('/')[1]!;
const targetOf = (path: string, from: string): string => posix.join(posix.dirname(path), from);

test('every folder of node/ is in the list of ARCHITECTURE.md, and every folder of the list exists', async t => {
  t.deepEqual((await foldersIn('node')).toSorted(), order.toSorted());
});

test('an import points to its own folder or to one above it in the list', t => {
  const wrong = node.flatMap(source =>
    source.imports
      .filter(({ from }) => from.startsWith('.') && !allowed(source, targetOf(source.path, from)))
      .map(({ from }) => `${source.path} imports ${from}`),
  );
  t.deepEqual(wrong, []);
});

function allowed(source: Source, target: string): boolean {
  if (target.endsWith('.json')) return true;
  if (!target.endsWith('.ts')) return false;
  if (target.startsWith('test/')) return isTest(source);
  if (source.path === 'node/main.ts') return target.startsWith('node/');
  const [own, other] = [order.indexOf(folderOf(source.path)), order.indexOf(folderOf(target))];
  return target.startsWith('node/') && own >= 0 && other >= 0 && other <= own;
}

for (const [path, from, expected] of [
  ['node/records/verified.ts', '../base/bytes.ts', true],
  ['node/records/verified.ts', './announcement.ts', true],
  ['node/base/bytes.ts', '../records/verified.ts', false],
  ['node/api/routes/git.ts', '../../base/errors.ts', true],
  ['node/api/routes/git.ts', '../../app/start.ts', false],
  ['node/base/bytes.ts', './bytes.js', false],
  ['node/base/bytes.ts', '../../test/source.ts', false],
  ['node/base/bytes.test.ts', '../../test/source.ts', true],
  ['node/main.ts', './cli/program.ts', true],
] as const) {
  test(`${path} ${expected ? 'may' : 'may not'} import ${from}`, t => {
    t.is(allowed({ path, text: '', imports: [] }, targetOf(path, from)), expected);
  });
}

for (const [what, pattern] of [
  ['the clock', /\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\.now\b/],
  ['chance', /\bMath\.random\b/],
  ['the environment', /\bprocess\.(?:env|argv)\b/],
  ['the end of the process', /\bprocess\.exit\b/],
  ['the console', /\bconsole\./],
] as const) {
  test(`only node/main.ts reaches for ${what}`, t => {
    const reaching = node.filter(
      source => source.path !== 'node/main.ts' && pattern.test(source.text) && !isTest(source) && !isHelp(source),
    );
    t.deepEqual(paths(reaching), []);
  });
}

test('process.exit ends work that others have begun, so nobody calls it', async t => {
  t.notRegex(await textOf('node/main.ts'), /\bprocess\.exit\(/);
});

test(`no file is longer than ${linesMax} lines`, t => {
  t.deepEqual(paths([...node, ...tests].filter(({ text }) => text.split('\n').length > linesMax)), []);
});

test('nothing is left for later', t => {
  // Put together here, so that this file does not find itself.
  const marks = new RegExp(`\\b(?:${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX'].join('|')})\\b`);
  t.deepEqual(paths([...node, ...tests].filter(({ text }) => marks.test(text))), []);
});

test('every source file begins by saying what it is for', t => {
  t.deepEqual(paths(node.filter(source => !isTest(source) && !/^(?:\/\/ \S|\/\*\*? ?\S)/.test(source.text))), []);
});

test('a command loads nothing heavy before it runs', t => {
  const sources = new Map(node.map(source => [source.path, source]));
  const seen = new Set(['node/main.ts']);
  const packages = new Set<string>();
  for (const path of seen) {
    for (const { from, kind } of sources.get(path)?.imports ?? []) {
      if (kind !== 'static' || from.startsWith('node:')) continue;
      if (from.startsWith('.')) seen.add(targetOf(path, from));
      else packages.add(from);
    }
  }
  t.true(seen.has('node/cli/list.ts'));
  t.deepEqual([...packages.difference(lightPackages)], []);
});

test('imports of every kind are seen', t => {
  const text = [
    "import a from 'a';",
    "import { b, type B } from './b.ts';",
    "import {\n  c,\n  d,\n} from '../c.ts';",
    "import * as e from 'e';",
    "import type { F } from 'f';",
    "import g from '../g.json' with { type: 'json' };",
    "import 'h';",
    "export * from 'i';",
    "export { j } from 'j';",
    "const k = await import('./k.ts');",
    "const text = 'imported from nowhere';",
  ].join('\n');
  t.deepEqual(
    importsOf(text).map(({ from, kind }) => `${kind} ${from}`),
    [
      'static a',
      'static ./b.ts',
      'static ../c.ts',
      'static e',
      'type f',
      'static ../g.json',
      'static i',
      'static j',
      'static h',
      'dynamic ./k.ts',
    ],
  );
});

const paths = (sources: readonly Source[]): string[] => sources.map(({ path }) => path).toSorted();
