// Statements and their signatures in words, for people.
import type { CommitSummary, StatementAge, StatementJson } from '../api/port.ts';
import type { Cell } from './table.ts';
import { duration } from './words.ts';

/** `statement 12 (checkpoint by Ada Quist), 3 min old`. */
export const statementWords = (statement: StatementAge | null): string => {
  if (statement === null) return 'no signed statement yet';
  const { sequence, kind, signer, ageMs } = statement;
  return `statement ${sequence} (${kind} by ${nameIn(signer)}), ${duration(ageMs)} old`;
};

/** `Ada Quist <ada@example.org>` is Ada Quist; who gives only an address goes by that. */
export const nameIn = (userId: string): string => userId.replace(/ *<[^<>]*>$/, '') || userId;

/**
 * `good`, or what is wrong and why: a bare mark would hide the very thing that one needs to know. Who signed is said where
 * the commit's author, which anybody can make up, is somebody else.
 */
export function signatureCell(signature: CommitSummary['signature'], author: string): Cell {
  if (signature === null) return '';
  const { status, reason, name } = signature;
  const who = name === '' || nameIn(name) === nameIn(author) ? '' : `, ${nameIn(name)}`;
  if (status === 'good') return { text: `good${who}`, style: 'green' };
  return { text: `${status}${who}${reason === '' || reason === status ? '' : `: ${reason}`}`, style: 'red' };
}

/** What came of publishing a statement. */
export function publishedWords({ statement, adopted }: { statement: StatementJson; adopted: boolean }): string {
  const { sequence, kind, signer, state, reason } = statement;
  const what = `published statement ${sequence} (${kind} by ${nameIn(signer)})`;
  return adopted ? `${what}: it is in force` : `${what}: it is not in force here, ${state}: ${reason}`;
}
