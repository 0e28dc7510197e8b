// Finds places for the nodes of the graph; d3-force is loaded when somebody wants to see it.
import type { Body, Spring } from '../../lib/node-graph.ts';
import { rest } from '../../lib/slices.ts';

export type SettleOptions = {
  /** At once and without movement. */
  readonly still: boolean;
  readonly signal: AbortSignal;
  readonly onMove: () => void;
};

/** d3-force cools down in so many steps. */
const ticksMax = 300;
/** Of a frame of 16 ms, so that the page stays quick. */
const frameMs = 10;
/** Two seconds in all, at 60 frames a second. */
const ticksAFrame = 3;

/** Resolves when nothing moves any more, or nobody looks. */
export async function settle(
  bodies: readonly Body[],
  springs: readonly Spring[],
  { still, signal, onMove }: SettleOptions,
): Promise<void> {
  const { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } = await import('d3-force');
  if (signal.aborted) return;
  const simulation = forceSimulation<Body>([...bodies])
    .force(
      'charge',
      forceManyBody<Body>().strength(body => -40 - 4 * body.radius),
    )
    .force('link', forceLink<Body, Spring>([...springs]).distance(70))
    .force(
      'collide',
      forceCollide<Body>(body => body.radius + 4),
    )
    .force('x', forceX<Body>().strength(0.06))
    .force('y', forceY<Body>().strength(0.08))
    // Time is given to it here, and nobody else's timer moves what is not looked at.
    .stop();
  for (let tick = 0; tick < ticksMax; ) {
    const begin = performance.now();
    const end = still ? ticksMax : Math.min(ticksMax, tick + ticksAFrame);
    do simulation.tick();
    while (++tick < end && performance.now() - begin < frameMs);
    if (!still) onMove();
    await (still ? rest() : new Promise(resolve => requestAnimationFrame(resolve)));
    if (signal.aborted) return;
  }
  onMove();
}
