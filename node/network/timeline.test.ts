import test from 'ava';
import { Timeline } from './timeline.ts';

test('what is due runs in order of time, then of asking, and no further than the clock is moved', async t => {
  const timeline = new Timeline(1_000);
  const ran: string[] = [];
  for (const [name, delayMs] of Object.entries({ c: 20, a: 10, d: 20, b: 10, e: 21 })) {
    timeline.after(delayMs, () => ran.push(`${name}@${timeline.clock()}`));
  }
  await timeline.advance(20);
  t.deepEqual(ran, ['a@1010', 'b@1010', 'c@1020', 'd@1020']);
  t.is(timeline.clock(), 1_020);
  await timeline.advance(1);
  t.is(ran.at(-1), 'e@1021');
});

test('the clock waits for what runs, and what runs may ask for more', async t => {
  const timeline = new Timeline(0);
  const seen: number[] = [];
  timeline.after(1, async () => {
    await new Promise(resolve => setImmediate(resolve));
    timeline.after(1, () => seen.push(timeline.clock()));
  });
  timeline.after(3, () => seen.push(timeline.clock()));
  await timeline.advance(3);
  t.deepEqual(seen, [2, 3]);
});

test('what waits for the clock does not stop it', async t => {
  const timeline = new Timeline(0);
  const { promise, resolve } = Promise.withResolvers<void>();
  timeline.after(1, () => promise);
  timeline.after(2, resolve);
  await timeline.advance(2);
  await promise;
  t.is(timeline.clock(), 2);
});

test('what fails, fails the one who moved the clock', async t => {
  const timeline = new Timeline(0);
  timeline.after(1, () => Promise.reject(new Error('broken')));
  await t.throwsAsync(timeline.advance(2), { message: 'broken' });
});

test('a ticker ticks until its signal', async t => {
  const timeline = new Timeline(0);
  const stop = new AbortController();
  let ticks = 0;
  timeline.ticker(10, () => void ticks++, stop.signal);
  await timeline.advance(35);
  stop.abort();
  await timeline.advance(100);
  t.is(ticks, 3);
});
