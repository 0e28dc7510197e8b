// Maintainers' keys: those that ship with the release, and what the store notes of this node's own choices.
import { utf8 } from '../base/bytes.ts';
import { messageOf } from '../base/errors.ts';
import type { Clock } from '../base/time.ts';
import type { Store, Write } from '../history/store.ts';
import { type PublicKey, readPublicKeys } from '../trust/key.ts';
import { Keyring } from '../trust/keyring.ts';

export type KeysDeps = {
  readonly store: Pick<Store, 'entries'>;
  /** Keys that ship with the release. */
  readonly shipped: readonly PublicKey[];
  readonly clock: Clock;
  readonly log: (message: string) => void;
};

export async function openKeyring({ store, shipped, clock, log }: KeysDeps): Promise<Keyring> {
  const added: PublicKey[] = [];
  const removed: string[] = [];
  for await (const [fingerprint, value] of store.entries('keys')) {
    if (isRemoved(value)) {
      removed.push(fingerprint);
      continue;
    }
    const keys = await readPublicKeys(value);
    if (keys.ok) added.push(...keys.value);
    else log(`the key ${fingerprint} in the store is of no use: ${keys.message}`);
  }
  return Keyring.open(shipped, { added, removed }, clock());
}

/** Puts the choices of a keyring in the place of those that are stored. */
export async function keyWrites(store: Pick<Store, 'entries'>, keyring: Keyring): Promise<Write[]> {
  const { added, removed } = keyring.choices();
  const writes: Write[] = [];
  for await (const [fingerprint] of store.entries('keys')) writes.push({ space: 'keys', del: fingerprint });
  for (const [fingerprint, armored] of Object.entries(added))
    writes.push({ space: 'keys', put: fingerprint, value: utf8(armored) });
  for (const fingerprint of removed) writes.push({ space: 'keys', put: fingerprint, value: noBytes });
  return writes;
}

/** What stands in the store for a key that ships and was removed. */
const noBytes = new Uint8Array();
const isRemoved = (value: Uint8Array): boolean => value.length === 0;

/** Never throws: a file that is no key is reported and left out. */
export async function readShippedKeys(
  files: readonly { name: string; bytes: Uint8Array }[],
  log: (message: string) => void,
): Promise<PublicKey[]> {
  const keys: PublicKey[] = [];
  for (const { name, bytes } of files) {
    try {
      const read = await readPublicKeys(bytes);
      if (read.ok) keys.push(...read.value);
      else log(`${name} is no key: ${read.message}`);
    } catch (error) {
      log(`${name} cannot be read: ${messageOf(error)}`);
    }
  }
  return keys;
}
