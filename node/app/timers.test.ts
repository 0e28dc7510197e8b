import test from 'ava';
import { ticker } from './timers.ts';

test('what fails is told, unless the node has stopped meanwhile', async t => {
  const told: unknown[] = [];
  const stop = new AbortController();
  const { promise: last, reject: fail } = Promise.withResolvers<never>();
  const { promise: isLast, resolve: begin } = Promise.withResolvers<void>();
  let runs = 0;
  ticker(error => told.push(error))(
    1,
    async () => {
      if (++runs < 3) throw new Error(`run ${runs}`);
      begin();
      await last;
    },
    stop.signal,
  );
  await isLast;
  stop.abort();
  fail(new Error('there is no store any more'));
  await last.catch(() => {});
  await new Promise(setImmediate);
  t.deepEqual(told, [new Error('run 1'), new Error('run 2')]);
});
