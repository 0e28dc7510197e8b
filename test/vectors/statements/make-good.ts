// Statements that every node accepts.
import { enums } from 'openpgp';
import { armored, commitOf, digest, headOf, keyFile, messageOf, oid, person, signatureBy, signed } from './forge.ts';
import type { Case } from './make.ts';

const by = (key: string, title: string, commit: Case['commit'], highest?: number): Case => ({
  title,
  expect: 'accept',
  commit,
  by: key,
  ...(highest === undefined ? {} : { highest }),
});

/** The way openpgp.js itself signs, instead of packet by packet. */
async function signedBy(key: string, head = headOf(), message = messageOf()): Promise<string> {
  return commitOf(head, armored(await signatureBy(key, Buffer.from(`${head}\n\n${message}`))), message);
}

const rollback = { subject: 'rollback 13: bots', sequence: 13, kind: 'rollback', rollbackTo: oid('b') };

export const good: Case[] = [
  by('ada', 'a checkpoint', signedBy('ada')),
  by(
    'ada',
    'the first one, with no parent and none before it',
    signedBy('ada', headOf({ parents: [] }), messageOf({ sequence: 1, previous: 'none' })),
  ),
  by(
    'ada',
    'a rollback that says why',
    signedBy(
      'ada',
      headOf(),
      messageOf({ ...rollback, text: 'They came at night.\n\n  * from one network\n  * with one name' }),
    ),
  ),
  by('rsa', 'a merge, by RSA', signedBy('rsa', headOf({ parents: [oid('a'), oid('b')] }), messageOf(rollback))),
  by('subkey', 'by a subkey', signedBy('subkey')),
  by('gpg', 'by a subkey of a key that only certifies', signed(undefined, undefined, { by: 'gpg' })),
  by('gpg', 'made by stock git and gpg', keyFile('stock-git.commit')),
  by('ada', 'the highest sequence there is', signedBy('ada', headOf(), messageOf({ sequence: String(2 ** 53 - 1) }))),
  by('ada', 'a leap of 1024', signedBy('ada', headOf(), messageOf({ sequence: 1_036 })), 12),
  by('ada', 'a signature with SHA-256', signed(undefined, undefined, { hash: enums.hash.sha256 })),
  by(
    'ada',
    'in other scripts',
    signedBy(
      'ada',
      headOf({ author: person.replace('Ada Quist', 'Мария 語') }),
      messageOf({ subject: 'Контрольная точка', text: '日本語の説明' }),
    ),
  ),
  by(
    'ada',
    'author and committer apart',
    signedBy(
      'ada',
      headOf({ committer: 'Bo <bo@example.org> 1763600777 -0930' }),
      messageOf({ records: `sha256:${digest('')}` }),
    ),
  ),
];
