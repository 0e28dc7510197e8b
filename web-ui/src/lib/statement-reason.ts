// Why a maintainer said something: what stands in a statement's message beside its number and its orders. Pure.
import type { StatementJson } from '../api/types.ts';

const order = /^Rollcall-[A-Za-z-]+: /;
const numbered = /^(?:checkpoint|rollback) \d+: /;

/** A rollback's reason is its subject; a checkpoint's subject is a count, and what its maintainer wrote follows. */
export function reasonOf({ subject, message }: Pick<StatementJson, 'subject' | 'message'>): string {
  const paragraphs = message.trim().split(/\n{2,}/);
  const text = paragraphs.slice(1).filter(paragraph => !order.test(paragraph));
  return [subject.replace(numbered, ''), ...text].join('\n').trim();
}
