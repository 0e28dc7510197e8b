// A real Chromium on a page of a node: it fails the test when the page breaks its policy, throws, or logs an error.
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import chromium from '@sparticuz/chromium';
import type { ExecutionContext } from 'ava';
import type { AxeResults } from 'axe-core';
import { type Browser, chromium as driver, type Page } from 'playwright-core';
import { type FakeNode, fakeNode } from '../api/fake-node.ts';
import { listeningApi } from '../api/listening.ts';

const flags = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update'],
];

/** Unpacks the packaged browser into the temporary folder, once for all tests. */
export const openBrowser = async (): Promise<Browser> =>
  driver.launch({ executablePath: await chromium.executablePath(), args: flags });

/** Only ends what would never end: a busy machine takes its time. */
const patienceMs = 100_000;

export type Served = { readonly node: FakeNode; readonly http: string; close(): Promise<void> };

/** The API over a node that is a plain object, on a free port of loopback. */
export async function serve(t: ExecutionContext, node: FakeNode = fakeNode()): Promise<Served> {
  const api = await listeningApi(node);
  t.teardown(() => api.close());
  return { node, http: api.address, close: () => api.close() };
}

export type PageOptions = {
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  readonly language?: string;
  /** What the test brings about itself. */
  readonly mayLog?: RegExp;
};

/** Runs in the page: the browser's own words about a violation do not say what was blocked. */
const tellViolations = `document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
  console.error('policy: ' + violatedDirective + ' ' + blockedURI))`;

export type Visit = {
  readonly page: Page;
  /** What was not sound: the page threw, logged an error, broke its policy, or asked anybody else. */
  readonly faults: string[];
};

/** Opens an address as a new visitor would. */
export async function enter(browser: Browser, url: string, options: PageOptions = {}): Promise<Visit> {
  const { width = 1280, height = 800, dark = false, language = 'en-GB', mayLog } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    locale: language,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', error => void faults.push(`threw ${error.message}`));
  page.on('console', message => {
    if (message.type() === 'error' && !mayLog?.test(message.text())) faults.push(`logged ${message.text()}`);
  });
  page.on('request', request => {
    const { protocol, host } = new URL(request.url());
    if (protocol.startsWith('http') && host !== new URL(url).host) faults.push(`asked ${request.url()}`);
  });
  await page.addInitScript({ content: tellViolations });
  await page.goto(url);
  return { page, faults };
}

/** The same for a test, which fails if the page was not sound. */
export async function visit(
  t: ExecutionContext,
  browser: Browser,
  url: string,
  options: PageOptions = {},
): Promise<Page> {
  const { page, faults } = await enter(browser, url, options);
  t.teardown(async () => {
    await page.context().close();
    if (faults.length > 0) throw new Error(`the page was not sound: ${faults.join('; ')}`);
  });
  return page;
}

const axeSource = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe-core finds wrong with the page as it stands: one line a rule and element. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  // The page's policy lets nobody add a script to it, so the tool comes by the debugger.
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: await readFile(axeSource, 'utf8') });
  await session.detach();
  const { violations } = await page.evaluate<AxeResults>('axe.run(document)');
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target}: ${failureSummary}`),
  );
}

/** Pictures go to the folder that `SHOTS` names, if it names one. */
export async function shot(page: Page, name: string): Promise<void> {
  const folder = process.env.SHOTS;
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
