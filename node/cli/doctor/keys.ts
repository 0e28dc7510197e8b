// Maintainers' keys: does this node take anybody's word, and for how long?
import { stat } from 'node:fs/promises';
import { platform } from 'node:process';
import type { KeyJson } from '../../api/port.ts';
import { readOnlineKey } from '../../app/auto-checkpoint.ts';
import { openKeyring } from '../../app/keys.ts';
import { shippedKeys } from '../../app/parts.ts';
import { day } from '../../base/time.ts';
import type { Config } from '../../config/schema.ts';
import type { Store } from '../../history/store.ts';
import { nameIn } from '../statement-words.ts';
import { dayOf } from '../words.ts';
import { type Finding, failedCheck, findingsOf } from './findings.ts';

/** Time enough for its holder to make it longer, and for nodes to take that in. */
const soonMs = 30 * day;

export async function storedKeys(store: Pick<Store, 'entries'>, now: number): Promise<readonly KeyJson[]> {
  const keyring = await openKeyring({ store, shipped: await shippedKeys(() => {}), clock: () => now, log: () => {} });
  return keyring.list(now);
}

export function judgeKeys(
  keys: readonly Pick<KeyJson, 'fingerprint' | 'userIds' | 'state' | 'reason' | 'expiresAt'>[],
  now: number,
): Finding[] {
  const { ok, warning } = findingsOf('keys');
  if (keys.length === 0) {
    const remedy = 'get one from a maintainer whom you trust: rollcall keys add <file.asc>';
    return [warning("no maintainer's key is trusted: no checkpoint and no rollback comes into force here", remedy)];
  }
  return keys.map(({ fingerprint, userIds, state, reason, expiresAt }) => {
    const whose = `${nameIn(userIds[0] ?? 'nobody')}, ${fingerprint}`;
    if (state !== 'good') {
      const remedy = `get a newer one from its holder (rollcall keys add), or take it out: rollcall keys remove ${fingerprint}`;
      return warning(`${whose}: ${state}, ${reason}`, remedy);
    }
    if (expiresAt !== null && expiresAt - now < soonMs) {
      return warning(
        `${whose}: ends ${dayOf(expiresAt)}`,
        'ask its holder for one with a later end: rollcall keys add',
      );
    }
    return ok(`${whose}: good${expiresAt === null ? '' : ` until ${dayOf(expiresAt)}`}`);
  });
}

/** The key that a node signs checkpoints with by itself, when it does. */
export async function judgeOnlineKey({ everyMs, keyFile }: Config['checkpoints']): Promise<Finding[]> {
  const { ok, warning } = findingsOf('online key');
  if (everyMs === 0) return [];
  try {
    const { name } = await readOnlineKey(keyFile);
    const { mode } = await stat(keyFile);
    if (platform !== 'win32' && mode & 0o077)
      return [warning(`${keyFile} can be read by others`, `run "chmod 600 ${keyFile}"`)];
    return [ok(`${keyFile} is the key of ${name}`)];
  } catch (error) {
    return [failedCheck('online key', error)];
  }
}
