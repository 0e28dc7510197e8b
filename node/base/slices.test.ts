import test from 'ava';
import { atOnce, inSlices, inTurns, type Sliced } from './slices.ts';

function* counting(to: number, seen: number[]): Sliced<string> {
  for (let n = 0; n < to; n++) {
    seen.push(n);
    yield;
  }
  return 'done';
}

test('work in slices gives the same at once and with pauses', async t => {
  const [fast, slow]: [number[], number[]] = [[], []];
  let pauses = 0;
  t.is(atOnce(counting(3, fast)), 'done');
  const paused = inSlices(counting(3, slow), async () => {
    pauses++;
  });
  t.is(await paused, 'done');
  t.deepEqual(slow, fast);
  t.is(pauses, 3);
});

test('of several works one goes on in a turn, and none is left behind', async t => {
  const order: string[] = [];
  let turn = 0;
  const waiting: (() => void)[] = [];
  const pause = inTurns(() => new Promise<void>(resolve => void waiting.push(resolve)));
  const work = async (name: string) => {
    for (let n = 0; n < 3; n++) {
      await pause();
      order.push(`${name}${turn}`);
    }
  };
  const all = Promise.all(['a', 'b', 'c'].map(work));
  while (order.length < 9) {
    for (let n = 0; n < 10; n++) await Promise.resolve();
    turn++;
    t.is(waiting.length, 1);
    waiting.shift()!();
    for (let n = 0; n < 10; n++) await Promise.resolve();
  }
  await all;
  t.deepEqual(order, ['a1', 'b2', 'c3', 'a4', 'b5', 'c6', 'a7', 'b8', 'c9']);
});
