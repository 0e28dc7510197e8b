// Automatic checkpoints: a node that holds a maintainer's online key signs, every so often, what it saw to be reachable.
import { readFile } from 'node:fs/promises';
import type { Draft, DraftRequest } from '../api/port.ts';
import { messageOf, RollcallError } from '../base/errors.ts';
import type { Clock } from '../base/time.ts';
import { openPrivateKey, type SigningKey, signPayload } from '../trust/sign.ts';
import { withSignature } from '../trust/statement.ts';

export type AutoCheckpointDeps = {
  readonly key: SigningKey;
  readonly everyMs: number;
  readonly clock: Clock;
  /** Age of the statement in force, null when there is none. */
  readonly ageMs: () => number | null;
  readonly draft: (request: DraftRequest, vouchedFor: (id: string) => boolean) => Promise<Draft>;
  /** Whether a server answered lately when it was asked from here. */
  readonly answers: (id: string) => boolean;
  readonly publish: (request: { commit: string }) => Promise<unknown>;
  readonly log: (level: 'info' | 'warn', message: string) => void;
};

/** The key of `checkpoints.keyFile`: nobody is there to be asked for a passphrase. @throws RollcallError BAD_CONFIG */
export async function readOnlineKey(path: string): Promise<SigningKey> {
  try {
    return await openPrivateKey(await readFile(path, 'utf8'));
  } catch (error) {
    throw new RollcallError('BAD_CONFIG', `checkpoints.keyFile ${path}: ${messageOf(error)}`, {
      remedy: 'name an armored private key without a passphrase, made for this node alone',
    });
  }
}

export class AutoCheckpoint {
  readonly #deps: AutoCheckpointDeps;

  constructor(deps: AutoCheckpointDeps) {
    this.#deps = deps;
  }

  /** Signs when the statement in force is old enough: several nodes with online keys take turns by themselves. */
  async tick(): Promise<void> {
    const { key, everyMs, clock, ageMs, draft, answers, publish, log } = this.#deps;
    if ((ageMs() ?? everyMs) < everyMs) return;
    try {
      const { name, email } = key;
      const { payload, sequence, servers } = await draft({ kind: 'checkpoint', author: { name, email } }, answers);
      const bytes = Buffer.from(payload, 'base64');
      const signed = withSignature(bytes, await signPayload(bytes, key, clock()));
      if (!signed.ok) throw new RollcallError(signed.code, signed.message);
      await publish({ commit: Buffer.from(signed.value.bytes).toString('base64') });
      log('info', `signed checkpoint ${sequence} of ${servers} servers that answer`);
    } catch (error) {
      log('warn', `the automatic checkpoint failed: ${messageOf(error)}`);
    }
  }
}
