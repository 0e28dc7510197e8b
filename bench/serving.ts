// How a node serves its list: whole and as 304 beside nginx, filtered pages of a large one while it changes, and events to many.
// npx node bench/serving.ts [--only bodies|pages|events] [--rounds 5] [--seconds 4] [--servers 100000] [--changes 10] [--asks 300]
//   [--rate 200] [--clients 5000] [--events 30]
import { parseArgs } from 'node:util';
import { measureBodies } from './serving-bodies.ts';
import { measureEvents } from './serving-events.ts';
import { measurePages } from './serving-pages.ts';
import { isInstalled } from './serving-process.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    servers: { type: 'string', default: '100000' },
    changes: { type: 'string', default: '10' },
    asks: { type: 'string', default: '300' },
    rate: { type: 'string', default: '200' },
    clients: { type: 'string', default: '5000' },
    events: { type: 'string', default: '30' },
  },
});
const wanted = (part: string): boolean => values.only === undefined || values.only === part;

/** As many as FACTS of the design were measured with. */
const bodyServers = 10_000;

const missing = [];
for (const program of ['nginx', 'wrk', 'curl']) if (!(await isInstalled(program))) missing.push(program);
if (missing.length > 0) {
  console.error(`not found: ${missing.join(', ')}; on Debian: apt-get install nginx-light wrk curl`);
  process.exitCode = 2;
} else {
  if (wanted('bodies')) await measureBodies(bodyServers, Number(values.rounds), Number(values.seconds));
  if (wanted('pages'))
    await measurePages(Number(values.servers), Number(values.changes), Number(values.asks), Number(values.rate));
  if (wanted('events')) await measureEvents(Number(values.clients), Number(values.events));
}
