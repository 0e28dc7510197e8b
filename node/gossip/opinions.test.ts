import test from 'ava';
import { testList, testNow } from '../../test/announcements.ts';
import { opinionOf, opinionsBy, peerOf } from '../../test/karma.ts';
import { minute } from '../base/time.ts';
import { OpinionBook, ratersMax } from '../karma/opinion-book.ts';
import { opinionsBytesMax } from '../records/opinion.ts';
import {
  answersGoodForMs,
  answersWanted,
  formatBatches,
  OpinionExchange,
  opinionsAnswerBytesMax,
  parseBatches,
} from './opinions.ts';

const bytesOf = (rater: number, value = 0.5) => opinionsBy(rater, [opinionOf(99, value)]).bytes;

/** An exchange whose peers give the answers named; `meet` resolves when all that is under way has ended. */
function setup(answers: Record<string, Uint8Array | Error> = {}) {
  const time = { now: testNow };
  const asked: string[] = [];
  const rejected: string[] = [];
  let met: (peer: string) => void = () => {};
  let serve: () => Promise<Uint8Array> = async () => new Uint8Array();
  const clock = () => time.now;
  const known = new Set([peerOf(2)]);
  const direct = (rater: string) => (known.has(rater) ? 0.5 : 0);
  const book = new OpinionBook({ listName: testList, self: peerOf(1), clock, direct, heard: () => {} });
  new OpinionExchange({
    network: {
      join: () => {},
      serve: (_, answer) => {
        serve = () => answer(new Uint8Array(), 'x');
      },
      async request(peer) {
        asked.push(peer);
        const answer = answers[peer] ?? new Uint8Array();
        if (answer instanceof Error) throw answer;
        return answer;
      },
      onPeer: (_, listener) => {
        met = listener;
      },
    },
    listName: testList,
    book,
    own: () => bytesOf(1),
    karma: peer => (peer.startsWith('bad') ? -0.1 : 0),
    changed: () => {},
    rejected: peer => rejected.push(peer),
    monotonic: clock,
    pause: async () => {},
    log: () => {},
  });
  const meet = async (...peers: string[]) => {
    for (const peer of peers) {
      met(peer);
      await new Promise(resolve => setImmediate(resolve));
    }
  };
  return { time, asked, rejected, book, meet, answer: () => serve() };
}

test('a new peer is asked what is said, and each batch is judged like one that gossip brought', async t => {
  const { book, meet, asked } = setup({ a: formatBatches([bytesOf(2), bytesOf(3), bytesOf(1), bytesOf(3)]) });
  await meet('a');
  t.deepEqual(asked, ['a']);
  t.is(book.size, 2);
});

test('three that know something are enough, until gossip may have missed something again', async t => {
  const some = formatBatches([bytesOf(2)]);
  const { time, meet, asked } = setup({ a: some, broken: new Error('gone'), b: some, c: some, d: some, e: some });
  await meet('a', 'empty', 'broken', 'bad', 'b', 'c', 'd');
  t.deepEqual(asked, ['a', 'empty', 'broken', 'b', 'c']);
  t.is(answersWanted, 3);
  time.now += answersGoodForMs - 1;
  await meet('d');
  t.is(asked.length, 5);
  time.now += minute;
  await meet('e');
  t.is(asked.at(-1), 'e');
});

for (const [title, answer] of [
  ['forged', () => bytesOf(2).with(bytesOf(2).length - 10, 0x41)],
  ['for another list', () => opinionsBy(2, [opinionOf(99, 0.5)], testNow, 'other').bytes],
  ['no opinions at all', () => Buffer.from('hello\n')],
] as const) {
  test(`an answer that is ${title} costs the peer, and what follows in it is not read`, async t => {
    const { book, rejected, meet } = setup({ a: Buffer.concat([answer(), bytesOf(3)]) });
    await meet('a');
    t.deepEqual(rejected, ['a']);
    t.is(book.size, 0);
  });
}

test('whoever asks gets what this node says and what it holds, those that count first, then the newest', async t => {
  const { book, answer } = setup();
  const at = (rater: number, age: number) => opinionsBy(rater, [opinionOf(99, 0.5)], testNow - age).bytes;
  const [older, newer, counting] = [at(3, 2), at(4, 1), at(2, 3)];
  for (const bytes of [older, counting, newer]) book.receive(bytes);
  const read = parseBatches(await answer());
  t.deepEqual(
    read.ok && read.value.map(bytes => Buffer.from(bytes)),
    [bytesOf(1), counting, newer, older].map(bytes => Buffer.from(bytes)),
  );
});

test('what has run out is told to nobody', async t => {
  const { time, book, answer } = setup();
  book.receive(bytesOf(2));
  time.now += 25 * 60 * minute;
  t.deepEqual(Buffer.from(await answer()), Buffer.from(bytesOf(1)));
});

test('an answer holds as many as there is room for, and is whole lines', t => {
  const line = Buffer.alloc(opinionsBytesMax, 'x').fill('\n', opinionsBytesMax - 1);
  const whole = formatBatches(Array.from({ length: 20 }, () => line));
  t.is(whole.length, opinionsAnswerBytesMax);
  const read = parseBatches(whole);
  t.is(read.ok && read.value.length, 16);
  t.deepEqual(parseBatches(new Uint8Array()), { ok: true, value: [] });
});

for (const [title, bytes] of [
  ['is cut short', Buffer.from('a\nb')],
  ['holds a line that is too long', Buffer.alloc(opinionsBytesMax + 1, 'x').fill('\n', opinionsBytesMax)],
  ['holds more lines than there can be raters', Buffer.alloc(ratersMax + 2, '\n')],
] as const) {
  test(`an answer that ${title} is refused`, t => {
    t.like(parseBatches(bytes), { ok: false, code: 'BAD_ANSWER' });
  });
}
