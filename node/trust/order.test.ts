import test from 'ava';
import fc from 'fast-check';
import { day, hour, second } from '../base/time.ts';
import { keptMax, rollbackInForceMs, Statements, sequenceLeapMax, statedAt } from './order.ts';
import type { VerifiedStatement } from './verified.ts';

const atSeconds = 1_763_600_000;

type Words = { by?: string; kind?: 'checkpoint' | 'rollback'; digest?: string };

/** As much of a verified statement as its order depends on. */
function said(sequence: number, { by = 'ada', kind = 'checkpoint', digest = `${by} ${sequence} ${kind}` }: Words = {}) {
  const statement = { sequence, kind, digest, committer: { atSeconds: atSeconds + sequence } };
  return { statement, fingerprint: by, signedBy: by, signer: by } as unknown as VerifiedStatement;
}

const everybody = () => true;
const only =
  (...fingerprints: string[]) =>
  ({ fingerprint }: { fingerprint: string }) =>
    fingerprints.includes(fingerprint);
const digestOf = (verified: VerifiedStatement | undefined) => verified?.statement.digest;

test('the highest sequence is in force, whatever came last', t => {
  const statements = new Statements();
  for (const sequence of [3, 12, 7]) t.is(statements.add(said(sequence)), 'new');
  t.is(statements.latest(everybody)?.statement.sequence, 12);
  t.is(statements.highest, 12);
});

test('of one sequence, a rollback is in force before a checkpoint, then the smaller digest', t => {
  const statements = new Statements();
  statements.add(said(5, { by: 'ada', digest: 'b' }));
  statements.add(said(5, { by: 'bob', digest: 'a' }));
  t.is(digestOf(statements.latest(everybody)), 'a');
  statements.add(said(5, { by: 'eve', kind: 'rollback', digest: 'c' }));
  t.is(digestOf(statements.latest(everybody)), 'c');
});

test('a statement that came before is known, in whatever armor', t => {
  const statements = new Statements([said(1)]);
  t.is(statements.add(said(1)), 'known');
  t.is([...statements].length, 1);
  t.is(statements.get('ada 1 checkpoint')?.statement.sequence, 1);
  t.is(statements.get('never heard'), undefined);
});

for (const [title, sequence, outcome] of [
  ['of 1,024', 10 + sequenceLeapMax, 'new'],
  ['of 1,025', 11 + sequenceLeapMax, 'SEQUENCE_JUMP'],
] as const) {
  test(`a leap ${title} above the highest known: ${outcome}`, t => {
    const statements = new Statements([said(10)]);
    t.is(statements.add(said(sequence)), outcome);
    t.is(statements.latest(everybody)?.statement.sequence, outcome === 'new' ? sequence : 10);
  });
}

test('the first statement of all may have any sequence', t => {
  t.is(new Statements().add(said(2 ** 53 - 1)), 'new');
});

test('the last 64 of a key are kept, and what is below them is too old', t => {
  const statements = new Statements();
  for (let sequence = 1; sequence <= keptMax + 10; sequence++) statements.add(said(sequence));
  t.is([...statements].length, keptMax);
  t.is(statements.add(said(10)), 'TOO_OLD');
  t.is(statements.add(said(keptMax + 11)), 'new');
});

test('a stolen key cannot push out what another key said, so its end brings that back', t => {
  const statements = new Statements([said(3, { by: 'ada' })]);
  for (let sequence = 4; sequence < 4 + 2 * keptMax; sequence++) statements.add(said(sequence, { by: 'eve' }));
  t.is(statements.latest(everybody)?.fingerprint, 'eve');
  t.is(statements.latest(only('ada'))?.statement.sequence, 3);
  t.is(statements.add(said(4, { by: 'ada' })), 'new');
  t.is(statements.latest(only('ada'))?.statement.sequence, 4);
  t.is(
    statements.latest(() => false),
    undefined,
  );
});

test('two statements of one key with one sequence are equivocation, shown with both', t => {
  const statements = new Statements();
  for (const digest of ['b', 'a', 'c']) statements.add(said(5, { digest }));
  statements.add(said(5, { by: 'bob' }));
  statements.add(said(6));
  t.deepEqual(
    statements.equivocations().map(pair => pair.map(digestOf)),
    [['a', 'b']],
  );
});

test('a rollback is in force for a day, under the checkpoints that follow it', t => {
  const statements = new Statements([said(1), said(2, { kind: 'rollback' }), said(3)]);
  const madeAt = (atSeconds + 2) * second;
  t.is(statements.rollbackInForce(everybody, madeAt + hour)?.statement.sequence, 2);
  t.is(statements.rollbackInForce(everybody, madeAt + rollbackInForceMs - 1)?.statement.sequence, 2);
  t.is(statements.rollbackInForce(everybody, madeAt + rollbackInForceMs), undefined);
  t.is(
    statements.rollbackInForce(() => false, madeAt),
    undefined,
  );
});

test('a newer rollback takes the place of an older one', t => {
  const statements = new Statements([said(2, { kind: 'rollback' }), said(4, { kind: 'rollback', by: 'bob' })]);
  const now = atSeconds * second;
  t.is(statements.rollbackInForce(everybody, now)?.statement.sequence, 4);
  t.is(statements.rollbackInForce(only('ada'), now)?.statement.sequence, 2);
});

test('what a store kept is taken in again whole, though it has gaps', t => {
  const statements = new Statements([said(1, { by: 'bob' })]);
  for (let sequence = 1_000; sequence < 200_000; sequence += 1_000) statements.add(said(sequence));
  const again = new Statements(statements);
  t.is([...again].length, [...statements].length);
  t.is(again.latest(only('bob'))?.statement.sequence, 1);
});

const pairsOf = (statements: Statements) =>
  statements
    .equivocations()
    .map(pair => pair.map(digestOf).join())
    .sort();

const words = fc.record({
  sequence: fc.integer({ min: 1, max: 90 }),
  by: fc.constantFrom('ada', 'bob', 'eve'),
  kind: fc.constantFrom('checkpoint' as const, 'rollback' as const),
  digest: fc.constantFrom('a', 'b', 'c', 'd'),
});

test('what is kept depends on the set of statements, never on the order or the number of their arrivals', t => {
  fc.assert(
    fc.property(fc.array(words, { maxLength: 400 }), fc.infiniteStream(fc.nat()), (all, chance) => {
      // A digest belongs to one payload.
      const set = all.map(({ sequence, ...rest }) =>
        said(sequence, { ...rest, digest: `${rest.digest} ${rest.by} ${sequence} ${rest.kind}` }),
      );
      const shuffled = [...set, ...set]
        .map(it => [chance.next().value, it] as const)
        .sort(([a], [b]) => a - b)
        .map(([, it]) => it);
      const [one, other] = [new Statements(set), new Statements()];
      for (const it of shuffled) other.add(it);
      t.deepEqual([...one].map(digestOf).sort(), [...other].map(digestOf).sort());
      t.is(digestOf(one.latest(everybody)), digestOf(other.latest(everybody)));
      t.deepEqual(pairsOf(one), pairsOf(other));
    }),
    { numRuns: 100 },
  );
});

test('each day of silence allows as many sequences again, so that a node that was away catches up', t => {
  const statements = new Statements([said(5)]);
  const [newest] = [...statements] as [VerifiedStatement];
  t.is(statements.leapMax(statedAt(newest)), sequenceLeapMax);
  t.is(statements.leapMax(statedAt(newest) + 7 * day), 8 * sequenceLeapMax);
  const far = said(5 + 3 * sequenceLeapMax);
  t.is(statements.add(far, statements.leapMax(statedAt(newest) + day)), 'SEQUENCE_JUMP');
  t.is(statements.add(far, statements.leapMax(statedAt(newest) + 2 * day)), 'new');
});
