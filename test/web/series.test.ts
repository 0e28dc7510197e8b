// Time series in a real browser: charts under the strict policy, in both themes, and the same as a table.
import test, { type ExecutionContext } from 'ava';
import type { Browser, Page } from 'playwright-core';
import type { Series, SeriesQuery } from '../../node/api/port.ts';
import { fakeNode, now, row } from '../api/fake-node.ts';
import { accessibilityFaults, openBrowser, type PageOptions, serve, shot, visit } from './browser.ts';

let browser: Browser;
test.before(async () => {
  browser = await openBrowser();
});
test.after.always(() => browser?.close());

const minute = 60_000;
const steps = { day: [288, 5 * minute], week: [168, 60 * minute], month: [120, 360 * minute] } as const;

/** Half of it is known, with a gap in it: steps 200 to 219 of a day. */
function counted({ of = 'list', span = 'day' }: SeriesQuery): Series {
  const [count, stepMs] = steps[span];
  const each = <T>(value: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => value(n));
  const known = (n: number): boolean => n >= count / 2 && (n < 200 || n >= 220);
  const wave = (n: number, low: number, high: number): number => low + ((high - low) * (1 + Math.sin(n / 20))) / 2;
  return {
    ...{ of, span, stepMs, from: now - count * stepMs },
    servers: each(n => (known(n) ? (of === 'list' ? Math.round(wave(n, 900, 1_100)) : n % 30 === 0 ? 0 : 1) : null)),
    players: each(n => (known(n) && n % 30 !== 0 ? wave(n + 40, 10, 400) : null)),
    joined: each(n => (n === count - 9 ? 120 : n % 7 === 0 ? 3 : 0)),
    left: each(n => (n === count - 5 ? 118 : n % 11 === 0 ? 2 : 0)),
    changed: each(n => (n % 13 === 0 ? 4 : 0)),
  };
}

const id = row(1).id;

async function open(t: ExecutionContext, address: string, options: PageOptions = {}) {
  const asked: SeriesQuery[] = [];
  const node = fakeNode({
    async series(query) {
      asked.push(query);
      return counted(query);
    },
  });
  const { http } = await serve(t, node);
  return { asked, page: await visit(t, browser, `${http}${address}`, options) };
}

const drawn = (page: Page, charts: number) =>
  page
    .locator('.plot canvas')
    .nth(charts - 1)
    .waitFor();

/** What most of a chart is painted with: its grid. */
const paintOf = (page: Page) =>
  page.evaluate<number[]>(`(() => {
    const canvas = document.querySelector('.plot canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const seen = new Map();
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 3] !== 255) continue;
      const colour = data.slice(at, at + 3).join();
      seen.set(colour, (seen.get(colour) ?? 0) + 1);
    }
    return [...seen].sort((a, b) => b[1] - a[1])[0][0].split(',').map(Number);
  })()`);

for (const dark of [false, true]) {
  for (const width of [1280, 390]) {
    const look = `${dark ? 'dark' : 'light'}-${width}`;
    test(`axe finds nothing wrong, ${look}`, async t => {
      const { page } = await open(t, '/series?span=week', { dark, width });
      await drawn(page, 3);
      t.deepEqual(await accessibilityFaults(page), []);
      await shot(page, `v2-series-${look}`);
      await page.getByText('As a table').click();
      await page.getByRole('columnheader', { name: 'Time (UTC)' }).waitFor();
      t.deepEqual(await accessibilityFaults(page), []);
      await page.goto(new URL(`/servers/${id}`, page.url()).href);
      await drawn(page, 2);
      t.deepEqual(await accessibilityFaults(page), []);
      await page.locator('.plot').last().scrollIntoViewIfNeeded();
      await shot(page, `v2-series-server-${look}`);
      t.is(await page.evaluate('document.documentElement.scrollWidth'), width);
    });
  }
}

test('spans are chosen, stand in the address, and going back takes the choice back', async t => {
  const { page, asked } = await open(t, '/series');
  await drawn(page, 3);
  await page.getByRole('button', { name: 'Month' }).click();
  await page.waitForURL(/\/series\?span=month$/);
  await page.getByText('a value every 6 hours').waitFor();
  await page.goBack();
  await page.waitForURL(/\/series$/);
  await page.getByText('a value every 5 minutes').waitFor();
  t.deepEqual([...new Set(asked.map(({ of, span }) => `${of} ${span}`))], ['list day', 'list month']);
});

test('colours are those of the theme, also when it changes', async t => {
  const { page } = await open(t, '/series');
  await drawn(page, 3);
  const light = await paintOf(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  const isDark = (colour: number[]) => Math.max(...colour) < 128;
  t.false(isDark(light));
  while (!isDark(await paintOf(page))) await page.evaluate('new Promise(requestAnimationFrame)');
});

test('whoever points at a step is told its exact time, and that nobody looked where nobody did', async t => {
  const { page } = await open(t, '/series');
  await drawn(page, 3);
  const over = page.locator('.plot .u-over').first();
  const { width } = (await over.boundingBox())!;
  const point = (step: number) => over.hover({ position: { x: (step / 288) * width, y: 40 } });
  await point(250);
  const { from, stepMs, servers } = counted({});
  const utc = new Date(from + 250 * stepMs).toISOString().slice(0, 16).replace('T', ' ');
  await page.locator('.tip').first().filter({ hasText: utc }).waitFor();
  t.true((await page.locator('.tip').first().textContent())!.includes(servers[250]!.toLocaleString('en-GB')));
  t.is(await page.locator('.tip').count(), 3, 'all charts tell of the same step');
  await point(210);
  await page.locator('.tip').first().filter({ hasText: 'nobody looked' }).waitFor();
});

test('the table is reached by the keyboard and holds each step that is known; unknown is no zero', async t => {
  const { page } = await open(t, '/series');
  await drawn(page, 3);
  await page.getByText('As a table').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  t.is(await page.evaluate('document.activeElement.className'), 'series-table-place');
  t.is(await page.locator('.series-table tbody tr').count(), 288);
  const cells = await page
    .locator('.series-table tbody tr')
    .nth(287 - 210)
    .locator('td')
    .allTextContents();
  t.deepEqual(cells.slice(1, 3), ['nobody looked', 'nobody looked']);
});

test('a value with nothing beside it is seen, and what is unknown is not drawn', async t => {
  const few = { servers: [null, null, 5, null], players: [null, null, null, null] };
  const none = { joined: [0, 0, 0, 0], left: [0, 0, 0, 0], changed: [0, 0, 0, 0] };
  const node = fakeNode({ series: async query => ({ ...counted(query), ...few, ...none }) });
  const { http } = await serve(t, node);
  const page = await visit(t, browser, `${http}/series`);
  await drawn(page, 3);
  const accent = await page.evaluate<number[]>(`[...document.querySelectorAll('.plot canvas')].map(canvas => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let at = 0; at < data.length; at += 4) {
      if (data[at] === 13 && data[at + 1] === 107 && data[at + 2] === 107 && data[at + 3] > 0) count++;
    }
    return count;
  })`);
  t.true(accent[0]! > 0);
  t.deepEqual(accent.slice(1), [0, 0]);
});

test('one server has its own, named and linked', async t => {
  const { page, asked } = await open(t, `/series?of=${id}`);
  await page.getByRole('heading', { name: row(1).name }).waitFor();
  await page.getByText('it answered; 0: it did not').waitFor();
  await page.getByRole('link', { name: 'To this server' }).click();
  await page.waitForURL(new RegExp(`/servers/${id}$`));
  t.is(asked[0]!.of, id);
});

test('a node that has counted nothing says so', async t => {
  const none = { servers: [null], players: [null], joined: [0], left: [0], changed: [0] };
  const node = fakeNode({ series: async query => ({ ...counted(query), ...none }) });
  const { http } = await serve(t, node);
  const page = await visit(t, browser, `${http}/series`);
  await page.getByText('Nothing was counted yet').waitFor();
  t.is(await page.locator('.plot').count(), 0);
});
