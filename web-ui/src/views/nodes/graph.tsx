// The network as a drawing, with the same nodes as a list beside it: for the keyboard, and for who cannot see the drawing.
import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { shown as printed, shortId } from '../../lib/format.ts';
import { type Body, bodiesOf, bodyAt, fitTo, type Spring, springsOf } from '../../lib/node-graph.ts';
import { formats } from '../../state/locale.ts';
import { go, place } from '../../state/place.ts';
import { theme } from '../../state/settings.ts';
import { Karma } from '../../ui/marks.tsx';
import { Empty } from '../../ui/state.tsx';
import { shown, sources } from './data.ts';
import { type Colours, draw } from './drawing.ts';
import { settle } from './layout.ts';
import { addressOf } from './moves.ts';
import { text } from './text.ts';

const nameOf = (peer: string): string => (peer === sources.peek()?.self ? text.peek().self : shortId(peer, 4, 6));

export function Graph() {
  const words = text.value.graph;
  const { number } = formats.value;
  const { nodes, links } = sources.value!.graph;
  const passing = new Set(shown.value.map(row => row.peer));
  const visible = nodes.filter(({ peer }) => passing.has(peer));
  const listed = new Map(visible.map(node => [node.peer, node]));
  const question = [...listed.keys()].join();
  // Who is drawn stays where he is while only his numbers change.
  const { bodies, springs } = useMemo(() => {
    const made = bodiesOf(visible);
    return { bodies: made, springs: springsOf(links, made) };
  }, [question, links.length]);
  const lit = useSignal<string | undefined>(undefined);
  if (visible.length === 0) return <Empty title={words.none} />;
  return (
    <div class="node-graph">
      <Drawing bodies={bodies} springs={springs} lit={lit} />
      <section class="node-graph-list" aria-label={words.list}>
        <ul onPointerLeave={() => (lit.value = undefined)}>
          {/* In the order of the table. */}
          {shown.value
            .flatMap(row => listed.get(row.peer) ?? [])
            .map(({ peer, servers, karma, kind }) => (
              <li key={peer}>
                <a
                  href={addressOf(peer)}
                  aria-current={place.value.path[1] === peer ? 'true' : undefined}
                  onFocus={() => (lit.value = peer)}
                  onBlur={() => (lit.value = undefined)}
                  onPointerEnter={() => (lit.value = peer)}
                >
                  <code>{shortId(printed(peer), 0, 8)}</code>
                  {kind === 'self' && <span class="tag">{text.value.self}</span>}
                  <span class="grow" />
                  {servers > 0 && <span class="number dim">{number(servers)}</span>}
                  <Karma karma={karma} />
                </a>
              </li>
            ))}
        </ul>
      </section>
    </div>
  );
}

type DrawingProps = {
  readonly bodies: readonly Body[];
  readonly springs: readonly Spring[];
  readonly lit: { value: string | undefined };
};

function Drawing({ bodies, springs, lit }: DrawingProps) {
  const words = text.value.graph;
  const { number } = formats.value;
  const canvas = useRef<HTMLCanvasElement>(null);
  const legend = useRef<HTMLElement>(null);
  const settled = useSignal(false);
  const size = useSignal({ width: 0, height: 0 });
  const beat = useSignal(0);
  useEffect(() => {
    settled.value = false;
    const stop = new AbortController();
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    void settle(bodies, springs, { still, signal: stop.signal, onMove: () => beat.value++ }).then(() => {
      settled.value = !stop.signal.aborted;
    });
    return () => stop.abort();
  }, [bodies, springs]);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect;
      size.value = { width, height };
    });
    observer.observe(canvas.current!);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const redraw = () => beat.value++;
    dark.addEventListener('change', redraw);
    return () => {
      observer.disconnect();
      dark.removeEventListener('change', redraw);
    };
  }, []);
  const fit = fitTo(bodies, size.value.width, size.value.height);
  const chosen = lit.value ?? place.value.path[1];
  beat.value;
  theme.value;
  useEffect(() => {
    const { width, height } = size.peek();
    const element = canvas.current!;
    const context = element.getContext('2d')!;
    const ratio = devicePixelRatio;
    element.width = Math.round(width * ratio);
    element.height = Math.round(height * ratio);
    context.scale(ratio, ratio);
    const known = bodies.some(({ peer }) => peer === chosen);
    const scene = { bodies, springs, fit, nameOf, lit: known ? chosen : undefined };
    draw(context, width, height, { ...scene, colours: coloursOf(legend.current!) });
  });
  const bodyUnder = (event: MouseEvent) => bodyAt(bodies, event.offsetX, event.offsetY, fit);
  return (
    <figure class="node-graph-figure">
      <canvas
        ref={canvas}
        role="img"
        aria-label={words.label(number(bodies.length), number(springs.length))}
        data-settled={settled.value}
        class={lit.value === undefined ? '' : 'pointing'}
        onPointerMove={event => (lit.value = bodyUnder(event)?.peer)}
        onPointerLeave={() => (lit.value = undefined)}
        onClick={event => {
          const body = bodyUnder(event);
          if (body) go(addressOf(body.peer));
        }}
      />
      <figcaption ref={legend} class="node-graph-legend note">
        {(['green', 'yellow', 'red'] as const).map(tier => (
          <Karma key={tier} karma={{ value: 0, tier }} />
        ))}
        <span class="line-connected">{words.connected}</span>
        <span class="line-vouches">{words.vouches}</span>
        <span class="line-warns">{words.warns}</span>
        {!settled.value && <span>{words.settling}</span>}
      </figcaption>
    </figure>
  );
}

/** A canvas knows no variables of styles: the legend has the colours of this theme. */
function coloursOf(legend: HTMLElement): Colours {
  const colour = (selector: string) => getComputedStyle(legend.querySelector(selector)!).color;
  const { color: text, backgroundColor: ground } = getComputedStyle(legend.closest('.servers-list')!);
  return {
    green: colour('.karma-green'),
    yellow: colour('.karma-yellow'),
    red: colour('.karma-red'),
    line: getComputedStyle(legend.querySelector('.line-connected')!).borderLeftColor,
    text,
    ground,
  };
}
