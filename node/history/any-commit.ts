// A commit in the history is a node's own or a maintainer's statement. What both have, whoever made it.
import { fault, type Parsed, parsed } from '../base/verdict.ts';
import { parseStatement, type Statement } from '../trust/statement.ts';
import { type Commit, parseCommit } from './commit.ts';

/** Of a statement, `author` is the name that its committer line gives. */
export type AnyCommit = Commit & { readonly statement?: Statement };

export function parseAnyCommit(body: Uint8Array): Parsed<AnyCommit> {
  const own = parseCommit(body);
  if (own.ok) return own;
  const read = parseStatement(body);
  if (!read.ok) return fault('BAD_COMMIT', 'commit', `is neither a node's own nor a statement (${read.message})`);
  const { tree, parents, committer, message } = read.value;
  return parsed({
    tree,
    parents,
    author: committer.name,
    atSeconds: committer.atSeconds,
    message,
    statement: read.value,
  });
}
