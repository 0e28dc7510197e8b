// What a node leaves out of the list: a visitor is told how much and why, and can look at it.
import test, { type ExecutionContext } from 'ava';
import type { Browser } from 'playwright-core';
import type { ServerRow } from '../../node/api/port.ts';
import { fakeNode, oidOf, row } from '../api/fake-node.ts';
import { accessibilityFaults, openBrowser, serve, shot, visit } from './browser.ts';

let browser: Browser;
test.before(async () => {
  browser = await openBrowser();
});
test.after.always(() => browser?.close());

const shownRow = row(1, { name: 'Shown' });
const hiddenRows = [
  row(2, { name: 'Mute', hidden: 'silent' }),
  row(3, { name: 'Bad', hidden: 'karma' }),
  row(4, { name: 'Mute, too', hidden: 'silent' }),
];

async function open(t: ExecutionContext, rows: ServerRow[], address = '/servers', width = 1280) {
  const node = fakeNode();
  node.rows = rows;
  const { http } = await serve(t, node);
  return visit(t, browser, `${http}${address}`, { width });
}

for (const width of [1280, 390]) {
  test(`what is hidden is counted by reason, shown when asked for, and says why, ${width} px wide`, async t => {
    const page = await open(t, [shownRow, ...hiddenRows], '/servers', width);
    const names = page.locator('.c-name a');
    await page.getByText('3 hidden').click();
    t.deepEqual(await page.locator('.hidden-reasons dd').allInnerTexts(), ['2', '1']);
    t.deepEqual(await page.locator('.hidden-reasons dt').allInnerTexts(), [
      'it does not answer',
      'its announcer has red karma',
    ]);
    t.deepEqual(await accessibilityFaults(page), []);
    await shot(page, `hidden-${width}`);
    t.deepEqual(await names.allInnerTexts(), ['Shown']);

    // By the keyboard: the panel closes, and the focus goes back to where it was opened.
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await names.nth(3).waitFor();
    t.is(await page.evaluate(`document.activeElement.tagName`), 'SUMMARY');
    t.true(page.url().endsWith('/servers?everything=1'));
    t.deepEqual(await page.locator('.c-name .tag').allInnerTexts(), [
      'hidden: silent',
      'hidden: red karma',
      'hidden: silent',
    ]);
    await names.getByText('Bad').click();
    await page.locator('.detail-marks', { hasText: 'hidden: its announcer has red karma' }).waitFor();
    await page.goBack();
    await page.goBack();
    await page.getByText('3 hidden').waitFor();
    t.deepEqual(await names.allInnerTexts(), ['Shown']);
  });
}

test('a list of which everything is hidden does not pass for an empty one', async t => {
  const page = await open(t, hiddenRows);
  await page.getByText('Nothing to show: 3 hidden').waitFor();
  await page.locator('.state').getByRole('button', { name: 'Show them, too' }).click();
  await page.locator('.c-name a').nth(2).waitFor();
  t.is(await page.locator('.c-name .tag').count(), 3);
});

test('a search that finds nothing says what it left out', async t => {
  const page = await open(t, [shownRow, ...hiddenRows], '/servers?q=bad');
  await page.getByText('3 hidden ones were left out.').waitFor();
  await page.locator('.state').getByRole('button', { name: 'Show them, too' }).click();
  await page.locator('.c-name a', { hasText: 'Bad' }).waitFor();
  t.true(page.url().endsWith('/servers?q=bad&everything=1'));
});

test('the page of a server leads to its commits and to its announcer', async t => {
  const page = await open(t, [shownRow], `/servers/${oidOf(1)}`);
  const detail = page.locator('.detail');
  t.is(
    await detail.getByRole('link', { name: 'Every commit that changed it' }).getAttribute('href'),
    `/history?server=${oidOf(1)}`,
  );
  await detail.locator(`a[href="/nodes/${shownRow.announcer}"]`).waitFor();
});
