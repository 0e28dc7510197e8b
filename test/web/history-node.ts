// A node with a story, as a plain object: a list, a checkpoint, bots, and the rollback that left them behind. Its statements are
// really signed; one is forged, and the node claims that it is good.
import type { CommitDetail, CommitSummary, GraphCommit, ServersDiff } from '../../node/api/port.ts';
import type { CommitQuery } from '../../node/api/port-history.ts';
import { gitHash, sha256Hex, utf8 } from '../../node/base/bytes.ts';
import { RollcallError } from '../../node/base/errors.ts';
import { testList } from '../announcements.ts';
import { type FakeNode, fakeNode, key, oidOf, peer, rater, row, statement } from '../api/fake-node.ts';
import { maintainerOf } from '../maintainers.ts';

export type Story = {
  readonly node: FakeNode;
  readonly oids: Readonly<Record<'good' | 'bots' | 'checkpoint' | 'rollback' | 'merge' | 'forged' | 'tip', string>>;
  /** Bytes that the node gives for a commit, whatever its hash. */
  readonly raw: Map<string, Uint8Array>;
  readonly fingerprint: string;
  /** One more commit, now. */
  grow(): void;
};

const blobs = ['1', '2', '3'].map(digit => ({ id: digit.repeat(40), bytes: utf8(`{ "server": "${digit}" }\n`) }));
const minuteMs = 60_000;

const announcement = (digit: number, fields: Partial<ReturnType<typeof row>> = {}) => {
  const { standing: _, karma: __, observed: ___, since: ____, hidden: _____, ...kept } = row(digit, fields);
  return { ...kept, signature: 'A'.repeat(86) };
};

/** What the bots did: a name with a letter from elsewhere, one that cannot be seen, and one that tries to be more than text. */
const botsDiff: ServersDiff = {
  added: [
    announcement(4, { name: 'Bоb’s instagib', announcer: rater }),
    announcement(5, { name: 'in\u200bvisible', announcer: rater }),
    announcement(6, { name: '<img src=x onerror=alert(1)>', announcer: rater }),
  ],
  removed: [announcement(7, { name: 'Bob’s instagib' })],
  changed: [
    {
      ...{ id: oidOf(8), name: 'Alice’s аrena', announcer: peer },
      fields: {
        name: ['Alice’s arena', 'Alice’s аrena'],
        tags: [
          ['ctf', 'old'],
          ['ctf', 'new'],
        ],
        attributes: [{ country: 'de' }, { country: 'at' }],
        signature: ['a', 'b'],
      },
    },
  ],
};
const noDiff: ServersDiff = { added: [], removed: [], changed: [] };

/** @param older commits before the story begins */
export async function storyOf(older = 40): Promise<Story> {
  const now = Date.now();
  const ada = await maintainerOf('Ada', now);
  const records = sha256Hex(Buffer.concat(blobs.map(({ bytes }) => bytes)));
  const good = gitHash('commit', utf8('good'));
  const checkpoint = await ada.state({ sequence: 1, records });
  const orders = { sequence: 2, kind: 'rollback' as const, rollbackTo: good, previous: checkpoint.digest };
  const rollback = await ada.state({ ...orders, records, parents: [checkpoint.oid], subject: 'rollback 2: bots' });
  const forgedBytes = utf8(Buffer.from(rollback.bytes).toString().replace('rollback 2: bots', 'rollback 2: boxes'));
  const forged = gitHash('commit', forgedBytes);

  const commits: GraphCommit[] = [];
  const diffs = new Map<string, ServersDiff>();
  /** Oldest first: each is a minute younger. */
  const add = (name: string, parents: string[], fields: Partial<GraphCommit> = {}): string => {
    const oid = fields.oid ?? gitHash('commit', utf8(name));
    const atMs = now - (older + 20 - commits.length) * minuteMs;
    const counts = { added: 1, removed: 0, changed: 0 };
    const none = { status: null, sequence: null, rollbackTo: null };
    commits.unshift({ oid, parents, atMs, kind: 'own', author: peer, summary: name, ...counts, ...none, ...fields });
    return oid;
  };
  const signed = { author: 'Ada <ada@example.org>', added: 0, status: 'good' } as const;
  let last = add('first', []);
  for (let n = 0; n < older; n++) last = add(`${n} joined`, [last]);
  const s1 = add('checkpoint 1: a test', [], { ...signed, oid: checkpoint.oid, kind: 'checkpoint', sequence: 1 });
  last = add('adopt checkpoint 1', [s1, last], { kind: 'merge' });
  last = add('good', [last], { summary: '1 joined, the last good one' });
  const bots = add('bots', [last], { summary: '3 joined, 1 left, 1 changed', added: 3, removed: 1, changed: 1 });
  diffs.set(bots, botsDiff);
  last = add('more bots', [bots], { summary: '900 joined', added: 900 });
  const s2 = add('rollback 2: bots', [s1], {
    ...signed,
    oid: rollback.oid,
    kind: 'rollback',
    sequence: 2,
    rollbackTo: good,
  });
  const forgedFields = { oid: forged, kind: 'rollback', sequence: 3, rollbackTo: good } as const;
  add('rollback 2: boxes', [s1], { ...signed, ...forgedFields });
  const merge = add('adopt rollback 2: 903 left', [s2, last], { kind: 'merge', added: 0, removed: 903 });
  last = add('tip', [merge], { summary: '2 joined', added: 2 });
  const tip = last;

  const raw = new Map([
    [checkpoint.oid, checkpoint.bytes],
    [rollback.oid, rollback.bytes],
    [forged, forgedBytes],
  ]);
  const find = (revision: string): GraphCommit => {
    const found = revision === 'HEAD' ? [commits[0]!] : commits.filter(({ oid }) => oid.startsWith(revision));
    if (found.length === 1) return found[0]!;
    throw new RollcallError('NO_SUCH_COMMIT', `no commit is called "${revision}"`);
  };
  const summaryOf = ({ kind: _, status, sequence, rollbackTo, ...commit }: GraphCommit): CommitSummary => ({
    ...commit,
    signature:
      status === null
        ? null
        : {
            status,
            reason: 'adopted: it is the latest',
            why: { code: 'adopted', values: {} },
            fingerprint: ada.fingerprint,
            name: commit.author,
          },
    statement:
      sequence === null ? null : { sequence, kind: rollbackTo === null ? 'checkpoint' : 'rollback', rollbackTo },
  });
  const after = (before: string | undefined) =>
    before === undefined ? commits : commits.slice(commits.findIndex(({ oid }) => oid === before) + 1);
  const node = fakeNode({
    async graph({ before, limit = 20_000 }) {
      const rest = after(before);
      const page = rest.slice(0, limit);
      return { commits: page, head: tip, next: rest.length > limit ? page.at(-1)!.oid : null };
    },
    async history({ before, limit = 100, kind, announcer }) {
      const matching = after(before).filter(
        commit =>
          (kind === undefined || commit.kind === kind) && (announcer === undefined || announcer === commit.author),
      );
      return { commits: matching.slice(0, limit).map(summaryOf) };
    },
    async commit(revision, query = {}) {
      const commit = find(revision);
      const body = raw.get(commit.oid);
      const message = body ? Buffer.from(body).toString().split('\n\n').slice(1).join('\n\n') : `${commit.summary}\n`;
      const base = commit.parents.at(-1) ?? null;
      const told = partOf(diffs.get(commit.oid) ?? noDiff, query);
      return { ...summaryOf(commit), tree: oidOf(9), message, base, ...told } satisfies CommitDetail;
    },
    async commitRaw(revision) {
      const { oid } = find(revision);
      return { oid, bytes: Buffer.from(raw.get(oid) ?? utf8('tree …\n')) };
    },
    async *commitRecords() {
      for (const { bytes } of blobs) yield bytes;
    },
    async diff(a, b) {
      find(a);
      if (b !== undefined) find(b);
      return botsDiff;
    },
    keys: async () => [{ ...key, fingerprint: ada.fingerprint, armored: ada.publicArmored }],
    statements: async () => [{ ...statement(2), oid: rollback.oid, fingerprint: ada.fingerprint }],
  });
  const status = node.status();
  node.status = () => ({ ...status, list: testList, head: commits[0]!.oid });
  let grown = 0;
  const grow = () => {
    const summary = `${++grown} came later`;
    last = add(summary, [last], { atMs: Date.now() });
    node.emit({ type: 'head', oid: last, summary });
  };
  const oids = { good, bots, checkpoint: checkpoint.oid, rollback: rollback.oid, merge, forged, tip };
  return { node, oids, raw, fingerprint: ada.fingerprint, grow };
}

/** As a node cuts it: so many servers behind an id, whatever happened to them. */
function partOf(diff: ServersDiff, { limit, after = '' }: CommitQuery): Pick<CommitDetail, 'diff' | 'part'> {
  if (limit === undefined) return { diff };
  const ids = [...diff.added, ...diff.removed, ...diff.changed].map(({ id }) => id).sort();
  const some = new Set(ids.filter(id => id > after).slice(0, limit));
  const within = <T extends { readonly id: string }>(servers: readonly T[]) => servers.filter(({ id }) => some.has(id));
  const last = [...some].at(-1);
  const next = last === undefined || last === ids.at(-1) ? null : last;
  const told = { added: within(diff.added), removed: within(diff.removed), changed: within(diff.changed) };
  return { diff: told, part: { differing: ids.length, next } };
}
