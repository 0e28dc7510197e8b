// The viewer on a real node: what is announced appears in the page that is open, with its history and its reasons.
import { join } from 'node:path';
import test from 'ava';
import { startProcess, temporaryFolder } from '../processes.ts';
import { openBrowser, visit } from './browser.ts';

test('a server that is announced appears without a reload, and its page tells of its commit', async t => {
  await using folder = await temporaryFolder();
  await using node = await startProcess(join(folder.path, 'node'), ['--set', 'history.commitIntervalMs=1000']);
  const browser = await openBrowser();
  t.teardown(() => browser.close());
  const page = await visit(t, browser, `${node.http}/`);
  await page.getByText('No server is announced yet').waitFor();
  await page.getByText('This node is connected to no other').waitFor();
  const server = { game: 'openarena', name: "Bob's instagib", addresses: ['127.0.0.1:27960'], server: 'eu-1' };
  await node.send('POST', '/announcements', server);
  await page.getByRole('link', { name: server.name }).click();
  await page.getByRole('heading', { name: server.name, level: 2 }).waitFor();
  t.regex(page.url(), /\/servers\/[0-9a-f]{40}$/);
  await page.getByText('127.0.0.1:27960').last().waitFor();
  await page.locator('.timeline .joined code').waitFor();
  t.true((await page.locator('.reasons li').allTextContents()).length > 0);
  // Before the node goes: a page without its node logs that, and rightly.
  await page.context().close();
});
