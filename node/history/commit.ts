// A node's own commit: what changed in the list, and who said so.
import { fromUtf8, utf8 } from '../base/bytes.ts';
import { fault, type Parsed, parsed } from '../base/verdict.ts';
import { type Change, type ChangeKind, kindOf } from '../list/change.ts';

/**
 * A commit object as this store reads and writes it:
 *
 *     tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904
 *     parent 2fb1c53c5b2bd1d1b7e4ab0a4a5a26bcd6cd92d6
 *     author 12D3KooW… <12D3KooW…@rollcall> 1763600000 +0000
 *     committer 12D3KooW… <12D3KooW…@rollcall> 1763600000 +0000
 *
 *     1 joined
 *
 *     joined 0f3c… "Bob's instagib" by 12D3KooW…
 */
export type Commit = {
  readonly tree: string;
  readonly parents: readonly string[];
  /** Peer id of the node that committed. */
  readonly author: string;
  /** Unix seconds: git knows no finer time. */
  readonly atSeconds: number;
  readonly message: string;
};

export function formatCommit({ tree, parents, author, atSeconds, message }: Commit): Uint8Array {
  const person = `${author} <${author}@rollcall> ${atSeconds} +0000`;
  const head = [
    `tree ${tree}`,
    ...parents.map(parent => `parent ${parent}`),
    `author ${person}`,
    `committer ${person}`,
  ];
  return utf8(`${head.join('\n')}\n\n${message}`);
}

export function parseCommit(body: Uint8Array): Parsed<Commit> {
  const text = fromUtf8(body);
  const match = text === undefined ? null : commitForm.exec(text);
  if (!match) return fault('BAD_COMMIT', 'commit', 'is not in the form that this node writes');
  const [, tree, parents, author, seconds, again, secondsAgain, message] = match;
  if (author !== again || seconds !== secondsAgain) return fault('BAD_COMMIT', 'committer', 'differs from the author');
  return parsed({
    tree: tree!,
    parents: parents!.split('\n').flatMap(line => (line === '' ? [] : [line.slice('parent '.length)])),
    author: author!,
    atSeconds: Number(seconds),
    message: message!,
  });
}

const commitForm =
  /^tree ([0-9a-f]{40})\n((?:parent [0-9a-f]{40}\n){0,16})author ([A-Za-z0-9]+) <\3@rollcall> (0|[1-9]\d{0,11}) \+0000\ncommitter ([A-Za-z0-9]+) <\5@rollcall> (0|[1-9]\d{0,11}) \+0000\n\n([^\0]*\n)$/;

/** A line for each server, up to here: a message of 1,000 lines is 150 KB. */
const linesMax = 1_000;

export type ChangeCounts = Record<ChangeKind, number>;

export const kindOfChange = ({ before, after }: Change): ChangeKind =>
  kindOf(before?.announcement, after?.announcement);

/** A change and what people call it: worked out once for a message and an index. */
export type Told = Change & { readonly kind: ChangeKind };

export const tell = (changes: readonly Change[]): Told[] =>
  changes.map(change => ({ ...change, kind: kindOfChange(change) }));

export function countKinds(changes: readonly Told[]): ChangeCounts {
  const counts = { joined: 0, left: 0, changed: 0, renewed: 0, gone: 0, forgotten: 0 };
  for (const { kind } of changes) counts[kind]++;
  return counts;
}

/** Titles of commits with which another statement comes into force, or the last one goes out of it. */
export const adoptionTitle = (statement: { readonly kind: string; readonly sequence: number } | undefined): string =>
  statement ? `adopt ${statement.kind} ${statement.sequence}` : noStatement;

const noStatement = 'no statement in force';

/** Other summaries begin with a number. */
export const isAdoption = (summary: string): boolean => summary.startsWith('adopt ') || summary.startsWith(noStatement);

/** `3 joined, 1 left, 2 changed`, with a title `adopt checkpoint 12: 3 joined`; below it a line a server with its announcer. */
export function messageFor(changes: readonly Told[], title?: string): string {
  const counts = countKinds(changes);
  const kinds = Object.entries(counts).flatMap(([kind, count]) => (count === 0 ? [] : [`${count} ${kind}`]));
  const first = [title, kinds.join(', ')].filter(part => part).join(': ');
  const lines = [...changes]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .slice(0, linesMax)
    .map(({ id, before, after, kind }) => {
      const { name, announcer } = (after ?? before)!.announcement;
      return `${kind} ${id} ${JSON.stringify(name)} by ${announcer}`;
    });
  if (changes.length > linesMax) lines.push(`and ${changes.length - linesMax} more`);
  return `${[first, lines.join('\n')].filter(part => part).join('\n\n')}\n`;
}
