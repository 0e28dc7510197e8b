// Intake: whose stream is read, and whose is not.
import test from 'ava';
import { heldBytesMax, Intake, type PausableStream } from './intake.ts';

function setup() {
  const said: string[] = [];
  const streams = new Map<string, PausableStream>();
  const open = (peer: string, name = peer) => {
    const stream = {
      readStatus: 'readable',
      pause: () => {
        said.push(`${name} paused`);
        stream.readStatus = 'paused';
      },
      resume: () => {
        said.push(`${name} resumed`);
        stream.readStatus = 'readable';
      },
    };
    streams.set(peer, stream);
  };
  const intake = new Intake(peer => streams.get(peer));
  const hold = (peer: string, bytes: number) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const done = intake.hold(peer, bytes, () => promise);
    return async () => {
      resolve();
      await done;
    };
  };
  return { said, open, streams, hold, intake };
}

test('a peer is not read while too much of it is judged, and read again when half of that is done', async t => {
  const { said, open, hold, intake } = setup();
  open('a');
  const first = hold('a', heldBytesMax / 2);
  const second = hold('a', heldBytesMax / 2);
  t.deepEqual(said, []);
  const third = hold('a', 1);
  t.deepEqual(said, ['a paused']);
  t.true(intake.isHeldUp('a'));
  t.false(intake.isHeldUp('b'), 'nobody knows it');
  await first();
  t.deepEqual(said, ['a paused'], 'half and one byte are left');
  await third();
  t.deepEqual(said, ['a paused', 'a resumed']);
  t.false(intake.isHeldUp('a'));
  await second();
  t.deepEqual(said, ['a paused', 'a resumed']);
});

test('others are read meanwhile', t => {
  const { said, open, hold } = setup();
  open('a');
  open('b');
  hold('a', heldBytesMax + 1);
  hold('b', heldBytesMax);
  t.deepEqual(said, ['a paused']);
});

test('a peer that comes back on another stream is held up on that one', async t => {
  const { said, open, hold } = setup();
  open('a', 'old');
  const first = hold('a', heldBytesMax + 1);
  open('a', 'new');
  const second = hold('a', 1);
  await first();
  await second();
  t.deepEqual(said, ['old paused', 'new paused', 'new resumed']);
});

test('a peer that left meanwhile, or whose work fails, leaves nothing behind', async t => {
  const { said, open, streams, hold } = setup();
  open('a');
  const done = hold('a', heldBytesMax + 1);
  streams.delete('a');
  await done();
  open('a', 'again');
  const intake = new Intake(peer => streams.get(peer));
  await t.throwsAsync(
    intake.hold('a', heldBytesMax + 1, () => Promise.reject(new Error('no'))),
    { message: 'no' },
  );
  t.deepEqual(said, ['a paused', 'again paused', 'again resumed']);
});

test('messages of nothing, which end while others are judged, do not stop the count', async t => {
  const { said, open, hold } = setup();
  open('a');
  const ends = [hold('a', 0), hold('a', 1), hold('a', 0), hold('a', 0)];
  for (const end of [...ends.slice(1), ends[0]!]) await end();
  hold('a', heldBytesMax + 1);
  t.deepEqual(said, ['a paused']);
});
