// Nodes as circles on a plane: how large, where they stand on a screen, which one is pointed at. Pure.
import type { GraphLink, GraphNode } from '../api/types.ts';

/** d3-force moves these in place. */
export type Body = GraphNode & { x: number; y: number; radius: number };
export type Spring = { source: Body; target: Body; kind: GraphLink['kind']; value: number };

const radiusMin = 5;
const radiusMax = 22;

/** The area grows with the number of servers. */
export const radiusOf = (servers: number, most: number): number =>
  radiusMin + (radiusMax - radiusMin) * Math.sqrt(servers / Math.max(1, most));

/** Where to begin: a spiral, the same each time, so that a graph that is drawn twice looks the same. */
export function bodiesOf(nodes: readonly GraphNode[]): Body[] {
  const most = Math.max(...nodes.map(({ servers }) => servers), 1);
  return nodes.map((node, index) => {
    const distance = 12 * Math.sqrt(index + 0.5);
    const angle = index * Math.PI * (3 - Math.sqrt(5));
    const [x, y] = [distance * Math.cos(angle), distance * Math.sin(angle)];
    return { ...node, x, y, radius: radiusOf(node.servers, most) };
  });
}

/** Links between nodes that are drawn; the others are left out. */
export function springsOf(links: readonly GraphLink[], bodies: readonly Body[]): Spring[] {
  const byPeer = new Map(bodies.map(body => [body.peer, body]));
  return links.flatMap(({ a, b, kind, value }) => {
    const [source, target] = [byPeer.get(a), byPeer.get(b)];
    return source && target && source !== target ? [{ source, target, kind, value }] : [];
  });
}

/** How to get from the plane to the screen. */
export type Fit = { readonly scale: number; readonly dx: number; readonly dy: number };

const marginPx = 28;
/** Two nodes do not fill a screen. */
const scaleMax = 1.6;

export function fitTo(bodies: readonly Body[], width: number, height: number): Fit {
  if (bodies.length === 0) return { scale: 1, dx: width / 2, dy: height / 2 };
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { x, y, radius } of bodies) {
    left = Math.min(left, x - radius);
    right = Math.max(right, x + radius);
    top = Math.min(top, y - radius);
    bottom = Math.max(bottom, y + radius);
  }
  const across = (width - 2 * marginPx) / Math.max(1, right - left);
  const down = (height - 2 * marginPx) / Math.max(1, bottom - top);
  const scale = Math.max(0.01, Math.min(scaleMax, across, down));
  return { scale, dx: width / 2 - (scale * (left + right)) / 2, dy: height / 2 - (scale * (top + bottom)) / 2 };
}

/** Fingers are not as exact as that. */
const reachPx = 8;

/** The node at a point of the screen, the nearest of several. */
export function bodyAt(bodies: readonly Body[], x: number, y: number, { scale, dx, dy }: Fit): Body | undefined {
  let found: Body | undefined;
  let nearest = Infinity;
  for (const body of bodies) {
    const distance = Math.hypot(body.x * scale + dx - x, body.y * scale + dy - y);
    if (distance > body.radius * scale + reachPx || distance >= nearest) continue;
    found = body;
    nearest = distance;
  }
  return found;
}
