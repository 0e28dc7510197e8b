import test from 'ava';
import { karmaDefaults } from '../../test/karma.ts';
import { textOf } from '../../test/source.ts';
import { Actions } from './actions.ts';

const actions = new Actions(karmaDefaults.actions);

for (const [name, points, kind] of [
  ['good-connection', 1, 'server'],
  ['team-kill-kick', -3, 'player'],
  ['kicked', -2, 'server'],
  ['unreachable', -1, 'server'],
  ['invalid-message', -5, 'server'],
  ['equivocation', -50, 'server'],
  ['appeal', 0, 'server'],
  ['forgive', 0, 'server'],
] as const) {
  test(`${name} is worth ${points} and about a ${kind}`, t => {
    t.like(actions.get(name), { name, points });
    t.is(actions.kindOf(name), kind);
  });
}

for (const [typed, message] of [
  ['kick', /did you mean kicked\?/],
  ['team-kil-kick', /did you mean team-kill-kick\?/],
  ['GOOD-CONNECTION', /did you mean good-connection\?/],
  ['xyzzy', /known are good-connection, .*, forgive$/],
  ['x'.repeat(1_000), /^action: "x{40}" is no action/],
] as const) {
  test(`${typed.slice(0, 20)} is no action, and the error says what is`, t => {
    t.throws(() => actions.get(typed), { code: 'UNKNOWN_ACTION', message });
  });
}

for (const [title, settings, message] of [
  ['without points', { bow: {} }, 'karma.actions.bow.points: is missing'],
  ['worth nothing', { bow: { points: 0 } }, /^karma\.actions\.bow\.points: 0 is not a whole number/],
  ['worth too much', { bow: { points: 1_001 } }, /1001 is not a whole number from -1000 to 1000/],
  ['in capitals', { Bow: { points: 1 } }, /^karma\.actions\.Bow: is not a name/],
  ['that is a pardon', { forgive: { points: 1 } }, 'karma.actions.forgive: means a pardon, and has no points'],
] as const) {
  test(`an action ${title} is refused`, t => {
    t.throws(() => new Actions(settings), { code: 'BAD_CONFIG', message });
  });
}

test('an action without words is called by its name', t => {
  t.deepEqual(new Actions({ 'map-vote': { points: -1 } }).get('map-vote'), {
    name: 'map-vote',
    points: -1,
    text: 'map vote',
  });
});

test('docs/karma.md has the actions that ship, each with its points and who does it', async t => {
  const rows = [...(await textOf('docs/karma.md')).matchAll(/^\| `([a-z-]+)` \| ([+−]\d+|0) \| (\w+) \| (.+) \|$/gm)];
  const told = rows.map(([, name, points, role, text]) => [name, Number(points!.replace('−', '-')), role, text]);
  const ours = [...actions].map(({ name, points, role, text }) => [name, points, role ?? 'anybody', text]);
  t.deepEqual(told, ours);
});
