import test from 'ava';
import { hour } from '../base/time.ts';
import type { Group } from '../list/neighbours.ts';
import { Crowds } from './crowds.ts';

/** One crowd, in which somebody else is too many each time it is counted; that takes 100 ms. */
function world() {
  let now = hour;
  let counts = 0;
  const told: string[] = [];
  const crowd = { name: '203.0.113.0/24' } as Group;
  const crowds = new Crowds({
    neighbours: { crowded: new Set([crowd]) },
    view: () => ({
      *surplusInSlices() {
        now += 100;
        yield;
        return new Set([`server ${++counts}`]);
      },
    }),
    monotonic: () => now,
    pause: async () => {},
    changed: id => told.push(id),
  });
  const pass = (ms: number) => {
    now += ms;
  };
  return { crowds, crowd, told, pass };
}

test('a crowd is counted when it is asked for, once for all who ask meanwhile, and who is too many or no more is told', async t => {
  const { crowds, crowd, told, pass } = world();
  await Promise.all([crowds.counted(), crowds.counted()]);
  t.deepEqual([...crowds.surplus], ['server 1']);
  t.is(crowds.counted(), undefined, 'nothing has changed');
  crowds.disturb(crowd);
  t.is(crowds.counted(), undefined, 'what took long to count is kept');
  pass(2_000);
  await crowds.counted();
  t.deepEqual(told, ['server 1', 'server 1', 'server 2']);
});

test('a group that is no crowd makes nobody count', async t => {
  const { crowds, pass } = world();
  await crowds.counted();
  crowds.disturb({ name: '198.51.100.0/24' } as Group);
  pass(hour);
  t.is(crowds.counted(), undefined);
});
