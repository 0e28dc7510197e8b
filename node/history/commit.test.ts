import test from 'ava';
import fc from 'fast-check';
import { announcementOf, signerOf } from '../../test/announcements.ts';
import { gitFed, temporaryFolder } from '../../test/stock-git.ts';
import { fromUtf8, gitHash, utf8 } from '../base/bytes.ts';
import { type Commit, countKinds, formatCommit, messageFor, parseCommit, tell } from './commit.ts';
import { objectBytesMax } from './objects.ts';
import { emptyTree } from './tree.ts';

const peerId = signerOf(1).peerId;
const oid = fc.stringMatching(/^[0-9a-f]{40}$/);
const commits: fc.Arbitrary<Commit> = fc.record({
  tree: oid,
  parents: fc.array(oid, { maxLength: 3 }),
  author: fc.constant(peerId),
  atSeconds: fc.integer({ min: 0, max: 999_999_999_999 }),
  message: fc.string({ unit: 'grapheme' }).map(text => `${text.replaceAll('\0', '')}\n`),
});

const sample: Commit = {
  tree: emptyTree,
  parents: [],
  author: peerId,
  atSeconds: 1_763_600_000,
  message: '1 joined\n',
};
const text = fromUtf8(formatCommit(sample))!;

test('what is formatted is read back', t => {
  fc.assert(
    fc.property(commits, commit => t.deepEqual(parseCommit(formatCommit(commit)), { ok: true, value: commit })),
  );
});

test('of any bytes that are read, formatting gives the same bytes', t => {
  const mutated = fc.tuple(commits, fc.nat(), fc.string({ maxLength: 2 })).map(([commit, at, piece]) => {
    const bytes = Buffer.from(formatCommit(commit));
    const cut = at % bytes.length;
    return Buffer.concat([bytes.subarray(0, cut), utf8(piece), bytes.subarray(cut + 1)]);
  });
  fc.assert(
    fc.property(mutated, bytes => {
      const read = parseCommit(bytes);
      if (read.ok) t.deepEqual(Buffer.from(formatCommit(read.value)), bytes);
      else t.is(read.code, 'BAD_COMMIT');
    }),
    { numRuns: 1_000 },
  );
});

for (const [title, from, to] of [
  ['a second tree', 'author', `tree ${emptyTree}\nauthor`],
  ['a parent behind the author', 'committer', `parent ${emptyTree}\ncommitter`],
  ['a hash in capitals', emptyTree, emptyTree.toUpperCase()],
  ['an e-mail of another host', '@rollcall', '@example.org'],
  ['an e-mail of another peer', `<${peerId}`, `<${signerOf(2).peerId}`],
  [
    'another committer',
    /committer .*/,
    `committer ${signerOf(2).peerId} <${signerOf(2).peerId}@rollcall> 1763600000 +0000`,
  ],
  ['another time of the commit', /(committer .*)1763600000/, '$11763600001'],
  ['another time zone', '+0000', '+0100'],
  ['a time with a zero before it', /1763600000/g, '01763600000'],
  ['a time before 1970', /1763600000/g, '-1763600000'],
  ['a time past all sense', /1763600000/g, '1763600000000'],
  ['a header of its own', '\n\n', '\nencoding latin1\n\n'],
  ['a signature', '\n\n', '\ngpgsig -----BEGIN PGP SIGNATURE-----\n\n'],
  ['no line between head and message', '\n\n', '\n'],
  ['no message', /\n\n.*\n$/, '\n\n'],
  ['a message without an end', /\n$/, ''],
  ['a NUL in the message', 'joined', 'jo\0ned'],
  ['carriage returns', /\n/g, '\r\n'],
] as const) {
  test(`a commit with ${title} is refused`, t => {
    const other = text.replace(from, to);
    t.not(other, text);
    t.like(parseCommit(utf8(other)), { ok: false, code: 'BAD_COMMIT' });
  });
}

test('a commit that is not UTF-8 is refused', t => {
  t.false(parseCommit(Buffer.concat([utf8(text.slice(0, -1)), Uint8Array.of(0xff, 0x0a)])).ok);
});

test('a commit has the hash that stock git gives it, and git finds nothing wrong with it', async t => {
  const folder = await temporaryFolder(t);
  await gitFed(folder, '', 'init', '--quiet');
  await gitFed(folder, '', 'hash-object', '-w', '-t', 'tree', '/dev/null');
  t.is(
    gitHash('commit', formatCommit(sample)),
    await gitFed(folder, text, 'hash-object', '-w', '-t', 'commit', '--stdin'),
  );
  t.is(await gitFed(folder, '', 'fsck', '--strict', '--no-dangling'), '');
});

const [up, other] = [announcementOf('eu-1'), announcementOf('eu-2', { name: 'Bob\'s "instagib"' })];
const renewed = announcementOf('eu-1', { issuedAt: up.announcement.issuedAt + 1 });
const left = announcementOf('eu-1', { state: 'left', issuedAt: up.announcement.issuedAt + 1 });
const { id } = up;

test('the message counts what happened and names each server with its announcer', t => {
  const message = messageFor(
    tell([
      { id: other.id, before: undefined, after: other },
      { id, before: up, after: left },
    ]),
  );
  const lines = [`joined ${other.id} "Bob's \\"instagib\\"" by ${peerId}`, `left ${id} "Server eu-1" by ${peerId}`];
  // In the order of the ids, so that the same changes always give the same commit.
  t.is(message, `1 joined, 1 left\n\n${(other.id < id ? lines : lines.reverse()).join('\n')}\n`);
});

for (const [title, before, after, kind] of [
  ['appears', undefined, up, 'joined'],
  ['comes back', left, up, 'joined'],
  ['withdraws', up, left, 'left'],
  ['runs out', up, undefined, 'left'],
  ['has another name', up, { ...announcementOf('eu-1', { name: 'New' }), id }, 'changed'],
  ['is announced again', up, renewed, 'renewed'],
  ['joined and withdrew since the commit before', undefined, left, 'gone'],
  [
    'withdraws again',
    left,
    { ...announcementOf('eu-1', { state: 'left', issuedAt: left.announcement.issuedAt + 1 }), id },
    'renewed',
  ],
  ['was withdrawn long ago', left, undefined, 'forgotten'],
] as const) {
  test(`a server that ${title} counts as ${kind}`, t => {
    t.is(countKinds(tell([{ id, before, after }]))[kind], 1);
    t.true(messageFor(tell([{ id, before, after }])).startsWith(`1 ${kind}\n\n${kind} ${id} `));
  });
}

test('the message of a huge commit stays within bounds', t => {
  // The longest name: 64 graphemes of many code points.
  const item = announcementOf('eu-1', { name: '\u{1f468}\u{1f3fd}'.repeat(64) });
  const message = messageFor(tell(Array.from({ length: 5_000 }, () => ({ id, before: undefined, after: item }))));
  t.true(message.endsWith('\nand 4000 more\n'));
  t.is(message.split('\n').length, 2 + 1_000 + 1 + 1);
  t.true(utf8(message).length < objectBytesMax / 4);
});
