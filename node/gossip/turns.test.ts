// Turns between peers: nobody waits behind another's flood, and nobody is left out.
import { setImmediate as idle } from 'node:timers/promises';
import test from 'ava';
import fc from 'fast-check';
import { accept, ignore } from '../base/verdict.ts';
import { Turns, type TurnsDeps, waitingBytesMax, wasteMax, wastePerSecond } from './turns.ts';

const depsOf = (deps: Partial<TurnsDeps> = {}): TurnsDeps => ({
  monotonic: () => 0,
  later: () => {},
  pause: async () => {},
  ...deps,
});

/** Takes them while the first is judged, which ends when told; gives the order in which they were judged. */
async function judgedOf(messages: readonly (readonly [peer: string, bytes: number])[]): Promise<string[]> {
  const turns = new Turns(depsOf());
  const gate = Promise.withResolvers<void>();
  const judged: string[] = [];
  const first = turns.take('first', 1, async () => {
    await gate.promise;
    return accept;
  });
  const all = messages.map(([peer, bytes], i) =>
    turns.take(peer, bytes, async () => {
      judged.push(`${peer}${i}`);
      return accept;
    }),
  );
  gate.resolve();
  await Promise.all([first, ...all]);
  return judged;
}

test('a message is judged at once when none waits', async t => {
  const turns = new Turns(depsOf());
  let begun = false;
  const verdict = turns.take('a', 1, async () => {
    begun = true;
    return accept;
  });
  t.true(begun);
  t.is((await verdict).action, 'accept');
});

test('who says little does not wait behind who floods', async t => {
  const flood = Array.from({ length: 100 }, () => ['a', 1_000] as const);
  const judged = await judgedOf([...flood, ['b', 100], ['b', 100]]);
  t.deepEqual(judged.slice(0, 3), ['a0', 'b100', 'b101']);
});

test('two that flood are judged in equal shares, however large their messages', async t => {
  const large = Array.from({ length: 20 }, () => ['a', 4_000] as const);
  const small = Array.from({ length: 80 }, () => ['b', 1_000] as const);
  const judged = await judgedOf([...large, ...small]);
  const ofA = judged.slice(0, 50).filter(name => name.startsWith('a')).length;
  t.true(ofA >= 9 && ofA <= 11, `${ofA} of the first 50`);
});

test('who has flooded while nobody else spoke owes nobody anything', async t => {
  const turns = new Turns(depsOf());
  for (let i = 0; i < 10; i++) await turns.take('a', 100_000, async () => accept);
  await idle();
  const gate = Promise.withResolvers<void>();
  const judged: string[] = [];
  const name = (peer: string) => async () => {
    judged.push(peer);
    await gate.promise;
    return accept;
  };
  const all = [turns.take('b', 1, name('b')), turns.take('a', 1, name('a')), turns.take('b', 1, name('b'))];
  gate.resolve();
  await Promise.all(all);
  t.deepEqual(judged, ['b', 'a', 'b']);
});

test('what a peer has waiting is bounded, and another is not held up by it', async t => {
  const turns = new Turns(depsOf());
  const gate = Promise.withResolvers<void>();
  const hold = async () => {
    await gate.promise;
    return accept;
  };
  const held = [turns.take('x', 1, hold), turns.take('a', waitingBytesMax, hold)];
  t.deepEqual(await turns.take('a', 1, hold), { action: 'ignore', code: 'TOO_MANY_WAIT' });
  held.push(turns.take('b', waitingBytesMax, hold));
  gate.resolve();
  t.true((await Promise.all(held)).every(({ action }) => action === 'accept'));
});

test('one whose judging fails fails alone', async t => {
  const turns = new Turns(depsOf());
  const failing = turns.take('a', 1, async () => {
    throw new Error('no');
  });
  const next = turns.take('a', 1, async () => accept);
  await t.throwsAsync(failing, { message: 'no' });
  t.is((await next).action, 'accept');
});

test('everything is judged once, and what one peer says in the order it was said', async t => {
  const message = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 1, max: 5_000 }));
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 60 }), async messages => {
      const judged = await judgedOf(messages);
      t.deepEqual(judged.toSorted(), messages.map(([peer], i) => `${peer}${i}`).toSorted());
      for (const peer of ['a', 'b', 'c', 'd']) {
        const order = judged.filter(name => name.startsWith(peer)).map(name => Number(name.slice(1)));
        t.deepEqual(
          order,
          order.toSorted((x, y) => x - y),
        );
      }
    }),
  );
});

test('peers of whom nothing is taken get a bounded part of the time together, and hold up nobody else', async t => {
  let now = 0;
  let wake: { atMs: number; task: () => void } | undefined;
  const later = (delayMs: number, task: () => void) => {
    wake = { atMs: now + delayMs, task };
  };
  const turns = new Turns(depsOf({ monotonic: () => now, later }));
  const size = 65_536;
  let judged = 0;
  const waste = async () => {
    judged++;
    return ignore('OVER_QUOTA');
  };
  for (let i = 0; i < 24; i++) for (const peer of ['a', 'b']) void turns.take(peer, size, waste);
  await idle();
  t.is(judged, wasteMax / size + 1, 'until the allowance is spent');
  t.is((await turns.take('c', 100, async () => accept)).action, 'accept', 'who says something of use is heard at once');
  const before = judged;
  for (let round = 0; round < 8 && wake; round++) {
    now = wake.atMs;
    const { task } = wake;
    wake = undefined;
    task();
    await idle();
  }
  t.true(judged > before);
  t.true((judged - before - 1) * size <= (now / 1_000) * wastePerSecond, `${judged - before} messages in ${now} ms`);
});

test('who is heard for nothing one by one is held up like who sends all at once', async t => {
  const turns = new Turns(depsOf());
  let judged = 0;
  const waste = async () => {
    judged++;
    return ignore('OVER_QUOTA');
  };
  for (let i = 0; i < 40; i++) {
    void turns.take('a', 65_536, waste);
    await idle();
  }
  t.is(judged, wasteMax / 65_536 + 1);
});
