// The history of a real node: an attack, a rollback, and the check of it in the browser over what the node really gives.
import { join } from 'node:path';
import test from 'ava';
import type { HistoryGraph } from '../../node/api/port.ts';
import { maintainerOf } from '../maintainers.ts';
import { startProcess, temporaryFolder, waitFor } from '../processes.ts';
import { announce, state, trust } from '../statement-processes.ts';
import { openBrowser, shot, visit } from './browser.ts';

test('a rollback is seen in the graph as it comes, and verified in the browser', async t => {
  await using folder = await temporaryFolder();
  await using node = await startProcess(join(folder.path, 'node'), ['--set', 'history.commitIntervalMs=500']);
  const ada = await maintainerOf('Ada', Date.now());
  await trust(node, ada.publicArmored);
  const summaries = async () => (await node.get<HistoryGraph>('/history/graph')).commits.map(({ summary }) => summary);
  const committed = (summary: string) => waitFor(async () => (await summaries()).includes(summary));
  await announce(node, 'good', 20_001);
  await committed('1 joined');
  await state(node, ada);
  const { head: good } = await node.get<HistoryGraph>('/history/graph');
  await Promise.all([announce(node, 'bot-1', 20_002), announce(node, 'bot-2', 20_003)]);
  await waitFor(async () => (await node.status()).uncommitted === 0);

  const browser = await openBrowser();
  t.teardown(() => browser.close());
  const page = await visit(t, browser, `${node.http}/history`);
  await page.locator('.link.live').waitFor();
  await page.locator('.h-summary a', { hasText: 'joined' }).first().waitFor();
  await state(node, ada, { kind: 'rollback', to: good!, message: 'bots' });
  const rollback = page.locator('.grid-row', { hasText: 'rollback 2: bots' });
  await rollback.locator('.mark.endorsed', { hasText: 'good' }).waitFor();
  await page.locator('.grid-row .tag.fallen').first().waitFor();
  await shot(page, 'v1-network-history');
  await rollback.locator('.h-summary a').click();
  await page.getByRole('button', { name: 'Verify in this browser' }).click();
  await page.getByText('Every step holds.').waitFor();
  await page.getByText('SHA-256 over the announcements, 1 of them').waitFor();
  // Its own servers announce themselves again: what the rollback did stands in its merge.
  const { commits } = await node.get<HistoryGraph>('/history/graph');
  const merge = commits.findLast(({ kind, removed }) => kind === 'merge' && removed > 0)!;
  await page.goto(`${node.http}/compare/${good}...${merge.oid}`);
  await page.getByText('No server joined, left or changed.').waitFor();
  await page.goto(`${node.http}/commit/${merge.oid}`);
  await page.locator('.diff-section.removed li', { hasText: 'bot-1' }).waitFor();
  await shot(page, 'v1-network-commit');
  t.is(await page.locator('.diff-section.removed li').count(), 2);
  // Before the node goes: a page without its node logs that, and rightly.
  await page.context().close();
});
