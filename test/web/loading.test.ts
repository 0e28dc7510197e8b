// What a view loads: a large list takes seconds, so only those load it who show something of it.
import test from 'ava';
import { enter, openBrowser, serve } from './browser.ts';
import { storyOf } from './history-node.ts';

test('a history is shown without the list of servers, which is loaded when somebody goes there', async t => {
  const browser = await openBrowser();
  t.teardown(() => browser.close());
  const { node } = await storyOf();
  const { http } = await serve(t, node);
  const { page, faults } = await enter(browser, `${http}/history`);
  const lists: string[] = [];
  page.on('request', request => {
    const { pathname } = new URL(request.url());
    if (pathname === '/api/v1/servers') lists.push(page.url());
  });
  for (const [view, there] of [
    ['history', '.grid-row'],
    ['rollbacks', '.statement'],
    ['nodes', '.n-node a'],
  ]) {
    await page.goto(`${http}/${view}`);
    await page.locator('.link.live').waitFor();
    await page.locator(there!).first().waitFor();
  }
  t.deepEqual(lists, []);
  await page.locator('nav').getByRole('link', { name: 'Servers' }).click();
  await page.locator('.c-name a').first().waitFor();
  t.true(lists.length > 0);
  t.deepEqual(faults, []);
});
