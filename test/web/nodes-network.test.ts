// Nodes and status on real nodes: who announces is found, barred with the token of the node, and let in again.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { startProcess, temporaryFolder, waitFor } from '../processes.ts';
import { openBrowser, visit } from './browser.ts';

test('an announcer is found among the nodes, rated and barred from the page, and its servers go', async t => {
  await using folder = await temporaryFolder();
  const soon = ['--set', 'history.commitIntervalMs=1000'];
  await using node = await startProcess(join(folder.path, 'node'), soon);
  await using other = await startProcess(join(folder.path, 'other'), [...soon, '--entry', node.address]);
  for (const n of [1, 2, 3]) {
    const server = { game: 'openarena', name: `Bot ${n}`, addresses: [`127.0.0.1:2796${n}`], server: `bot-${n}` };
    await other.send('POST', '/announcements', server);
  }
  await waitFor(async () => (await node.status()).servers === 3 && (await node.status()).uncommitted === 0);
  const browser = await openBrowser();
  t.teardown(() => browser.close());
  const page = await visit(t, browser, `${node.http}/nodes`);
  await page.getByRole('link', { name: other.peerId.slice(-8) }).click();
  await page.getByRole('heading', { name: 'What happened' }).waitFor();
  const detail = page.locator('.detail');
  t.true((await detail.innerText()).includes('Bot 2'));
  t.regex((await detail.locator('.changes svg').getAttribute('aria-label')) ?? '', /^In 30 days 3 servers joined/);

  await page.getByRole('button', { name: 'Roll back …' }).click();
  await page.getByRole('dialog').locator('[role=status]').first().filter({ hasText: /./ }).waitFor();
  await page.keyboard.press('Escape');

  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Rate …' }).click();
  await dialog.getByLabel('Token of this node').fill(await readFile(join(node.data, 'api-token'), 'utf8'));
  await dialog.getByRole('button', { name: 'Use it' }).click();
  await dialog.getByLabel('What it did').selectOption('false-claim');
  await dialog.getByRole('button', { name: 'Rate now' }).click();
  await dialog.getByText('Told. Its karma is now −0.').waitFor();
  await page.keyboard.press('Escape');
  await detail.getByRole('cell', { name: 'false-claim' }).waitFor();

  await page.getByRole('button', { name: 'Deny …' }).click();
  await dialog.getByRole('button', { name: 'Deny now' }).click();
  await dialog.getByText('Barred. 3 servers left the list.').waitFor();
  await waitFor(async () => (await node.status()).servers === 0);
  await page.keyboard.press('Escape');
  await page.locator('.odd-box').getByText('a rule bars it').waitFor();

  await page.getByRole('link', { name: 'Status', exact: true }).click();
  await page.getByRole('button', { name: 'Take back …' }).click();
  await dialog.getByRole('button', { name: 'Take back now' }).click();
  await dialog.getByText('Taken back.').waitFor();
  await waitFor(async () => (await node.status()).deny.own === 0);
  await page.keyboard.press('Escape');
  await page.getByText('Nobody is barred here.').waitFor();
  // Before the node goes: a page without its node logs that, and rightly.
  await page.context().close();
});
