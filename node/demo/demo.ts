// A whole network on this machine: starts it, keeps it lively until it is interrupted, and leaves no trace.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { second } from '../base/time.ts';
import { Play, type PlayDeps } from './play.ts';

export type DemoOptions = Omit<PlayDeps, 'folder' | 'died' | 'failed'>;

/** A connection breaks off before the end of its process is known: that comes this much later at most. */
const deathNoticeMs = second;

/**
 * Resolves when its signal has aborted, or with `once` when the list was shown, and everything is gone again.
 * @throws RollcallError NODE_DIED when a node ends by itself, TOO_SLOW when the list does not get everywhere
 */
export async function runDemo(options: DemoOptions): Promise<void> {
  const over = new AbortController();
  const death = Promise.withResolvers<Error>();
  const signal = AbortSignal.any([options.signal, over.signal]);
  await using resources = new AsyncDisposableStack();
  resources.defer(() => options.tell({ event: 'stopped' }));
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-demo-'));
  resources.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  const failed = (error: unknown): void => over.abort(error);
  const died = (error: Error): void => {
    death.resolve(error);
    failed(error);
  };
  const play = resources.use(new Play({ ...options, signal, folder, died, failed }));
  try {
    await Promise.race([play.perform(), aborted(signal)]);
  } catch (error) {
    // Ctrl-C breaks off whatever is under way: that is no failure.
    if (!options.signal.aborted) throw await Promise.race([death.promise, wait(deathNoticeMs, error)]);
  } finally {
    over.abort();
    options.tell({ event: 'stopping' });
  }
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
