// Clients of the events for bench/serving-events.ts: address, how many, and whether they read. Says a line when all are there,
// and for each line of stdin what they got so far. Node raises the limit of open files to the hard one by itself.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

const [http = '', count = '0', kind] = process.argv.slice(2);
const { hostname, port, host } = new URL(http);
/** So many connect at a time, fewer than wait in the queue of a listening socket. */
const atOnce = 200;
const request = `GET /api/v1/events HTTP/1.1\r\nHost: ${host}\r\n\r\n`;

/** By number of the event: when the first client had it, when the last, and how many have. */
const events = new Map<number, { firstMs: number; lastMs: number; times: number }>();
let [received, gaps] = [0, 0];
const sockets: Socket[] = [];

for (let n = 0; n < Number(count); n += atOnce) {
  const some = Array.from({ length: Math.min(atOnce, Number(count) - n) }, () => follow());
  await Promise.all(some);
}
process.stdout.write('ready\n');
for await (const _ of createInterface({ input: process.stdin })) {
  const complete = [...events.values()].filter(({ times }) => times === Number(count));
  const spreadsMs = complete.map(({ firstMs, lastMs }) => Math.round(lastMs - firstMs));
  process.stdout.write(`${JSON.stringify({ spreadsMs, received, gaps })}\n`);
}
for (const socket of sockets) socket.destroy();

async function follow(): Promise<void> {
  const socket = connect(Number(port), hostname);
  sockets.push(socket);
  socket.on('error', () => {});
  socket.write(request);
  const [hello] = (await once(socket, 'data')) as [Buffer];
  if (!hello.toString('latin1').startsWith('HTTP/1.1 200')) throw new Error(hello.toString('latin1'));
  if (kind === 'silent') {
    socket.pause();
    return;
  }
  let last: number | undefined;
  let text = '';
  socket.on('data', chunk => {
    text += chunk.toString('latin1');
    for (const [, digits] of text.matchAll(/id: \w+-(\d+)\r?\nevent: servers\n/g)) {
      const number = Number(digits);
      if (last !== undefined && number !== last + 1) gaps++;
      last = number;
      received++;
      note(number);
    }
    // An event's first lines may come in two pieces; what is behind them does not matter.
    text = text.slice(text.lastIndexOf('id: ')).slice(0, 100);
    if (/\nevent: servers\n/.test(text)) text = '';
  });
}

function note(number: number): void {
  const now = performance.now();
  const held = events.get(number);
  if (held) {
    held.lastMs = now;
    held.times++;
  } else events.set(number, { firstMs: now, lastMs: now, times: 1 });
}
