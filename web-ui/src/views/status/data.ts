// Keys, statements, gateways and deny rules: asked for when the view opens, and when something may have changed.
import { signal } from '@preact/signals';
import { ApiError, get } from '../../api/client.ts';
import type { DenyRuleJson, GatewayStatus, KeyJson, StatementJson } from '../../api/types.ts';
import { gently } from '../../lib/gently.ts';
import { link, on, onResync } from '../../state/live.ts';

export type Known = {
  readonly keys: readonly KeyJson[];
  /** The latest first. */
  readonly statements: readonly StatementJson[];
  readonly gateways: readonly GatewayStatus[];
  readonly rules: readonly DenyRuleJson[];
};

/** Counters of gateways move all the time, and nothing tells of them. */
const refreshMs = 10_000;
const restMs = 1_000;

export const known = signal<Known | null>(null);
export const fault = signal<ApiError | null>(null);

export const reload = gently(load, () => restMs);

async function load(): Promise<void> {
  try {
    const [{ keys }, { statements }, { gateways }, { rules }] = await Promise.all([
      get<{ keys: KeyJson[] }>('/keys'),
      get<{ statements: StatementJson[] }>('/statements'),
      get<{ gateways: GatewayStatus[] }>('/gateways'),
      get<{ rules: DenyRuleJson[] }>('/deny'),
    ]);
    known.value = { keys, statements, gateways, rules };
    fault.value = null;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    fault.value = error;
  }
}

/** While the view is open; the answer ends it. */
export function followStatus(): () => void {
  const timer = setInterval(() => link.peek() === 'live' && reload(), refreshMs);
  const ends = [on('head', reload), on('statement', reload), onResync(reload)];
  reload();
  return () => {
    clearInterval(timer);
    for (const end of ends) end();
  };
}
