// The strict grammar of a statement, read from its raw bytes, because what git and isomorphic-git make of a sloppy commit is not
// what was signed: four forgeries that they verify are among test/vectors/statements. Nothing of Node in it: the web viewer checks by it too.
import { fromUtf8, utf8 } from '../base/encoding.ts';
import { printable, textFault } from '../base/text.ts';
import { fault, type Parsed, parsed } from '../base/verdict.ts';
import { parseArmor } from './armor.ts';
import { type Message, parseMessage } from './message.ts';

/**
 * The body of the commit, byte for byte as stock `git commit -S` writes it:
 *
 *     tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904
 *     parent 2fb1c53c5b2bd1d1b7e4ab0a4a5a26bcd6cd92d6
 *     author Ada Quist <ada@example.org> 1763600000 +0100
 *     committer Ada Quist <ada@example.org> 1763600000 +0100
 *     gpgsig -----BEGIN PGP SIGNATURE-----
 *      ␣                                         (a line of one space)
 *      iHUEABYKAB0WIQS…
 *      =Vd6P
 *      -----END PGP SIGNATURE-----
 *
 *     checkpoint 12: 1043 servers                (and so on: message.ts)
 */
export type StatementForm = Message & {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Person;
  readonly committer: Person;
  /** The whole message, trailers included. */
  readonly message: string;
  /** What is signed: the commit without its signature, cut from the raw bytes. */
  readonly payload: Uint8Array;
  /** OpenPGP, binary; not judged yet. */
  readonly signature: Uint8Array;
  readonly bytes: Uint8Array;
};

export type Person = {
  readonly name: string;
  readonly email: string;
  /** Unix seconds: git knows no finer time. */
  readonly atSeconds: number;
  /** `+0100`. */
  readonly zone: string;
};

/** An RSA-8192 signature and a page of reasons fit four times over. */
export const statementBytesMax = 16_384;
/** A merge of the list's head and another; nobody signs octopuses. */
export const parentsMax = 2;
const personGraphemesMax = 100;

/** Everything that one of the headers in a statement may be: cheap to find, so that what is left over has a name. */
const headForm =
  /^tree ([0-9a-f]{40})\n((?:parent [0-9a-f]{40}\n)*)author ([^\n]*)\ncommitter ([^\n]*)\ngpgsig ([^\n]*\n(?: [^\n]*\n)*)\n/;

/** Reads a commit's body. Who signed it, and whether that holds, is not judged here. */
export function parseForm(bytes: Uint8Array): Parsed<StatementForm> {
  if (bytes.length > statementBytesMax) {
    return fault('TOO_LARGE', 'statement', `${bytes.length} bytes, at most ${statementBytesMax} are allowed`);
  }
  const raw = fromUtf8(bytes);
  if (raw === undefined) return fault('BAD_UTF8', 'statement', 'is not UTF-8');
  const head = headForm.exec(raw);
  if (!head) return headFault(raw);
  const [whole, tree, parentLines, authorLine, committerLine, armor] = head as unknown as string[] as Six;
  const parents = parentLines.split('\n').flatMap(line => (line === '' ? [] : [line.slice('parent '.length)]));
  if (parents.length > parentsMax) return fault('BAD_HEADER', 'parent', `is there more than ${parentsMax} times`);
  const author = parsePerson('author', authorLine);
  if (!author.ok) return author;
  const committer = parsePerson('committer', committerLine);
  if (!committer.ok) return committer;
  const signature = parseArmor('SIGNATURE', armor.slice(0, -1).split('\n '));
  if (!signature.ok) return { ...signature, field: 'gpgsig' };
  const text = raw.slice(whole.length);
  const message = parseMessage(text);
  if (!message.ok) return message;
  const payload = utf8(`${whole.slice(0, whole.indexOf('\ngpgsig ') + 1)}\n${text}`);
  return parsed({
    ...message.value,
    tree,
    parents,
    author: author.value,
    committer: committer.value,
    message: text,
    payload,
    signature: signature.value,
    bytes,
  });
}

type Six = [whole: string, tree: string, parents: string, author: string, committer: string, armor: string];

/** Says what is wrong with headers that do not fit: found slowly, yet once only. */
function headFault(raw: string) {
  const end = raw.indexOf('\n\n');
  if (end < 0) return fault('BAD_HEADER', 'headers', 'are not followed by a blank line');
  const lines = raw.slice(0, end).split('\n');
  const names = lines.map(line => line.slice(0, Math.max(line.indexOf(' '), 0)));
  const signatures = names.filter(name => name === 'gpgsig').length;
  const extra = names.find((name, i) => (name === '' ? !inSignature(names, i) : !headers.includes(name)));
  if (extra !== undefined)
    return fault('EXTRA_HEADER', printable(extra.slice(0, 40)) || 'headers', 'has no place in a statement');
  if (signatures === 0) return fault('NO_SIGNATURE', 'gpgsig', 'is missing: the commit is not signed');
  if (signatures > 1) return fault('TWO_SIGNATURES', 'gpgsig', 'is there more than once');
  return fault('BAD_HEADER', 'headers', 'must be tree, parent…, author, committer, gpgsig, each in its form');
}

const headers = ['tree', 'parent', 'author', 'committer', 'gpgsig'];
/** A line that begins with a space goes on with the header above it; only a signature has several lines. */
const inSignature = (names: readonly string[], i: number): boolean =>
  names[names.findLastIndex((name, at) => at < i && name !== '')] === 'gpgsig';

function parsePerson(field: string, line: string): Parsed<Person> {
  const match = /^([^<>]+) <([^<> ]+)> (0|[1-9]\d{0,10}) ([+-](?:0\d|1[0-4])[0-5]\d)$/.exec(line);
  if (!match) return fault('BAD_HEADER', field, 'must be: name <email> seconds zone');
  const [, name, email, seconds, zone] = match as unknown as [string, string, string, string, string];
  const reason = textFault(name, personGraphemesMax) ?? textFault(email, personGraphemesMax);
  if (reason !== undefined) return fault('BAD_HEADER', field, reason);
  return parsed({ name, email, atSeconds: Number(seconds), zone });
}
