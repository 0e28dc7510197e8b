// A maintainer's key in words, for people.
import type { KeyJson } from '../api/port.ts';
import type { Output } from './output.ts';
import { dayOf } from './words.ts';

/** What the node answers to a question about its keys. */
export type Keys = { readonly keys: readonly KeyJson[] };

export function showKey({ fingerprint, userIds, state, reason, ...key }: KeyJson, out: Output): void {
  const { algorithm, createdAt, expiresAt, signingSubkeys, shipped } = key;
  const end = expiresAt === null ? 'no end' : `ends ${dayOf(expiresAt)}`;
  out.line({ text: fingerprint, style: 'bold' }, '  ', { text: state, style: state === 'good' ? 'green' : 'red' });
  if (state !== 'good') out.line('  ', reason);
  for (const userId of userIds) out.line('  ', userId);
  out.line(`  ${algorithm}, made ${dayOf(createdAt)}, ${end}, ${shipped ? 'came with the release' : 'added here'}`);
  for (const subkey of signingSubkeys) out.line('  signs with ', subkey);
}
