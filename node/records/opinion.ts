// Opinions: what an online node thinks of other nodes and of players, from its own experience alone. One signed batch
// holds all that it says; a newer one replaces it. Players publish none.
import { day } from '../base/time.ts';
import { fault, type Parsed, type ParseFault } from '../base/verdict.ts';
import type { Signer } from '../identity/keys.ts';
import { type Check, entriesFault, fieldsFault, isPlain, oneOf, peerId, signature, time } from './checks.ts';
import { type Form, formatSigned, parseSigned, type Signed, sign, verifySigned } from './signed.ts';

/**
 * One batch. On the wire one line of JSON with these keys in this order, without white space, and a final newline; shown
 * here on several lines:
 *
 *     {"rater":"12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X","issuedAt":1763600000123,"expiresAt":1763686400123,
 *     "entries":[{"subject":"12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5","kind":"player","value":-0.38,
 *     "reasons":{"team-kill-kick":1}}],"signature":"…86 characters of base64url…"}
 */
export type Opinions = {
  /** libp2p peer id of the node that signed. */
  readonly rater: string;
  /** Unix milliseconds; grows with every batch of one rater. */
  readonly issuedAt: number;
  /** Unix milliseconds, at most `opinionsLifetimeMaxMs` after `issuedAt`. */
  readonly expiresAt: number;
  /** In ascending order of `subject`, each once. None takes back whatever was said before. */
  readonly entries: readonly Opinion[];
  /** Ed25519, base64url. */
  readonly signature: string;
};

export type Opinion = {
  /** Peer id; never the rater's own. */
  readonly subject: string;
  readonly kind: 'server' | 'player';
  /** From −1 to 1, in hundredths, never 0: who has nothing to say says nothing. */
  readonly value: number;
  /** How often each action is behind it, actions in ascending order. For people to read; nothing is reckoned from it. */
  readonly reasons: Readonly<Record<string, number>>;
};

/** A quarter of what one gossip message may hold. */
export const opinionsBytesMax = 32_768;
/** A typical entry takes 130 B. What finds no room is the least important. */
export const opinionEntriesMax = 200;
/** A rater that is gone falls silent after a day. */
export const opinionsLifetimeMaxMs = day;
export const reasonsMax = 8;
/** A number to read, not to reckon with. */
export const reasonCountMax = 1_000;

/** Names of actions, here and in the configuration. A letter first: JavaScript would move a key that looks like a number. */
export const actionForm = /^[a-z][a-z0-9-]{0,39}$/;

export const formatOpinions = (it: Opinions): Uint8Array => formatSigned(opinionsForm, it);
export const parseOpinions = (bytes: Uint8Array): Parsed<Opinions> => parseSigned(opinionsForm, bytes);
export const verifiedOpinions = (it: Opinions, bytes: Uint8Array, list: string) =>
  verifySigned(opinionsForm, it, bytes, list);

/** Entries and reasons may come in any order. @throws RollcallError with the fault's code when a field is out of bounds */
export const opined = (
  fields: Pick<Opinions, 'issuedAt' | 'expiresAt' | 'entries'>,
  list: string,
  signer: Signer,
): Signed<Opinions> => sign(opinionsForm, { ...fields, entries: fields.entries.toSorted(bySubject) }, list, signer);

const bySubject = (a: Opinion, b: Opinion): number => (a.subject < b.subject ? -1 : 1);

const value: Check = it =>
  typeof it === 'number' && it !== 0 && Math.abs(it) <= 1 && Math.round(it * 100) / 100 === it
    ? undefined
    : 'must be from -1 to 1 with at most two decimals, and not 0';

const reasons: Check = it => {
  if (!isPlain(it)) return 'must be an object';
  const entries = Object.entries(it);
  if (entries.length > reasonsMax) return `must hold at most ${reasonsMax} actions`;
  for (const [action, count] of entries) {
    if (!actionForm.test(action)) return `"${action.slice(0, 40)}" is not the name of an action`;
    if (!Number.isInteger(count) || (count as number) < 1 || (count as number) > reasonCountMax) {
      return `"${action}" must be a whole number from 1 to ${reasonCountMax}`;
    }
  }
  return undefined;
};

const entryChecks = { subject: peerId, kind: oneOf('server', 'player'), value, reasons } satisfies Record<
  keyof Opinion,
  Check
>;

const checks = {
  rater: peerId,
  issuedAt: time,
  expiresAt: time,
  entries: it => (Array.isArray(it) ? undefined : 'must be a list'),
  signature,
} satisfies Record<keyof Opinions, Check>;

function opinionsFault(raw: unknown): ParseFault | undefined {
  const wrong = fieldsFault(raw, checks, 'opinions');
  if (wrong) return wrong;
  const { rater, issuedAt, expiresAt, entries } = raw as Opinions;
  if (expiresAt <= issuedAt) return fault('BAD_LIFETIME', 'expiresAt', 'must be later than issuedAt');
  if (expiresAt - issuedAt > opinionsLifetimeMaxMs) {
    return fault('BAD_LIFETIME', 'expiresAt', 'is more than 24 h after issuedAt');
  }
  const relation = ({ subject }: Opinion, within: string): ParseFault | undefined =>
    subject === rater ? fault('BAD_FIELD', `${within}subject`, 'is the rater: nobody vouches for himself') : undefined;
  return entriesFault(entries, { checks: entryChecks, key: 'subject', min: 0, max: opinionEntriesMax, relation });
}

export const opinionsForm: Form<Opinions> = {
  name: 'opinions',
  bytesMax: opinionsBytesMax,
  author: ({ rater }) => rater,
  withAuthor: rater => ({ rater }),
  fault: opinionsFault,
  inOrder: ({ rater, issuedAt, expiresAt, entries, signature }) => ({
    rater,
    issuedAt,
    expiresAt,
    entries: entries.map(({ subject, kind, value, reasons }) => ({ subject, kind, value, reasons: sorted(reasons) })),
    signature,
  }),
};

const sorted = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
