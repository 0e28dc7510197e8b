// An attack and its rollback among real nodes, as the viewer of one that only listened shows them.
import { join } from 'node:path';
import test from 'ava';
import type { HistoryGraph, StatementEffect } from '../../node/api/port.ts';
import { maintainerOf } from '../maintainers.ts';
import { type NodeProcess, startProcess, temporaryFolder, waitFor } from '../processes.ts';
import { inForce, state, trust } from '../statement-processes.ts';
import { accessibilityFaults, openBrowser, shot, visit } from './browser.ts';

const quick = ['--set', 'gossip.syncIntervalMs=1000', '--set', 'history.commitIntervalMs=1000'];
const fakesCount = 20;

const announce = (node: NodeProcess, server: string, address: string, name = server) =>
  node.send('POST', '/announcements', { server, game: 'openarena', name, addresses: [address] });

test('the viewer of a node shows what was rolled back, who is back, and the list before, during and after it', async t => {
  const ada = await maintainerOf('Ada', Date.now());
  await using folder = await temporaryFolder();
  await using home = await startProcess(join(folder.path, 'home'), quick);
  const entry = [...quick, '--entry', home.address];
  await using bots = await startProcess(join(folder.path, 'bots'), entry);
  await using watcher = await startProcess(join(folder.path, 'watcher'), entry);
  for (const node of [home, bots, watcher]) await trust(node, ada.publicArmored);
  const settled = (total: number) =>
    waitFor(async () => {
      const { servers, uncommitted } = await watcher.status();
      return servers === total && uncommitted === 0;
    });

  await announce(home, 'eu-1', '127.0.0.1:27960', 'Café de la Paix');
  await announce(home, 'eu-2', '127.0.0.1:27961', "Bob's instagib");
  await settled(2);
  const checkpoint = await state(home, ada);
  await waitFor(async () => (await inForce(watcher)) === 1);
  for (let n = 0; n < fakesCount; n++)
    await announce(bots, `fake-${n}`, `127.66.6.1:${20_000 + n}`, `<b>FREE ${n}</b>`);
  await announce(home, 'eu-3', '127.0.0.1:27962', 'Late but honest');
  await settled(3 + fakesCount);
  const deny = { addresses: ['127.66.6.0/24'], reason: 'bots' };
  const rollback = await state(home, ada, {
    kind: 'rollback',
    to: checkpoint.statement.oid,
    message: 'twenty fakes',
    deny,
  });
  await waitFor(async () => (await inForce(watcher)) === 2);
  await settled(3);

  const browser = await openBrowser();
  t.teardown(() => browser.close());
  const page = await visit(t, browser, `${watcher.http}/rollbacks`);
  const here = (words: string) => page.locator('.here').filter({ hasText: words }).waitFor();
  await here('3 servers listed');
  await page.locator('.statement', { hasText: 'twenty fakes' }).click();
  await page.getByRole('heading', { name: 'Rollback 2' }).waitFor();
  await here('Rollback 2 came into force');
  const effect = page.locator('.effect');
  // An honest server sees that it fell out and announces again: it may be back before the rollback is in the history.
  const told = await watcher.get<StatementEffect>(`/statements/${rollback.statement.digest}`);
  const { lost } = told.counts;
  t.true(lost === fakesCount || lost === fakesCount + 1, `${lost} lost`);
  await effect
    .locator('.lost dd')
    .filter({ hasText: `${lost}` })
    .waitFor();
  await effect
    .getByText(lost === fakesCount ? 'None of them is listed again' : `1 of ${lost} that left are listed again`)
    .waitFor();
  await effect.getByRole('cell', { name: 'addresses 127.66.6.0/24' }).waitFor();
  const fakes = effect.locator('.loser', { hasText: `−${fakesCount} servers` });
  await fakes.locator('summary').click();
  await fakes.getByText('<b>FREE 7</b>').waitFor();
  t.deepEqual(await accessibilityFaults(page), []);
  await shot(page, 'v2-network-rollback');

  await page.getByLabel('Speed').selectOption('20');
  await page.getByRole('button', { name: 'Play the attack and this rollback' }).click();
  await page.getByRole('button', { name: 'One commit on', disabled: true }).waitFor();
  await here('3 servers listed');
  await shot(page, 'v2-network-after');

  // Every moment of the line is the list that the node itself would tell of that commit.
  const slider = page.getByRole('slider');
  await page.getByRole('link', { name: 'Whole history' }).click();
  const moments = Number(await slider.getAttribute('max')) + 1;
  t.true(moments >= 4, 'those who joined, the checkpoint, the fakes, the rollback');
  const { commits } = await watcher.get<HistoryGraph>('/history/graph');
  await slider.focus();
  await page.keyboard.press('Home');
  for (let moment = 0; moment < moments; moment++) {
    await page.locator('.note', { hasText: `commit ${moment + 1} of ${moments}` }).waitFor();
    const oid = (await page.locator('.here code').getAttribute('title'))!;
    const { total } = await watcher.get<{ total: number }>(`/commits/${oid}/servers?limit=1`);
    await here(`${total} ${total === 1 ? 'server' : 'servers'} listed`);
    const { removed } = commits.find(commit => commit.oid === oid)!;
    // Who left in that very commit is shown too, and there is a row for the names of the columns.
    await page.locator(`.then-rows [role=grid][aria-rowcount="${total + removed + 1}"]`).waitFor();
    await page.keyboard.press('ArrowRight');
  }
  await page.context().close();
});
