// The attack of the demo in words, for people.
import type { AttackEvent } from '../demo/events.ts';
import type { Output } from './output.ts';
import { count, shortHash } from './words.ts';

export function tellAttack(event: AttackEvent, out: Output): void {
  switch (event.event) {
    case 'defence':
      heading('Before anything happens, a maintainer makes a key, and says that this list is good:', out);
      break;
    case 'trusted':
      out.line(`all ${count(event.by.length, 'node')} trust the key of ${event.name} now`);
      break;
    case 'adopted': {
      const times = Object.values(event.tookMs);
      out.line(
        { text: `${event.kind} ${event.sequence} is in force on all ${count(times.length, 'node')}`, style: 'green' },
        `: ${Math.min(...times)} ms after the command began on the first, ${Math.max(...times)} ms on the last`,
      );
      break;
    }
    case 'attack':
      heading(
        `Now ${event.bots} bots announce ${event.fakes} servers in ${event.network}, and an honest one comes too:`,
        out,
      );
      break;
    case 'flooded':
      out.line(
        { text: `${event.fakes} fakes reached ${event.by}`, style: 'red' },
        ` in ${event.tookMs} ms: it shows ${count(event.servers, 'server')}`,
      );
      break;
    case 'rollingBack':
      heading('The maintainer looks at what a rollback to the checkpoint would do, and signs it:', out);
      break;
    case 'healed': {
      const left = Object.values(event.fakes);
      out.line(`${left.reduce((sum, fakes) => sum + fakes, 0)} fakes are left on the ${count(left.length, 'node')}`);
      break;
    }
    case 'returned':
      out.line(
        { text: event.name, style: 'bold' },
        ` fell out with them, announced itself again and is ${event.standing}`,
      );
      break;
    case 'refused': {
      const each = Object.entries(event.refused).map(([name, times]) => `${name} ${times}`);
      heading(`The bots try again, and are refused: ${each.join(', ')}`, out);
      break;
    }
    case 'recovered':
      out.line(
        { text: 'the same list everywhere', style: 'green' },
        `: ${count(event.servers, 'server')}, tree ${shortHash(event.tree)} on all ${count(Object.keys(event.trees).length, 'node')}`,
      );
      break;
  }
}

function heading(text: string, out: Output): void {
  out.line('');
  out.line({ text, style: 'bold' });
}
