// Draws the graph: colour and shape by karma as the marks have them, size by servers.
import type { Body, Fit, Spring } from '../../lib/node-graph.ts';

export type Colours = Readonly<Record<Body['karma']['tier'] | 'text' | 'line' | 'ground', string>>;

export type Scene = {
  readonly bodies: readonly Body[];
  readonly springs: readonly Spring[];
  readonly fit: Fit;
  readonly colours: Colours;
  /** Pointed at, or open beside the graph: it and its neighbours are named. */
  readonly lit: string | undefined;
  readonly nameOf: (peer: string) => string;
};

/** Named also when nobody asks: this node, and the largest. */
const namedMax = 8;
const labelPx = 12;

export function draw(canvas: CanvasRenderingContext2D, width: number, height: number, scene: Scene): void {
  const { bodies, springs, fit, colours, lit } = scene;
  canvas.clearRect(0, 0, width, height);
  const at = ({ x, y }: Body) => [x * fit.scale + fit.dx, y * fit.scale + fit.dy] as const;
  const near = new Set(lit === undefined ? [] : [lit]);
  for (const { source, target } of springs) {
    if (source.peer === lit) near.add(target.peer);
    if (target.peer === lit) near.add(source.peer);
  }
  // One line of many pieces for each kind: thousands of lines of their own take long.
  for (const kind of ['connected', 'vouches', 'warns'] as const) {
    for (const chosen of [false, true]) {
      canvas.globalAlpha = lit !== undefined && !chosen ? 0.15 : 0.7;
      canvas.strokeStyle = kind === 'connected' ? colours.line : kind === 'warns' ? colours.red : colours.green;
      canvas.lineWidth = chosen ? 2 : 1;
      // Told by their shape as well: who warns is dashed, who vouches dotted.
      canvas.setLineDash(kind === 'connected' ? [] : kind === 'warns' ? [7, 4] : [2, 3]);
      canvas.beginPath();
      for (const { source, target, kind: own } of springs) {
        if (own !== kind || (source.peer === lit || target.peer === lit) !== chosen) continue;
        canvas.moveTo(...at(source));
        canvas.lineTo(...at(target));
      }
      canvas.stroke();
    }
  }
  canvas.setLineDash([]);
  for (const body of bodies) {
    const [x, y] = at(body);
    const radius = Math.max(4, body.radius * fit.scale);
    canvas.globalAlpha = lit !== undefined && !near.has(body.peer) ? 0.3 : 1;
    canvas.fillStyle = colours[body.karma.tier];
    canvas.strokeStyle = body.peer === lit ? colours.text : colours.ground;
    canvas.lineWidth = body.peer === lit ? 3 : 1.5;
    outline(canvas, body.karma.tier, x, y, radius);
    canvas.fill();
    canvas.stroke();
    if (body.kind === 'self') ring(canvas, x, y, radius + 5, colours.text);
  }
  canvas.globalAlpha = 1;
  canvas.font = `${labelPx}px system-ui, sans-serif`;
  const taken: Box[] = [];
  for (const body of named(bodies, near)) {
    const [x, y] = at(body);
    const words = scene.nameOf(body.peer);
    const half = canvas.measureText(words).width / 2 + 3;
    const middle = Math.min(Math.max(x, half), Math.max(half, width - half));
    const base = y + Math.max(4, body.radius * fit.scale) + labelPx + 6;
    const box = { left: middle - half, right: middle + half, top: base - labelPx, bottom: base + 4 };
    if (taken.some(other => overlap(box, other))) continue;
    taken.push(box);
    label(canvas, words, middle, base, colours);
  }
}

type Box = { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };

const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** Who gets a name, the most wanted first: a name that would cover another is left out. */
function named(bodies: readonly Body[], near: ReadonlySet<string>): Body[] {
  const largest = bodies.toSorted((a, b) => b.servers - a.servers);
  if (near.size > 0) return largest.filter(({ peer }) => near.has(peer));
  return [...bodies.filter(({ kind }) => kind === 'self'), ...largest.slice(0, namedMax)];
}

function outline(canvas: CanvasRenderingContext2D, tier: Body['karma']['tier'], x: number, y: number, r: number): void {
  canvas.beginPath();
  if (tier === 'yellow') {
    canvas.moveTo(x, y - r);
    canvas.lineTo(x + r, y);
    canvas.lineTo(x, y + r);
    canvas.lineTo(x - r, y);
  } else {
    const up = tier === 'green' ? -1 : 1;
    canvas.moveTo(x, y + up * r);
    canvas.lineTo(x + r * 0.95, y - up * r * 0.8);
    canvas.lineTo(x - r * 0.95, y - up * r * 0.8);
  }
  canvas.closePath();
}

function ring(canvas: CanvasRenderingContext2D, x: number, y: number, radius: number, colour: string): void {
  canvas.strokeStyle = colour;
  canvas.lineWidth = 1.5;
  canvas.beginPath();
  canvas.arc(x, y, radius, 0, 2 * Math.PI);
  canvas.stroke();
}

function label(canvas: CanvasRenderingContext2D, words: string, x: number, y: number, { text, ground }: Colours): void {
  canvas.textAlign = 'center';
  canvas.lineWidth = 3;
  canvas.lineJoin = 'round';
  canvas.strokeStyle = ground;
  canvas.strokeText(words, x, y);
  canvas.fillStyle = text;
  canvas.fillText(words, x, y);
}
