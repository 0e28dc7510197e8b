// The connection to the node: whether there is one, and who wants to know what comes over it.
import { signal } from '@preact/signals';
import { follow } from '../api/events.ts';
import type { NodeEvent } from '../api/types.ts';

export type Link = 'connecting' | 'live' | 'lost';

export const link = signal<Link>('connecting');
/** When the connection was lost. */
export const lostAtMs = signal<number | null>(null);

type Listener<T extends NodeEvent['type']> = (event: Extract<NodeEvent, { type: T }>) => void;
const listeners = new Map<string, Set<(event: never) => void>>();
const reloaders = new Set<() => void>();

/** Calls back at each event of a type; the answer ends it. */
export function on<T extends NodeEvent['type']>(type: T, listener: Listener<T>): () => void {
  const held = listeners.get(type) ?? new Set();
  listeners.set(type, held.add(listener));
  return () => void held.delete(listener);
}

/** Calls back when events may have been missed, so that what was loaded has to be loaded again. */
export function onResync(reload: () => void): () => void {
  reloaders.add(reload);
  return () => void reloaders.delete(reload);
}

/** Called once, when the page starts. Whoever has not loaded anything yet is told to at the first connection. */
export function connect(): void {
  follow({
    onOpen: fresh => {
      link.value = 'live';
      lostAtMs.value = null;
      if (fresh) for (const reload of reloaders) reload();
    },
    onLost: () => {
      link.value = 'lost';
      lostAtMs.value ??= Date.now();
    },
    onEvent: event => {
      for (const listener of listeners.get(event.type) ?? []) listener(event as never);
    },
  });
}
