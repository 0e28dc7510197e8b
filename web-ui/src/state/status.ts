// What the node says of itself, kept up to date.
import { signal } from '@preact/signals';
import { ApiError, get } from '../api/client.ts';
import type { Status } from '../api/types.ts';
import { gently } from '../lib/gently.ts';
import { on, onResync } from './live.ts';

/** The age of the statement in force grows while nothing happens. */
const refreshMs = 30_000;
const restMs = 1_000;

export const status = signal<Status | null>(null);
/** When `status` was asked for: ages in it count from here. */
export const statusAtMs = signal(0);

const load = gently(
  async () => {
    try {
      status.value = await get<Status>('/status');
      statusAtMs.value = Date.now();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // The connection to the events shows that the node is away.
    }
  },
  () => restMs,
);

export function keepStatus(): void {
  for (const type of ['servers', 'head', 'peer'] as const) on(type, load);
  onResync(load);
  setInterval(load, refreshMs);
}
