// What a browser needs to install the viewer: a manifest, icons that are what it says, and a colour for each theme.
import test from 'ava';
import type { Browser } from 'playwright-core';
import { openBrowser, serve, visit } from './browser.ts';

let browser: Browser;
test.before(async () => {
  browser = await openBrowser();
});
test.after.always(() => browser?.close());

type Manifest = { icons: { src: string; sizes: string; type: string; purpose?: string }[] };

test('the icons of the manifest are there, in the sizes that it says, one of them to be cut to any shape', async t => {
  const { http } = await serve(t);
  const { icons } = (await (await fetch(`${http}/manifest.webmanifest`)).json()) as Manifest;
  t.true(icons.some(({ purpose }) => purpose === 'maskable'));
  for (const { src, sizes, type } of icons) {
    const answer = await fetch(http + src);
    t.is(answer.headers.get('content-type'), type);
    const bytes = Buffer.from(await answer.arrayBuffer());
    // A PNG tells its width and height at the same place.
    if (type === 'image/png') t.is(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`, sizes);
  }
});

test('the bar of the browser has the colour of the chosen theme, and of the system where none is chosen', async t => {
  const { http } = await serve(t);
  const page = await visit(t, browser, `${http}/servers`, { dark: true });
  const inForce = `[...document.querySelectorAll('meta[name="theme-color"]')]
    .filter(({ media }) => matchMedia(media).matches).map(({ dataset }) => dataset.theme)`;
  await page.locator('.summary-count').filter({ hasText: '2 servers' }).waitFor();
  t.deepEqual(await page.evaluate(inForce), ['dark']);
  await page.locator('summary[aria-label="Settings"]').click();
  await page.getByRole('radio', { name: 'Light' }).check();
  t.deepEqual(await page.evaluate(inForce), ['light']);
  await page.getByRole('radio', { name: 'As the system' }).check();
  t.deepEqual(await page.evaluate(inForce), ['dark']);
});
