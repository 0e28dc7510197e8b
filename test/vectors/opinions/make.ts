// Writes the test vectors beside it: `node test/vectors/opinions/make.ts`.
import { writeFileSync } from 'node:fs';
import { accepted, alice, bob, type Case, carol, type Fields, filesOf, Forge, refused } from './forge.ts';

const issuedAt = 1_763_600_000_123;
const kick = { subject: bob.peerId, kind: 'player', value: -0.38, reasons: { 'team-kill-kick': 1 } };
const vouch = { subject: carol.peerId, kind: 'server', value: 0.5, reasons: { 'good-connection': 12, 'good-match': 2 } };
/** In ascending order of the letters of the subjects. */
const both = [kick, vouch].sort((a, b) => (a.subject < b.subject ? -1 : 1));

const opinions = new Forge('opinions', { rater: alice.peerId, issuedAt, expiresAt: issuedAt + 43_200_000, entries: both });
const entry = (change: Fields) => opinions.text({ entries: [{ ...kick, ...change }] });
const field = (title: string, name: string, value: unknown) =>
  refused(title, 'BAD_FIELD', `entries[0].${name}`, entry({ [name]: value }));

const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
/** Peer ids differ in their last letters, which are of the key: any 32 bytes are one, as far as a parser can tell. */
const peers = (count: number) =>
  Array.from({ length: count }, (_, i) =>
    `${bob.peerId.slice(0, -3)}${alphabet[(i >> 8) % 16]}${alphabet[(i >> 4) % 16]}${alphabet[i % 16]}`,
  );
const many = (count: number, reasons: Fields = {}) =>
  opinions.text({ entries: peers(count).map(subject => ({ ...kick, subject, reasons })) });

const eightReasons = Object.fromEntries('abcdefgh'.split('').map(letter => [letter, 1]));

const cases: Case[] = [
  accepted('a kicked player and a good server', opinions.text()),
  accepted('nothing any more', opinions.text({ entries: [] })),
  accepted('no reasons', entry({ reasons: {} })),
  accepted('eight reasons', entry({ reasons: eightReasons })),
  accepted('the worst', entry({ value: -1 })),
  accepted('the best', entry({ value: 1 })),
  accepted('the least', entry({ value: 0.01 })),
  accepted('the longest lifetime', opinions.text({ expiresAt: issuedAt + 86_400_000 })),
  accepted('200 entries', many(200)),

  ...opinions.common({ author: 'rater', large: ' '.repeat(32_769) }),

  refused('201 entries', 'BAD_FIELD', 'entries', many(201)),
  refused('entries in another order', 'BAD_FIELD', 'entries[1].subject', opinions.text({ entries: both.toReversed() })),
  refused('a subject twice', 'BAD_FIELD', 'entries[1].subject', opinions.text({ entries: [kick, kick] })),
  refused('an entry with a field that nobody knows', 'UNKNOWN_FIELD', 'entries[0].weight', entry({ weight: 9 })),
  field('a subject that is no peer id', 'subject', 'bob'),
  field('a rater who vouches for himself', 'subject', alice.peerId),
  field('a kind that nobody knows', 'kind', 'maintainer'),
  field('a value of zero', 'value', 0),
  field('a value above one', 'value', 1.01),
  field('a value below minus one', 'value', -1.01),
  field('a value of three decimals', 'value', 0.125),
  field('a value in words', 'value', '-0.38'),
  field('reasons in a list', 'reasons', ['team-kill-kick']),
  field('nine reasons', 'reasons', { ...eightReasons, i: 1 }),
  field('a reason in capitals', 'reasons', { KICK: 1 }),
  field('a reason that begins with a digit', 'reasons', { '1up': 1 }),
  field('a reason that never happened', 'reasons', { kick: 0 }),
  field('a reason of 1001 times', 'reasons', { kick: 1_001 }),
  refused('an end at the beginning', 'BAD_LIFETIME', 'expiresAt', opinions.text({ expiresAt: issuedAt })),
  refused('24 hours and a millisecond', 'BAD_LIFETIME', 'expiresAt', opinions.text({ expiresAt: issuedAt + 86_400_001 })),
  refused('reasons in another order', 'NOT_CANONICAL', 'opinions', entry({ reasons: { b: 1, a: 1 } })),
  refused('a value with a zero behind it', 'NOT_CANONICAL', 'opinions', opinions.twisted('0.5', '0.50')),
  refused('the value changed after signing', 'BAD_SIGNATURE', 'signature', opinions.twisted('-0.38', '-0.83')),
  refused('the subject changed after signing', 'BAD_SIGNATURE', 'signature',
    opinions.text({ entries: [kick] }).replace(bob.peerId, carol.peerId)),
];

export const files = () => filesOf(cases);

if (import.meta.main) {
  for (const [name, content] of files()) writeFileSync(new URL(name, import.meta.url), content);
}
