// Statements that are refused for their form. Most of them are signed, by a trusted key and with a signature that holds, over
// exactly what a careless reader takes for the payload: only the form stands between.
import { armored, atSeconds, commitOf, headOf, messageOf, oid, packetOf, person, signed, trailersOf } from './forge.ts';
import type { Case } from './make.ts';

const refused = (expect: string, title: string, commit: Case['commit']): Case => ({ title, expect, commit });
const head = (expect: string, title: string, text: string) => refused(expect, title, signed(text));
const message = (title: string, text: string) => refused('BAD_MESSAGE', title, signed(undefined, text));
const trailers = (expect: string, title: string, lines: string[]) =>
  refused(expect, title, signed(undefined, messageOf({ trailers: lines })));
const trailer = (title: string, words: Parameters<typeof messageOf>[0]) =>
  refused('BAD_TRAILER', title, signed(undefined, messageOf(words)));

const good = await signed();
/** The good one with something changed outside of what is signed, or with what is signed moved about. */
const twisted = (from: string | RegExp, to: string): string => {
  const changed = good.replace(from, to);
  if (changed === good) throw new Error(`no ${from} in the statement`);
  return changed;
};

const payload = Buffer.from(`${headOf()}\n\n${messageOf()}`);
const packet = await packetOf(payload);
const lines = armored(packet);
const armor = (expect: string, title: string, changed: readonly string[]) =>
  refused(expect, title, commitOf(headOf(), changed, messageOf()));
const base64 = lines.slice(2, -2).join('');

const evil = `tree ${oid('6')}\nparent ${oid('6')}\nauthor Eve <eve@example.org> ${atSeconds} +0000`;
const end = '-----END PGP SIGNATURE-----';
const [list, sequence, kind, records, previous] = trailersOf({}) as [string, string, string, string, string];
const signatureLines = /gpgsig [^]*?-----END PGP SIGNATURE-----\n/.exec(good)![0];

export const badForm: Case[] = [
  refused(
    'TWO_SIGNATURES',
    'forgery 1: other headers below a first gpgsig',
    twisted('\ngpgsig ', `\ngpgsig x\n${evil}\ngpgsig `),
  ),
  refused(
    'BAD_ARMOR',
    'forgery 2: a space behind the end of the armor',
    twisted(`${end}\n`, `${end} \n\ncheckpoint 99: all yours\n${end}\n`),
  ),
  refused(
    'EXTRA_HEADER',
    'forgery 3: other headers below a gpgsigfoo',
    twisted('\ngpgsig ', `\ngpgsigfoo bar\nauthor Eve <eve@example.org> ${atSeconds} +0000\ngpgsig `),
  ),
  refused(
    'BAD_HEADER',
    'forgery 4: a gpgsig before the parents',
    twisted(/(parent [^]*?)(gpgsig [^]*END PGP SIGNATURE-----\n)/, '$2$1'),
  ),

  refused('TOO_LARGE', '16385 bytes', Buffer.concat([Buffer.from(good), Buffer.alloc(16_385 - good.length, 'x')])),
  refused('BAD_UTF8', 'a name in Latin-1', Buffer.from(good.replace('Ada', '\xc4da'), 'latin1')),
  refused('BAD_UTF8', 'an overlong slash in the message', Buffer.from(good.replace('1043', '\xc0\xaf'), 'latin1')),
  refused('BAD_HEADER', 'nothing', ''),
  refused('EXTRA_HEADER', 'a byte order mark', `\ufeff${good}`),
  refused('EXTRA_HEADER', 'the head of a git object', `commit ${good.length}\0${good}`),
  refused('BAD_HEADER', 'headers and no message', good.slice(0, good.indexOf('\n\n'))),
  head('BAD_HEADER', 'a tree in capitals', headOf().replace(oid('e'), oid('E'))),
  head('BAD_HEADER', 'two trees', headOf().replace('\nparent', `\ntree ${oid('6')}\nparent`)),
  head('BAD_HEADER', 'three parents', headOf({ parents: [oid('a'), oid('b'), oid('c')] })),
  head(
    'BAD_HEADER',
    'a parent after the author',
    headOf({ parents: [] }).replace('\ncommitter', `\nparent ${oid('a')}\ncommitter`),
  ),
  head('BAD_HEADER', 'no committer', headOf().replace(/\ncommitter.*/, '')),
  head('BAD_HEADER', 'two authors', headOf().replace('\ncommitter', `\nauthor ${person}\ncommitter`)),
  head('BAD_HEADER', 'an author without a name', headOf({ author: `<ada@example.org> ${atSeconds} +0000` })),
  head(
    'BAD_HEADER',
    'an author with two addresses',
    headOf({ author: `Ada <ada@example.org> <eve@example.org> ${atSeconds} +0000` }),
  ),
  head('BAD_HEADER', 'an author with a right-to-left override', headOf({ author: person.replace('Ada', 'A\u202eda') })),
  head('BAD_HEADER', 'an author of 101 letters', headOf({ author: person.replace('Ada Quist', 'a'.repeat(101)) })),
  head('BAD_HEADER', 'a time below zero', headOf({ author: person.replace(`${atSeconds}`, '-1') })),
  head('BAD_HEADER', 'a time with a leading zero', headOf({ author: person.replace(`${atSeconds}`, `0${atSeconds}`) })),
  head('BAD_HEADER', 'a zone of 99 hours', headOf({ author: person.replace('+0100', '+9900') })),
  head('BAD_HEADER', 'a header with a CR', headOf().replace('\nauthor', '\r\nauthor')),
  head('BAD_HEADER', 'an author with a NUL', headOf({ author: person.replace('Ada', 'A\0da') })),
  head('EXTRA_HEADER', 'an encoding', headOf({ more: '\nencoding ISO-8859-1' })),
  head('EXTRA_HEADER', 'a mergetag', headOf({ more: `\nmergetag object ${oid('a')}\n type commit\n tag v1\n ` })),
  head('EXTRA_HEADER', 'an author that goes on', headOf().replace('\ncommitter', '\n and Eve\ncommitter')),
  refused(
    'EXTRA_HEADER',
    'a gpgsig-sha256',
    twisted('\ngpgsig ', `\n${signatureLines.replace('gpgsig', 'gpgsig-sha256')}gpgsig `),
  ),
  refused('EXTRA_HEADER', 'a header behind the signature', twisted(`${end}\n`, `${end}\nnote hello\n`)),

  refused('NO_SIGNATURE', 'a commit that nobody signed', payload.toString()),
  refused('TWO_SIGNATURES', 'two gpgsig headers', twisted('\ngpgsig ', `\n${signatureLines}gpgsig `)),
  armor('BAD_ARMOR', 'two armors in one header', [...lines, ...lines]),
  armor('ARMOR_HEADER', 'an armor with a comment', armored(packet, ['Comment: hello'])),
  armor('ARMOR_HEADER', 'an armor with a version', armored(packet, ['Version: GnuPG v2'])),
  armor(
    'BAD_ARMOR',
    'an armor of a message',
    lines.map(line => line.replace('SIGNATURE', 'MESSAGE')),
  ),
  armor(
    'BAD_ARMOR',
    'an armor without a blank line',
    lines.filter(line => line !== ''),
  ),
  armor('BAD_ARMOR', 'an armor without an end', lines.slice(0, -1)),
  armor('BAD_ARMOR', 'an armor in lines of 60', [
    ...lines.slice(0, 2),
    ...base64.match(/.{1,60}/g)!,
    ...lines.slice(-2),
  ]),
  armor('BAD_ARMOR', 'an armor in one line', [...lines.slice(0, 2), base64, ...lines.slice(-2)]),
  armor('BAD_ARMOR', 'a letter that base64 lacks', [...lines.slice(0, 2), `*${lines[2]!.slice(1)}`, ...lines.slice(3)]),
  armor('BAD_ARMOR', 'an armor with a CR', [...lines.slice(0, 2), `${lines[2]}\r`, ...lines.slice(3)]),
  armor('BAD_ARMOR', 'words before the armor', ['hello', ...lines]),
  armor('BAD_CHECKSUM', 'an armor without a checksum', [...lines.slice(0, -2), lines.at(-1)!]),
  armor('BAD_CHECKSUM', 'an armor with a wrong checksum', [...lines.slice(0, -2), '=AAAA', lines.at(-1)!]),
  armor('BAD_ARMOR', 'an armor with two checksums', [...lines.slice(0, -2), lines.at(-2)!, ...lines.slice(-2)]),

  message('no final newline', messageOf().slice(0, -1)),
  message('two final newlines', `${messageOf()}\n`),
  message('a CR at each end of a line', messageOf().replaceAll('\n', '\r\n')),
  message('one CR', messageOf().replace('\n', '\r\n')),
  message('a NUL', messageOf({ subject: 'checkpoint\0 12' })),
  message('an escape sequence', messageOf({ subject: '\u001b[31mcheckpoint' })),
  message('a tab', messageOf({ subject: 'a\tb' })),
  message('a zero-width space', messageOf({ text: 'a\u200bb' })),
  message('a subject of 201 letters', messageOf({ subject: 'a'.repeat(201) })),
  message('a line of 1001 letters', messageOf({ text: 'a'.repeat(1_001) })),
  message('a subject of two lines', messageOf({ subject: 'a\nb' })),
  message('no subject', messageOf({ subject: '' })),
  message('blank lines where trailers belong', 'checkpoint 12\n\n\n'),
  message('a blank line before the subject', `\n${messageOf()}`),
  message('two blank lines in a row', messageOf({ text: 'a\n\n\nb' })),
  message('a space at the end of a line', messageOf({ text: 'a ' })),
  message('the end of an armor', messageOf({ text: end })),
  message('the beginning of an armor', messageOf({ text: 'so: -----BEGIN PGP SIGNATURE-----' })),

  refused('BAD_TRAILER', 'a subject and nothing else', signed(undefined, 'checkpoint 12\n')),
  trailers('BAD_TRAILER', 'no list', [sequence, kind, records, previous]),
  trailers('BAD_TRAILER', 'no previous', [list, sequence, kind, records]),
  trailers('BAD_TRAILER', 'two trailers the other way round', [sequence, list, kind, records, previous]),
  trailers('BAD_TRAILER', 'a sequence twice', [list, sequence, sequence.replace('12', '13'), kind, records, previous]),
  trailers('UNKNOWN_TRAILER', 'an unknown trailer', [
    list,
    sequence,
    kind,
    records,
    previous,
    'Rollcall-Deny: everybody',
  ]),
  trailers('UNKNOWN_TRAILER', 'a sign-off in the block', [
    list,
    sequence,
    kind,
    records,
    previous,
    'Signed-off-by: Ada <ada@example.org>',
  ]),
  trailers('UNKNOWN_TRAILER', 'a trailer in small letters', [list.toLowerCase(), sequence, kind, records, previous]),
  trailers('UNKNOWN_TRAILER', 'two spaces behind a colon', [
    list.replace(': ', ':'),
    sequence,
    kind,
    records,
    previous,
  ]),
  trailers('UNKNOWN_TRAILER', 'a trailer that goes on', [list, sequence, kind, records, previous, ' and so on']),
  refused('UNKNOWN_TRAILER', 'a trailer in the text', signed(undefined, messageOf({ text: 'Rollcall-Sequence: 99' }))),
  refused(
    'UNKNOWN_TRAILER',
    'a trailer in the subject',
    signed(undefined, messageOf({ subject: 'Rollcall-Kind: rollback' })),
  ),
  refused('UNKNOWN_TRAILER', 'words behind the trailers', signed(undefined, `${messageOf()}\nthe end\n`)),
  trailer('a list with a slash', { list: 'a/b' }),
  trailer('a list in capitals', { list: 'Vectors' }),
  trailer('a sequence of zero', { sequence: 0 }),
  trailer('a sequence with a leading zero', { sequence: '01' }),
  trailer('a sequence with an exponent', { sequence: '1e3' }),
  trailer('a sequence with a sign', { sequence: '+1' }),
  trailer('a sequence with a fraction', { sequence: '1.0' }),
  trailer('a sequence in hex', { sequence: '0x12' }),
  trailer('a sequence in other digits', { sequence: '１２' }),
  trailer('a sequence of 2 to the 53', { sequence: String(2n ** 53n) }),
  trailer('a sequence of 17 digits', { sequence: '12345678901234567' }),
  trailer('a kind that nobody knows', { kind: 'revolution' }),
  trailer('records by SHA-1', { records: `sha1:${oid('a')}` }),
  trailer('records in capitals', { records: `sha256:${'A'.repeat(64)}` }),
  trailer('records of 63 digits', { records: `sha256:${'a'.repeat(63)}` }),
  trailer('no records', { records: 'none' }),
  trailer('a previous that is a commit', { previous: oid('a') }),
  trailer('a rollback to nowhere', { kind: 'rollback' }),
  trailer('a rollback to a short hash', { kind: 'rollback', rollbackTo: 'abc1234' }),
  trailer('a checkpoint that rolls back', { rollbackTo: oid('b') }),
];
