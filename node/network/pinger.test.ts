import type { Connection } from '@libp2p/interface';
import test from 'ava';
import { Pinger } from './pinger.ts';

/** A connection whose peer answers as told. */
function setup(answers: boolean[]) {
  let now = 0;
  let aborted = false;
  const connection = {
    status: 'open',
    remotePeer: 'peer',
    abort: () => {
      aborted = true;
    },
  } as unknown as Connection;
  const pinger = new Pinger({
    monotonic: () => now,
    ping: async () => {
      now += 7;
      if (!answers.shift()) throw new Error('no echo');
    },
    log: () => {},
  });
  return { pinger, connection, aborted: () => aborted };
}

test('the round trip of the last ping is known, and none before the first', async t => {
  const { pinger, connection } = setup([true, false]);
  t.is(pinger.rttMs(connection), null);
  await pinger.measure(connection);
  t.is(pinger.rttMs(connection), 7);
  await pinger.measure(connection);
  t.is(pinger.rttMs(connection), 7);
});

for (const [title, answers, expected] of [
  ['one ping that got lost is excused', [false, true, false], false],
  ['two in a row end the connection', [true, false, false], true],
] as const) {
  test(title, async t => {
    const { pinger, connection, aborted } = setup([...answers]);
    for (const _ of answers) await pinger.measure(connection);
    t.is(aborted(), expected);
  });
}

test('a round reaches every connection, a few at a time', async t => {
  let open = 0;
  let most = 0;
  let count = 0;
  const pinger = new Pinger({
    monotonic: () => 0,
    ping: async () => {
      most = Math.max(most, ++open);
      await new Promise(resolve => setImmediate(resolve));
      open--;
      count++;
    },
    log: () => {},
  });
  await pinger.round(Array.from({ length: 30 }, () => ({}) as Connection));
  t.is(count, 30);
  t.is(most, 8);
});
