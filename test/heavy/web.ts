// Drives every view of the web viewer in a real Chromium over real nodes, and takes pictures: see README.md.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { temporaryFolder } from '../processes.ts';
import { accessibilityFaults, enter, openBrowser } from '../web/browser.ts';
import { demo, largeList, realList, type Subject } from './web-nodes.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    view: { type: 'string', multiple: true },
    keep: { type: 'string' },
    servers: { type: 'string', default: '100000' },
    commits: { type: 'string', default: '100000' },
  },
});
const [pictures] = positionals;
if (pictures === undefined) throw new Error('name the folder for the pictures: web.ts <folder>');

/** Some have to be done something with before they show what they are for; all are there when `there` is. */
type View = { readonly at: string; readonly there: string; readonly touch?: (page: Page) => Promise<void> };

const viewsOf = ({ server, node, commit, between, statement }: Subject): Readonly<Record<string, View>> => ({
  servers: { at: '/servers', there: '.grid-row .c-name a' },
  server: { at: `/servers/${server}`, there: '.detail h2' },
  history: { at: '/history', there: '.grid-row .graph .shape' },
  commit: { at: `/commit/${commit}`, there: '.diff-section li' },
  signed: {
    at: `/commit/${statement.oid}`,
    there: 'main h1',
    async touch(page) {
      await page.getByRole('button', { name: 'Verify in this browser' }).click();
      await page.getByText('Every step holds.').waitFor();
      await page.locator('.verify').scrollIntoViewIfNeeded();
    },
  },
  compare: { at: `/compare/${between.join('...')}`, there: 'main h1' },
  rollbacks: { at: '/rollbacks', there: '.then-rows [role=grid]' },
  rollback: { at: `/rollbacks/${statement.digest}`, there: '.effect header' },
  series: { at: '/series?span=day', there: '.plot canvas' },
  nodes: { at: '/nodes', there: '.n-node a' },
  node: { at: `/nodes/${node}`, there: '.detail h2' },
  graph: { at: '/nodes?as=graph', there: 'canvas[data-settled=true]' },
  status: { at: '/status', there: '.card' },
});

/** In the page: what reaches as far right as the page does. */
const widest = `[...document.querySelectorAll('body *')]
  .filter(one => Math.ceil(one.getBoundingClientRect().right) >= document.documentElement.scrollWidth)
  .map(one => one.tagName.toLowerCase() + '.' + one.getAttribute('class')).join(' ')`;

const browser = await openBrowser();
const faults: string[] = [];
try {
  await using folder = await temporaryFolder();
  await mkdir(pictures, { recursive: true });
  const subjects: Readonly<Record<string, () => Promise<Subject>>> = {
    demo: () => demo(folder.path),
    real: () => realList(folder.path),
    large: () => largeList(values.keep ?? folder.path, Number(values.servers), Number(values.commits)),
  };
  for (const [name, open] of Object.entries(subjects)) {
    if (values.only !== undefined && values.only !== name) continue;
    const begin = performance.now();
    await using subject = await open();
    say(`${name}: ready after ${((performance.now() - begin) / 1_000).toFixed(0)} s`);
    for (const width of [1280, 390]) for (const dark of [false, true]) await look(name, subject, width, dark);
  }
} finally {
  await browser.close();
}
for (const fault of faults) process.stderr.write(`${fault}\n`);
if (faults.length > 0) process.exitCode = 1;
say(faults.length > 0 ? `\n${faults.length} faults.` : '\nAll as it should be.');

/** Every view, as one visitor sees it who goes from one to the next. */
async function look(of: string, subject: Subject, width: number, dark: boolean): Promise<void> {
  const { page, faults: logged } = await enter(browser, `${subject.http}/status`, { width, dark });
  for (const [name, { at, there, touch }] of Object.entries(viewsOf(subject))) {
    if (values.view !== undefined && !values.view.includes(name)) continue;
    const picture = `${of}-${name}-${width}-${dark ? 'dark' : 'light'}`;
    const begin = performance.now();
    try {
      await page.goto(`${subject.http}${at}`);
      await page.locator(there).first().waitFor();
      await page.locator('main:not(:has(.spinner))').waitFor();
      await touch?.(page);
    } catch (error) {
      faults.push(`${picture}: ${error instanceof Error ? error.message : error}`);
    }
    const took = Math.round(performance.now() - begin);
    await page.screenshot({ path: join(pictures!, `${picture}.png`) });
    const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
    if (wide > width) faults.push(`${picture}: the page is ${wide} px wide, from ${await page.evaluate(widest)}`);
    const unfit = await accessibilityFaults(page);
    faults.push(...[...unfit, ...logged.splice(0)].map(fault => `${picture}: ${fault}`));
    say(`${picture}: there after ${took} ms`);
  }
  await page.context().close();
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
