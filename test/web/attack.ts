// A history with an attack in it: three servers, a checkpoint, 501 fakes in two commits, a rollback, one honest server back.
import type { GraphCommit, ServersDiff, StatementEffect, StatementJson } from '../../node/api/port.ts';
import type { CommitServer } from '../../node/api/port-history.ts';
import { now, peer, row, statement } from '../api/fake-node.ts';

export type Announced = CommitServer;

export const announced = (id: string, announcer: string, name: string): Announced => {
  const { standing: _, karma: __, observed: ___, since: ____, hidden: _____, ...fields } = row(1);
  return { ...fields, id, announcer, name, signature: 'A'.repeat(86) };
};

export const bot = '12D3KooWGC6TvWhfapngX6wvJHMYvKpDMXPb3ZnCZ6dMoaMtimQ5';
export const otherBot = '12D3KooWJ5LWWCPWoQp1Yn5JrWdP7LfDhDGAMTe2t1Pe5MYrkKkR';

const oid = (digits: string): string => digits.repeat(40).slice(0, 40);
const idOf = (n: number): string => n.toString(16).padStart(40, '0');
const minute = 60_000;

const honest = ['Bob’s instagib', 'Café de la Paix', '日本語サーバー'].map((name, n) => announced(idOf(n), peer, name));
const late = announced(idOf(9), peer, 'Late but honest');
const fakes = Array.from({ length: 500 }, (_, n) =>
  announced(idOf(1_000 + n), n < 250 ? bot : otherBot, `[FREE SKINS] ${n} www.example.org`),
);

const lists: readonly (readonly Announced[])[] = [
  honest,
  honest,
  [...honest, ...fakes.slice(0, 250)],
  [...honest, ...fakes, late],
  honest,
  [...honest, late],
];

const commit = (n: number, fields: Partial<GraphCommit>): GraphCommit => ({
  ...{ oid: oid(`${n}`), parents: [], atMs: now - 60 * minute + n * minute, kind: 'own', author: peer },
  ...{ added: 0, removed: 0, changed: 0, summary: '', status: null, sequence: null, rollbackTo: null },
  ...fields,
});

/** Newest first, as the API gives it. `listAt`: what was listed after a commit; `diff`: from one to another. */
export function attack() {
  const [a, b, c, d, e, f] = ['1', '2', '3', '4', '5', '6'].map(oid) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const [checkpoint, rollback] = [oid('c'), oid('e0')];
  const ada = 'Ada Quist <ada@example.org>';
  const commits: GraphCommit[] = [
    commit(6, { parents: [e], added: 1, summary: '1 joined' }),
    commit(5, { parents: [rollback, d], kind: 'merge', removed: 501, summary: 'adopt rollback 2' }),
    commit(5, {
      ...{
        oid: rollback,
        parents: [checkpoint],
        kind: 'rollback',
        author: ada,
        summary: 'rollback 2: 500 fake servers',
      },
      ...{ status: 'good', sequence: 2, rollbackTo: checkpoint },
    }),
    commit(4, { parents: [c], added: 251, summary: '251 joined' }),
    commit(3, { parents: [b], added: 250, summary: '250 joined' }),
    commit(2, { parents: [checkpoint, a], kind: 'merge', summary: 'adopt checkpoint 1' }),
    commit(2, {
      ...{ oid: checkpoint, kind: 'checkpoint', author: ada, summary: 'checkpoint 1: 3 servers' },
      ...{ status: 'good', sequence: 1 },
    }),
    commit(1, { added: 3, summary: '3 joined' }),
  ];
  const line = [a, b, c, d, e, f];
  const listAt = (commitOid: string): readonly Announced[] => lists[line.indexOf(commitOid)] ?? [];
  const statements: StatementJson[] = [
    { ...statement(2), oid: rollback, rollbackTo: checkpoint, subject: 'rollback 2: 500 fake servers' },
    {
      ...{ ...statement(1), oid: checkpoint, kind: 'checkpoint', rollbackTo: null, state: 'superseded' },
      ...{
        subject: 'checkpoint 1: 3 servers',
        message: 'checkpoint 1: 3 servers\n\nAll is well.\n\nRollcall-List: test\n',
      },
    },
  ];
  const lost = [...fakes, late].map(({ id, name, announcer }) => ({ id, name, announcer }));
  const effect: StatementEffect = {
    ...{ statement: statements[0]!, before: d, after: e, returned: [], joined: [], lost },
    counts: { lost: 501, returned: 0, joined: 0, denied: 1 },
    denied: [
      {
        ...{ announcer: null, address: '198.51.100.0/24', game: null, reason: 'bots', until: null },
        ...{ origin: 'maintainers', from: 'rollback 2, signed by Ada Quist' },
      },
    ],
    lostByAnnouncer: [bot, otherBot, peer].map((announcer, n) => ({ announcer, count: n < 2 ? 250 : 1 })),
  };
  const quiet: StatementEffect = {
    ...{ statement: statements[1]!, before: a, after: b, returned: [], joined: [], lost: [], denied: [] },
    ...{ counts: { lost: 0, returned: 0, joined: 0, denied: 0 }, lostByAnnouncer: [] },
  };
  return { commits, head: f, line, listAt, statements, effects: [effect, quiet], diff: diffOf };
}

function diffOf(from: readonly Announced[], to: readonly Announced[]): ServersDiff {
  const [before, after] = [new Set(from.map(({ id }) => id)), new Set(to.map(({ id }) => id))];
  return {
    added: to.filter(({ id }) => !before.has(id)),
    removed: from.filter(({ id }) => !after.has(id)),
    changed: [],
  };
}
