// How the web viewer feels with a large list: first rows, key to paint, scrolling, and what has to be
// loaded first; and how soon a long history is drawn.
// npx node bench/web.ts [--servers 100000] [--commits 100000] [--rounds 5]
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import type { ServerRow } from '../node/api/port.ts';
import { fakeNode, row } from '../test/api/fake-node.ts';
import { listeningApi } from '../test/api/listening.ts';
import { openBrowser } from '../test/web/browser.ts';
import { firstViewScripts } from '../test/web/first-view.ts';
import { commitsOf, graphOf } from './web-commits.ts';

const { values } = parseArgs({
  options: {
    servers: { type: 'string', default: '100000' },
    commits: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '5' },
  },
});
const [servers, commits, rounds] = [Number(values.servers), Number(values.commits), Number(values.rounds)];

const words = ['instagib', 'capture', 'friendly', 'hardcore', 'public', 'Zażółć', '日本語', 'Αθήνα', 'night', 'coop'];
const pick = (n: number, step: number): string => words[(n * step) % words.length]!;

const rowsOf = (count: number): ServerRow[] =>
  Array.from({ length: count }, (_, n) =>
    row(1, {
      id: n.toString(16).padStart(40, '0'),
      server: `server-${n}`,
      name: `${pick(n, 7)} ${pick(n, 3)} #${n}`,
      game: ['openarena', 'xonotic', 'css', 'mindustry', 'sauerbraten'][n % 5]!,
      addresses: [`${1 + (n % 200)}.${(n >> 8) & 255}.${n & 255}.7:${20_000 + (n % 97)}`],
      tags: [pick(n, 1), pick(n, 9)],
      attributes: { country: ['de', 'fr', 'us', 'br', 'jp'][n % 5]! },
      observed: n % 9 === 0 ? null : { ...row(1).observed!, players: n % 33, maxPlayers: 32, rttMs: n % 180 },
    }),
  );

/** In the page: when rows first stood there, and how long each frame and each key took. */
const probe = `
  window.probe = { firstRowsMs: 0, keysMs: [], framesMs: [], longMs: [] };
  new PerformanceObserver(seen => probe.longMs.push(...seen.getEntries().map(({ duration }) => duration)))
    .observe({ type: 'longtask', buffered: true });
  probe.after = keys => new Promise(done => {
    const look = () => (probe.keysMs.length > keys ? done() : requestAnimationFrame(look));
    look();
  });
  probe.drawn = new Promise(done => {
    new MutationObserver((_, observer) => {
      if (!document.querySelector('.grid-body [role=row]')) return;
      observer.disconnect();
      requestAnimationFrame(() => {
        probe.firstRowsMs = performance.now();
        done();
      });
    }).observe(document, { childList: true, subtree: true });
  });
  addEventListener('input', event => {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => probe.keysMs.push(performance.now() - event.timeStamp);
      port2.postMessage(0);
    });
  }, true);
  let last = 0;
  window.measureFrames = at => {
    if (last !== 0) probe.framesMs.push(at - last);
    last = at;
    requestAnimationFrame(measureFrames);
  };`;

const node = { ...fakeNode(), rows: rowsOf(servers) };
const page = { ...node.servers({}), total: servers, servers: node.rows };
const history = commitsOf(commits, Date.now());
const api = await listeningApi({
  ...node,
  graph: async ({ before, limit = 20_000 }) => graphOf(history, before, limit),
  servers: ({ limit }) => (limit === undefined ? page : { ...page, servers: page.servers.slice(0, limit) }),
});
// As a node does that somebody asked before: built and compressed.
await (await fetch(`${api.address}/api/v1/servers`, { headers: { 'accept-encoding': 'br' } })).arrayBuffer();

const browser = await openBrowser();
const firstRows: number[] = [];
const whole: number[] = [];
const [keys, keysCpu, frames, framesCpu]: [number[], number[], number[], number[]] = [[], [], [], []];
const [graph, graphCpu, all, allCpu, long]: [number[], number[], number[], number[], number[]] = [[], [], [], [], []];
for (let round = 0; round < rounds; round++) {
  const visited = await open(browser);
  firstRows.push(await visited.evaluate<number>('probe.firstRowsMs'));
  whole.push(await visited.evaluate<number>('performance.now()'));
  const cpu = await cpuOf(visited);
  await type(visited, cpu);
  await scroll(visited, cpu);
  await visited.context().close();
  await drawGraph(browser);
}
await browser.close();
await api.close();

console.log(`${servers} servers, ${commits} commits, ${rounds} rounds; milliseconds`);
console.table({
  'first rows': figures(firstRows),
  'all rows': figures(whole),
  'key to paint': figures(keys),
  'key, CPU of the page': figures(keysCpu),
  'frame while scrolling': figures(frames),
  'turn of the wheel, CPU of the page': figures(framesCpu),
  'graph drawn': figures(graph),
  'graph drawn, CPU of the page': figures(graphCpu),
  'all commits in the graph': figures(all),
  'all commits, CPU of the page': figures(allCpu),
  'longest task meanwhile': figures(long),
});
const scripts = await firstViewScripts();
const bytes = scripts.reduce((sum, { gzippedBytes }) => sum + gzippedBytes, 0);
console.log(`JavaScript of the first view, gzipped: ${(bytes / 1_000).toFixed(1)} KB`);

async function open(from: Browser): Promise<Page> {
  const opened = await newPage(from);
  await opened.goto(`${api.address}/servers`);
  await opened.locator('.summary-count', { hasText: new RegExp(`^${counted(servers)} servers$`) }).waitFor();
  await opened.locator('.summary progress').waitFor({ state: 'detached' });
  return opened;
}

async function newPage(from: Browser): Promise<Page> {
  const context = await from.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
  const opened = await context.newPage();
  await opened.addInitScript({ content: probe });
  return opened;
}

function counted(count: number): string {
  return new Intl.NumberFormat('en').format(count);
}

/** From the address bar until a screen full of the graph is painted, and until every commit has its place in it. */
async function drawGraph(from: Browser): Promise<void> {
  const opened = await newPage(from);
  const cpu = await cpuOf(opened);
  const begin = await cpu();
  await opened.goto(`${api.address}/history`);
  await opened.evaluate('probe.drawn');
  graph.push(await opened.evaluate<number>('probe.firstRowsMs'));
  graphCpu.push((await cpu()) - begin);
  await opened.locator('.summary-count', { hasText: `${counted(commits)} commits` }).waitFor();
  await opened.locator('.grid-row .graph .shape').first().waitFor();
  all.push(await opened.evaluate<number>('performance.now()'));
  allCpu.push((await cpu()) - begin);
  long.push(Math.max(0, ...(await opened.evaluate<number[]>('probe.longMs'))));
  await opened.context().close();
}

async function type(opened: Page, cpu: Cpu): Promise<void> {
  await opened.getByRole('searchbox').focus();
  for (const text of ['friendly', 'players>10 hard', 'game:xonotic -coop']) {
    for (const key of [...text, ...Array.from(text, () => 'Backspace')]) {
      const seen = await opened.evaluate<number>('probe.keysMs.length');
      const before = await cpu();
      await opened.keyboard.press(key === ' ' ? 'Space' : key);
      await opened.evaluate(`probe.after(${seen})`);
      keysCpu.push((await cpu()) - before);
    }
  }
  keys.push(...(await opened.evaluate<number[]>('probe.keysMs')));
}

async function scroll(opened: Page, cpu: Cpu): Promise<void> {
  await opened.mouse.move(640, 500);
  await opened.evaluate('requestAnimationFrame(measureFrames)');
  for (let turn = 0; turn < 60; turn++) {
    const before = await cpu();
    await opened.mouse.wheel(0, turn < 40 ? 400 : 40_000);
    framesCpu.push((await cpu()) - before);
  }
  frames.push(...(await opened.evaluate<number[]>('probe.framesMs')));
}

/** How long the page's main thread has worked: unlike the time on the wall, other work on the machine is not in it. */
type Cpu = () => Promise<number>;

async function cpuOf(opened: Page): Promise<Cpu> {
  const session = await opened.context().newCDPSession(opened);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return 1_000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
  };
}

function figures(values: readonly number[]): Record<string, number> {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!);
  return { median: at(0.5), p95: at(0.95), most: at(1), count: sorted.length };
}
