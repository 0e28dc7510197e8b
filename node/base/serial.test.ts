import test from 'ava';
import { serial } from './serial.ts';

test('work is done one after the other, in order, and each gets what its own gave', async t => {
  const inTurn = serial();
  const first = Promise.withResolvers<string>();
  const done: string[] = [];
  const work = (name: string, gives: Promise<string>) =>
    inTurn(async () => {
      done.push(`${name} begins`);
      const given = await gives;
      done.push(`${name} ends`);
      return given;
    });
  const both = Promise.all([work('one', first.promise), work('two', Promise.resolve('b'))]);
  await new Promise(resolve => setImmediate(resolve));
  t.deepEqual(done, ['one begins']);
  first.resolve('a');
  t.deepEqual(await both, ['a', 'b']);
  t.deepEqual(done, ['one begins', 'one ends', 'two begins', 'two ends']);
});

test('work that fails tells whoever asked for it, and the next goes on', async t => {
  const inTurn = serial();
  const failed = inTurn(async () => {
    throw new Error('no space left');
  });
  const next = inTurn(async () => 'done');
  await t.throwsAsync(failed, { message: 'no space left' });
  t.is(await next, 'done');
});
