// A maintainer's statement: a commit signed with OpenPGP, in the strict form of statement-form.ts.
import { gitHash, sha256Hex, utf8 } from '../base/bytes.ts';
import { fault, type Parsed, parsed } from '../base/verdict.ts';
import { armorLines, readBlocks } from './armor.ts';
import { formatMessage, type Message } from './message.ts';
import { type Person, parseForm, type StatementForm } from './statement-form.ts';

export { type Person, parentsMax, statementBytesMax } from './statement-form.ts';

export type Statement = StatementForm & {
  /** SHA-256 of the payload: the identity of a statement. Its commit hash can be varied under a valid signature. */
  readonly digest: string;
  /** Git's hash of these very bytes. */
  readonly oid: string;
};

/** Reads a commit's body. Who signed it, and whether that holds, is not judged here. */
export function parseStatement(bytes: Uint8Array): Parsed<Statement> {
  const form = parseForm(bytes);
  if (!form.ok) return form;
  return parsed({ ...form.value, digest: sha256Hex(form.value.payload), oid: gitHash('commit', bytes) });
}

export type PayloadFields = Message & Pick<Statement, 'tree' | 'parents' | 'author' | 'committer'>;

/** The bytes to be signed. Fields out of bounds are found when `withSignature` reads the whole again. */
export function formatPayload({ tree, parents, author, committer, ...message }: PayloadFields): Uint8Array {
  const person = ({ name, email, atSeconds, zone }: Person) => `${name} <${email}> ${atSeconds} ${zone}`;
  const head = [
    `tree ${tree}`,
    ...parents.map(parent => `parent ${parent}`),
    `author ${person(author)}`,
    `committer ${person(committer)}`,
  ];
  return utf8(`${head.join('\n')}\n\n${formatMessage(message)}`);
}

/** Puts a detached signature, armored in whatever way, into the payload that it was made for. */
export function withSignature(payload: Uint8Array, armored: string): Parsed<Statement> {
  const blocks = readBlocks('SIGNATURE', armored);
  if (!blocks.ok) return blocks;
  const [signature] = blocks.value;
  if (!signature) return fault('NO_SIGNATURE', 'gpgsig', 'is missing: that is no armored signature');
  if (blocks.value.length > 1) return fault('TWO_SIGNATURES', 'gpgsig', 'is there more than once');
  const text = Buffer.from(payload).toString('utf8');
  const at = text.indexOf('\n\n') + 1;
  const header = `gpgsig ${armorLines('SIGNATURE', signature).join('\n ')}\n`;
  return parseStatement(utf8(text.slice(0, at) + header + text.slice(at)));
}
