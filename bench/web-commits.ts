// A long history for measurements of the viewer: a node's own commits, each hundredth time a statement and its merge, each
// tenth of these a rollback that leaves some behind.
import type { GraphCommit, HistoryGraph } from '../node/api/port.ts';
import { minute } from '../node/base/time.ts';
import { peer } from '../test/api/fake-node.ts';

/** Own commits between two statements. */
const perStatement = 100;
/** Statements from one rollback to the next. */
const perRollback = 10;
const goneWithRollback = 5;

const oidOf = (n: number): string => n.toString(16).padStart(8, '0').repeat(5);

/** Newest first. */
export function commitsOf(count: number, now: number): GraphCommit[] {
  const commits: GraphCommit[] = [];
  const add = (parents: readonly string[], fields: Partial<GraphCommit> = {}): string => {
    const n = commits.length;
    const none = { status: null, sequence: null, rollbackTo: null };
    const counts = { added: 1 + (n % 7), removed: n % 3, changed: n % 11 };
    const summary = `${counts.added} joined, ${counts.removed} left, ${counts.changed} changed`;
    const made = { oid: oidOf(n), parents: [...parents], atMs: now - (count - n) * minute, author: peer, summary };
    commits.push({ ...made, kind: 'own', ...counts, ...none, ...fields });
    return made.oid;
  };
  let last: string | undefined;
  let statement: string | undefined;
  for (let sequence = 1; commits.length < count; sequence++) {
    const rollbackTo = sequence % perRollback === 0 ? commits.at(-goneWithRollback)!.oid : null;
    for (let own = 0; own < perStatement; own++) last = add(last === undefined ? [] : [last]);
    const kind = rollbackTo === null ? 'checkpoint' : 'rollback';
    statement = add(statement === undefined ? [] : [statement], {
      ...{ kind, sequence, rollbackTo, status: 'good', author: 'Ada Quist <ada@example.org>' },
      summary: `${kind} ${sequence}: as it stands`,
    });
    last = add([statement, last!], { kind: 'merge', summary: `adopt ${kind} ${sequence}` });
  }
  return commits.slice(0, count).reverse();
}

/** As a node gives them, a page at a time. */
export function graphOf(commits: readonly GraphCommit[], before: string | undefined, limit: number): HistoryGraph {
  const from = before === undefined ? 0 : commits.findIndex(({ oid }) => oid === before) + 1;
  const page = commits.slice(from, from + limit);
  const next = from + limit < commits.length ? page.at(-1)!.oid : null;
  return { commits: page, head: commits[0]?.oid ?? null, next };
}
