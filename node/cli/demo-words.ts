// The events of the demo in words, for people.
import type { DemoEvent } from '../demo/events.ts';
import { tellAttack } from './demo-attack-words.ts';
import type { Output } from './output.ts';
import type { Cell } from './table.ts';
import { count, shortHash } from './words.ts';

type Seen = Extract<DemoEvent, { event: 'seen' }>;

/** `server-30` and `renamed` with a gap. */
const labelWidth = 11;

export function tellDemo(event: DemoEvent, out: Output): void {
  switch (event.event) {
    case 'starting':
      out.line(`starting ${count(event.nodes, 'node')}, each a process of its own, in ${event.folder}`);
      break;
    case 'ready':
      out.line(`  ${event.name.padEnd(labelWidth)}`, { text: event.http, style: 'dim' });
      break;
    case 'connected':
      out.line(`all ${event.nodes} are connected after ${(event.tookMs / 1_000).toFixed(1)} s`);
      break;
    case 'announced':
      out.line(`  ${event.by.padEnd(labelWidth)}announces `, { text: event.name, style: 'bold' }, ` (${event.game})`);
      break;
    case 'converged': {
      const { servers, tree, trees, spread } = event;
      out.line(
        `${servers} announcements reached both players: in ${spread.medianMs} ms (median), ${spread.maxMs} ms at most`,
      );
      const nodes = Object.keys(trees).length;
      out.line({ text: 'the same list everywhere', style: 'green' }, `: tree ${shortHash(tree)} on all ${nodes} nodes`);
      break;
    }
    case 'seen':
      out.line('  ', label(event), { text: event.name, style: 'bold' }, details(event));
      break;
    case 'stopping':
      out.line('');
      out.line('stopping the nodes');
      break;
    case 'stopped':
      out.line('all gone, nothing is left behind');
      break;
    default:
      tellAttack(event, out);
  }
}

const styles = { joined: 'green', left: 'yellow', silent: 'red' } as const;

function label({ what }: Seen): Cell {
  const text = what.padEnd(labelWidth);
  return what in styles ? { text, style: styles[what as keyof typeof styles] } : text;
}

function details(event: Seen): string {
  const after = event.tookMs === undefined ? '' : `, after ${event.tookMs} ms`;
  switch (event.what) {
    case 'joined':
    case 'left':
      return ` (${event.game})${after}`;
    case 'renamed':
      return `, before: ${event.from}${after}`;
    case 'map':
      return `: ${event.from} → ${event.to}`;
    case 'players':
      return `: ${event.from} → ${event.to}${event.max === null ? '' : ` of ${event.max}`}`;
    default:
      return '';
  }
}
