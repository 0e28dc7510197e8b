// docs/configuration.md names every setting there is, with its default and what it takes, and none that there is not.
import test from 'ava';
import defaults from '../config.default.json' with { type: 'json' };
import { leaves, schemaAt, settingPaths } from '../node/config/paths.ts';
import { schema } from '../node/config/schema.ts';
import { textOf } from './source.ts';

const page = await textOf('docs/configuration.md');
/** Rows of the tables of settings: `| \`path\` | \`default\` | takes | why |`. */
const rows = [...page.matchAll(/^\| `([\w.]+)` \| `([^`]+)` \| ([^|]+) \| [^|]+ \|$/gm)].map(
  ([, path, value, takes]) => ({ path: path!, value: JSON.parse(value!) as unknown, takes: takes! }),
);
/** Actions have a table of their own, in docs/karma.md, which their own test reads. */
const settings = [...leaves(defaults)].filter(([path]) => !path.startsWith('karma.actions.'));

test('every setting is on the page once, with its default', t => {
  const told = rows.map(({ path, value }) => [path, JSON.stringify(value)]).toSorted();
  t.deepEqual(told, settings.map(([path, value]) => [path, JSON.stringify(value)]).toSorted());
});

for (const { path, takes } of rows) {
  test(`what ${path} takes is on the page as the schema has it`, t => {
    t.like(schemaAt(schema, path.split('.')), { is: takes });
  });
}

test('every part of an entry in a list is on the page, and no other', t => {
  const told = [...page.matchAll(/^\| `([\w.]+\[\]\.\w+)` \|/gm)].map(match => match[1]!);
  t.deepEqual(
    told.toSorted(),
    settingPaths(schema)
      .filter(path => path.includes('[]'))
      .toSorted(),
  );
});
