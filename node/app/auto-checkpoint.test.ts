import test from 'ava';
import type { Draft } from '../api/port.ts';
import { minute } from '../base/time.ts';
import { makeKey } from '../trust/make-key.ts';
import { formatMessage } from '../trust/message.ts';
import { openPrivateKey } from '../trust/sign.ts';
import { formatPayload, parseStatement } from '../trust/statement.ts';
import { AutoCheckpoint } from './auto-checkpoint.ts';

const now = Date.UTC(2026, 0, 1);

async function setup(ageMs: number | null) {
  const made = await makeKey({ name: 'Bot', email: 'bot@example.org' }, now - minute);
  const key = await openPrivateKey(made.privateArmored);
  const published: string[] = [];
  const vouched: boolean[] = [];
  const warnings: string[] = [];
  const auto = new AutoCheckpoint({
    key,
    everyMs: 10 * minute,
    clock: () => now,
    ageMs: () => ageMs,
    draft: async ({ author, kind }, vouchedFor) => {
      vouched.push(vouchedFor('up'), vouchedFor('down'));
      const message = {
        subject: 'checkpoint 1: 1 servers',
        text: '',
        list: 'test',
        sequence: 1,
        kind,
        records: 'a'.repeat(64),
        previous: null,
        rollbackTo: null,
      };
      const person = { ...author, atSeconds: now / 1_000, zone: '+0000' };
      const payload = formatPayload({
        tree: 'b'.repeat(40),
        parents: [],
        author: person,
        committer: person,
        ...message,
      });
      const draft = {
        payload: Buffer.from(payload).toString('base64'),
        message: formatMessage(message),
        sequence: 1,
        servers: 1,
      };
      return draft as Draft;
    },
    answers: id => id === 'up',
    publish: async ({ commit }) => void published.push(commit),
    log: (level, message) => void (level === 'warn' && warnings.push(message)),
  });
  return { auto, published, vouched, warnings };
}

for (const [title, ageMs, signs] of [
  ['when there is none yet', null, true],
  ['when the last one is old enough', 10 * minute, true],
  ['not before its time, whoever signed the last one', 10 * minute - 1, false],
] as const) {
  test(`a checkpoint is signed ${title}`, async t => {
    const { auto, published, vouched, warnings } = await setup(ageMs);
    await auto.tick();
    t.is(published.length, signs ? 1 : 0);
    t.deepEqual(warnings, []);
    if (!signs) return;
    t.deepEqual(vouched, [true, false], 'only what answers is vouched for');
    const read = parseStatement(Buffer.from(published[0]!, 'base64'));
    t.like(read, { ok: true, value: { kind: 'checkpoint', sequence: 1 } });
  });
}
