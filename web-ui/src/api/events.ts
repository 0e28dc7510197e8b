// Follows the node's events. The browser resumes by Last-Event-ID by itself; `resync` says that something was missed.
import type { NodeEvent } from './types.ts';

export type EventsDeps = {
  /** Connected. `fresh`: nothing was followed before, or it cannot be resumed, so all has to be loaded. */
  readonly onOpen: (fresh: boolean) => void;
  readonly onLost: () => void;
  readonly onEvent: (event: NodeEvent) => void;
};

const types = [
  'servers',
  'observed',
  'observedMany',
  'head',
  'peer',
  'statement',
  'karma',
  'karmaMany',
] as const satisfies readonly NodeEvent['type'][];
/** When the node refuses, browsers give up for good; this page does not. */
const retryMs = 5_000;

export function follow({ onOpen, onLost, onEvent }: EventsDeps): void {
  const source = new EventSource('/api/v1/events');
  let fresh = true;
  source.onopen = () => {
    onOpen(fresh);
    fresh = false;
  };
  source.onerror = () => {
    onLost();
    if (source.readyState === EventSource.CLOSED) setTimeout(() => follow({ onOpen, onLost, onEvent }), retryMs);
  };
  source.addEventListener('resync', () => onOpen(true));
  for (const type of types) {
    source.addEventListener(type, ({ data }) => onEvent({ type, ...JSON.parse(data) } as NodeEvent));
  }
}
