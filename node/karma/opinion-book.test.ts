import test from 'ava';
import { testList, testNow } from '../../test/announcements.ts';
import { opinionOf, opinionsBy, peerOf } from '../../test/karma.ts';
import { day, minute, second } from '../base/time.ts';
import { OpinionBook, opinionPace, ratersMax } from './opinion-book.ts';

function setup(direct: (rater: string) => number = () => 0) {
  const time = { now: testNow };
  const book = new OpinionBook({ listName: testList, self: peerOf(1), clock: () => time.now, direct, heard: () => {} });
  const receive = (rater: number, value: number, issuedAt = time.now, list = testList) =>
    book.receive(opinionsBy(rater, [opinionOf(subject, value)], issuedAt, list).bytes);
  return { time, book, receive };
}
/** No rater has this number. */
const subject = 5_000;
const accept = { action: 'accept' };

test('the newest word of each rater counts', t => {
  const { time, book, receive } = setup();
  t.deepEqual(receive(2, 0.5), accept);
  time.now += minute;
  t.deepEqual(receive(2, -0.25), accept);
  t.deepEqual(receive(3, 0.75), accept);
  const said = book.about(peerOf(subject)).map(({ rater, opinion: { value }, vouched }) => [rater, value, vouched]);
  t.deepEqual(said, [
    [peerOf(2), -0.25, 0],
    [peerOf(3), 0.75, 0.75],
  ]);
  t.deepEqual(book.about(peerOf(subject + 1)), []);
});

test('an empty batch takes back what was said', t => {
  const { time, book, receive } = setup();
  receive(2, 0.5);
  t.deepEqual(book.receive(opinionsBy(2, [], time.now + 1).bytes), accept);
  t.deepEqual(book.about(peerOf(subject)), []);
});

for (const [title, issuedAt, list, expected] of [
  ['10 minutes ahead is accepted', testNow + 10 * minute, testList, accept],
  ['a little more is ignored', testNow + 10 * minute + 1, testList, { action: 'ignore', code: 'FROM_THE_FUTURE' }],
  ['20 minutes ahead is rejected', testNow + 20 * minute + 1, testList, { action: 'reject', code: 'FAR_FUTURE' }],
  ['that has run out is ignored', testNow - day, testList, { action: 'ignore', code: 'EXPIRED' }],
  [
    'that ran out long ago is rejected',
    testNow - day - 10 * minute - 1,
    testList,
    { action: 'reject', code: 'LONG_EXPIRED' },
  ],
  ['for another list is rejected', testNow, 'other', { action: 'reject', code: 'BAD_SIGNATURE' }],
] as const) {
  test(`a batch ${title}`, t => {
    t.deepEqual(setup().receive(2, 0.5, issuedAt, list), expected as never);
  });
}

test('what this node said itself is no hearsay', t => {
  t.deepEqual(setup().receive(1, 0.5), { action: 'ignore', code: 'OWN' });
});

test('an older word, or the same again, is ignored, also after its rater was dropped', t => {
  const { time, book, receive } = setup();
  receive(2, 0.5, testNow + 2);
  for (const issuedAt of [testNow, testNow + 2]) {
    t.deepEqual(receive(2, -0.5, issuedAt), { action: 'ignore', code: 'STALE' });
  }
  time.now += day + 3;
  book.tick();
  t.is(book.size, 0);
  t.deepEqual(receive(2, -0.5, testNow + 2), { action: 'ignore', code: 'EXPIRED' });
});

test('opinions run out even if nobody clears them away', t => {
  const { time, book, receive } = setup();
  receive(2, 0.5);
  time.now += day;
  t.deepEqual(book.about(peerOf(subject)), []);
});

test('a rater who speaks too often is ignored until time has passed, whatever his dates say', t => {
  const { time, receive } = setup();
  for (let i = 0; i < opinionPace.burst; i++) t.deepEqual(receive(2, 0.5, testNow + i), accept);
  t.deepEqual(receive(2, 0.5, testNow + 5 * minute), { action: 'ignore', code: 'TOO_OFTEN' });
  t.deepEqual(receive(3, 0.5), accept);
  time.now += opinionPace.everyMs;
  t.deepEqual(receive(2, 0.5, testNow + 5 * minute), accept);
});

test('who forges the word of another does not use up his tokens', t => {
  const { receive } = setup();
  for (let i = 0; i < 20; i++) t.is(receive(2, 0.5, testNow + i, 'other').action, 'reject');
  t.deepEqual(receive(2, 0.5), accept);
});

test('when there are too many raters, those that do not count go first, and their older words stay out', t => {
  const known = new Set([peerOf(2), peerOf(3)]);
  const { time, book, receive } = setup(rater => (known.has(rater) ? 0.9 : 0));
  for (let i = 2; i < ratersMax + 2; i++) t.is(receive(i, 0.5, testNow + second).action, 'accept');
  t.is(book.size, ratersMax);
  receive(ratersMax + 2, 0.5);
  t.is(book.size, ratersMax);
  const raters = new Set(book.about(peerOf(subject)).map(({ rater }) => rater));
  t.true(raters.has(peerOf(2)) && raters.has(peerOf(3)) && !raters.has(peerOf(4)));
  time.now += minute;
  t.deepEqual(receive(4, 0.5, testNow), { action: 'ignore', code: 'STALE' });
});
