import test from 'ava';
import fc from 'fast-check';
import { maintainerOf } from '../../test/maintainers.ts';
import { RollcallError } from '../base/errors.ts';
import { accept, ignore, reject, type Verdict } from '../base/verdict.ts';
import { MemoryNet } from '../network/memory.ts';
import { statementBytesMax } from '../trust/statement.ts';
import { formatKept, parseKept, StatementGossip, statementsProtocol } from './statements.ts';

const commit = (size: number, fill = 7) => new Uint8Array(size).fill(fill);

test('what a node has kept reads back as it was', t => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 128 }), commits => {
      t.deepEqual(parseKept(formatKept(commits)), { ok: true, value: commits });
    }),
  );
});

test('whatever bytes come, they are refused or written back as they came', t => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), bytes => {
      const read = parseKept(bytes);
      if (read.ok) t.deepEqual(new Uint8Array(formatKept(read.value)), bytes);
      else t.is(read.code, 'BAD_ANSWER');
    }),
  );
});

test('the latest go into an answer as far as they fit', t => {
  const few = parseKept(formatKept(Array.from({ length: 200 }, (_, i) => commit(1, i))));
  t.is(few.ok && few.value.length, 128);
  const answer = formatKept(Array.from({ length: 100 }, () => commit(statementBytesMax)));
  t.true(answer.length <= 1024 * 1024);
  const large = parseKept(answer);
  t.is(large.ok && large.value.length, 63);
});

for (const [title, bytes] of [
  ['a length of nothing', [0, 0]],
  ['half a length', [0]],
  ['a length past the end', [0, 3, 1, 2]],
  ['a length that no statement has', [0x40, 0x01, ...commit(0x4001)]],
  ['one statement too many', new Array(129).fill([0, 1, 9]).flat()],
] as const) {
  test(`an answer with ${title} is refused`, t => {
    t.like(parseKept(Uint8Array.from(bytes)), { ok: false, code: 'BAD_ANSWER' });
  });
}

/** Two nodes: `a` has kept some statements, `b` notes what it receives. */
function twoNodes(kept: readonly Uint8Array[], verdict: (bytes: Uint8Array) => Verdict = () => accept) {
  const net = new MemoryNet();
  const received: [size: number, from: string][] = [];
  const gossipOf = (peerId: string, kept: readonly Uint8Array[]) =>
    new StatementGossip({
      network: net.join(peerId),
      listName: 'test',
      receive: async (bytes, from) => {
        received.push([bytes.length, from]);
        return verdict(bytes);
      },
      kept: () => kept,
    });
  const [a, b] = [gossipOf('a', kept), gossipOf('b', [])];
  net.connect('a', 'b');
  return { net, a, b, received };
}

async function settled(net: MemoryNet, work: Promise<unknown>): Promise<unknown> {
  const outcome = work.then(
    () => 'done',
    error => (error instanceof RollcallError ? error.code : error),
  );
  await net.advance(60_000);
  return outcome;
}

test('a node asks another for all that it has kept, the latest first', async t => {
  const { net, b, received } = twoNodes([commit(3), commit(2), commit(1)]);
  t.is(await settled(net, b.ask('a')), 'done');
  t.deepEqual(received, [
    [3, 'a'],
    [2, 'a'],
    [1, 'a'],
  ]);
});

test('a published statement reaches the other node as the raw commit', async t => {
  const { net, a, received } = twoNodes([]);
  const { bytes } = await (await maintainerOf('Ada')).state();
  await a.publish(bytes);
  await net.advance(1_000);
  t.deepEqual(received, [[bytes.length, 'a']]);
});

test('what cannot be used is skipped, and the rest is taken', async t => {
  const { net, b, received } = twoNodes([commit(3), commit(2), commit(1)], () => ignore('UNKNOWN_KEY'));
  t.is(await settled(net, b.ask('a')), 'done');
  t.is(received.length, 3);
});

test('after the first that no honest node keeps, nothing more is judged', async t => {
  const verdict = (bytes: Uint8Array) => (bytes.length === 2 ? reject('BAD_SIGNATURE') : accept);
  const { net, b, received } = twoNodes([commit(3), commit(2), commit(1)], verdict);
  t.is(await settled(net, b.ask('a')), 'BAD_SIGNATURE');
  t.is(received.length, 2);
});

test('a peer that is gone, or answers with garbage, is an error', async t => {
  const { net, b } = twoNodes([]);
  t.is(await settled(net, b.ask('nobody')), 'PEER_GONE');
  const liar = net.join('liar');
  liar.serve(statementsProtocol('test'), async () => Uint8Array.of(0, 0), { requestBytesMax: 0 });
  net.connect('liar', 'b');
  t.is(await settled(net, b.ask('liar')), 'BAD_ANSWER');
});
