// Nodes in a real browser: who is there, what is odd, why, and what can be done about it.
import test, { type ExecutionContext } from 'ava';
import type { Browser, Page } from 'playwright-core';
import { type FakeNode, token } from '../api/fake-node.ts';
import { accessibilityFaults, openBrowser, type PageOptions, serve, shot, visit } from './browser.ts';
import { attackedNode, attacker, peerOf, self } from './nodes-world.ts';

let browser: Browser;
test.before(async () => {
  browser = await openBrowser();
});
test.after.always(() => browser?.close());

async function open(t: ExecutionContext, address = '/nodes', options: PageOptions = {}) {
  const served = await serve(t, attackedNode(Date.now()));
  return { ...served, page: await visit(t, browser, `${served.http}${address}`, options) };
}

const found = (page: Page, words: string) => page.locator('.summary-count').filter({ hasText: words }).waitFor();
const nodes = (page: Page) => page.locator('.n-node a');
const detailOf = async (page: Page) => {
  await page.getByRole('heading', { name: 'What happened' }).waitFor();
  return page.locator('.detail');
};
/** The days of each come after the rows. */
const churnIsThere = (page: Page) => page.locator('.n-changes .spark').first().waitFor();

for (const dark of [false, true]) {
  for (const width of [1280, 390]) {
    const name = `${dark ? 'dark' : 'light'}-${width}`;
    test(`axe finds nothing wrong with the table, one node, a command and the graph, ${name}`, async t => {
      const { page } = await open(t, '/nodes', { dark, width });
      await found(page, '44 nodes');
      if (width > 700) await churnIsThere(page);
      await shot(page, `v3-nodes-${name}`);
      t.deepEqual(await accessibilityFaults(page), []);
      await nodes(page).first().click();
      await detailOf(page);
      await shot(page, `v3-node-${name}`);
      t.deepEqual(await accessibilityFaults(page), []);
      await page.getByRole('heading', { name: 'What happened' }).scrollIntoViewIfNeeded();
      await shot(page, `v3-node-karma-${name}`);
      await page.getByRole('button', { name: 'Deny …' }).click();
      await page.getByRole('dialog').waitFor();
      await shot(page, `v3-deny-${name}`);
      t.deepEqual(await accessibilityFaults(page), []);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Graph' }).click();
      await page.locator('canvas[data-settled=true]').waitFor();
      await shot(page, `v3-graph-${name}`);
      t.deepEqual(await accessibilityFaults(page), []);
    });
  }
}

test('the malicious node comes first by servers, by karma and by churn, with the reasons beside it', async t => {
  const { page } = await open(t);
  await found(page, '44 nodes');
  await churnIsThere(page);
  for (const column of ['Servers', 'Karma', 'Changes', 'What is odd']) {
    const header = page.getByRole('columnheader', { name: column });
    if ((await header.getAttribute('aria-sort')) === null) await header.getByRole('button').click();
    await page.locator('[aria-sort]').filter({ hasText: column }).waitFor();
    t.is(await nodes(page).first().getAttribute('title'), attacker, column);
  }
  const odd = (await page.locator('.n-odd-words').first().textContent()) ?? '';
  for (const words of ['red karma, −0.42', '3 speak against it', '240 servers, all of them since less than a day']) {
    t.true(odd.includes(words), odd);
  }
  t.true(odd.includes('240 servers, none of them endorsed'));
});

test('what is looked for stands in the address; going back leaves it step by step', async t => {
  const { page, http } = await open(t);
  await found(page, '44 nodes');
  await page.getByRole('button', { name: 'Suspicious' }).click();
  await found(page, '4 of 44 nodes');
  t.true(page.url().endsWith('/nodes?only=suspicious'));
  await page.keyboard.press('/');
  await page.keyboard.type(attacker.slice(-8).toLowerCase());
  await found(page, '1 of 44 nodes');
  await nodes(page).first().click();
  await detailOf(page);
  const link = page.url();
  t.regex(link, new RegExp(`^${http}/nodes/${attacker}[?]q=[0-9a-z]{8}&only=suspicious$`));
  await page.goBack();
  await page.locator('.detail').waitFor({ state: 'detached' });
  await page.goBack();
  await found(page, '44 nodes');
  await page.goto(link);
  await detailOf(page);
  await found(page, '1 of 44 nodes');
});

test('where nothing is like that, one button brings all back', async t => {
  const { page } = await open(t, '/nodes?q=nothing-is-called-so');
  await page.getByText('No node is like that').waitFor();
  await page.getByRole('button', { name: 'Reset filters' }).click();
  await found(page, '44 nodes');
  t.is(new URL(page.url()).search, '');
});

test('the keyboard goes through the rows, opens a node and comes back', async t => {
  const { page } = await open(t);
  await found(page, '44 nodes');
  await page.getByRole('grid').focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowUp', 'Enter']) await page.keyboard.press(key);
  await page.waitForURL(`**/nodes/${attacker}`);
  await detailOf(page);
  await page.keyboard.press('Escape');
  await page.waitForURL(/\/nodes$/);
  t.is(await page.locator('.detail').count(), 0);
});

test('a node shows its servers, each term of its karma, who counts and why not, its days and its double words', async t => {
  const { page } = await open(t, `/nodes/${attacker}`);
  const detail = await detailOf(page);
  const text = (await detail.innerText()).replaceAll(/\s+/g, ' ');
  for (const words of [
    'Free skins 0',
    'Show all 6 in the list',
    'p 1.00 good points, as they weigh now',
    'n 6.00 bad points, as they weigh now',
    'D −0.51 = (p − 4n) / (p + 4n + 20)',
    'K −0.42 = c·D + (1 − c)·0.5·I = 0.56·−0.51 + (1 − 0.56)·0.5·−0.31',
    'no: this node does not know it to be good',
    'no: it is in the network of the one it speaks of',
    '0.50 → 0.25',
    'false-claim −3 probe',
    'seen twice',
    'kept 4444444444, refused 6666666666',
  ]) {
    t.true(text.includes(words), `${words} in ${text}`);
  }
  t.regex((await detail.locator('.changes svg').getAttribute('aria-label')) ?? '', /240 servers joined, 9\d left/);
  await page.getByText('The days as a table').click();
  t.is(await detail.locator('.changes tbody tr').count(), 30);
});

test('this node is not to be denied, and what is no id is said to be none', async t => {
  const { page, http } = await open(t, `/nodes/${self}`);
  await detailOf(page);
  t.is(await page.getByRole('button', { name: 'Deny …' }).count(), 0, 'not before it is known who this node is either');
  await page.locator('.detail-marks .tag').waitFor();
  t.is(await page.getByRole('button', { name: 'Deny …' }).count(), 0);
  await page.goto(`${http}/nodes/${encodeURIComponent('--reason; rm -rf /')}`);
  await page.getByText('This is not the id of a node').waitFor();
  t.is(await page.locator('.copyable').count(), 0);
});

const fieldOf = (page: Page, label: string) => page.getByRole('dialog').getByLabel(label);
const commandIn = (page: Page) => page.getByRole('dialog').locator('.copyable code').textContent();

test('commands are prepared as they are typed, for any reason, and copied', async t => {
  const { page } = await open(t, `/nodes/${attacker}`);
  await detailOf(page);
  await page.getByRole('button', { name: 'Deny …' }).click();
  await fieldOf(page, 'Reason').fill("it's $(bots)");
  await fieldOf(page, 'Until').selectOption('7d');
  const deny = String.raw`rollcall deny add --announcer ${attacker} --reason 'it'\''s $(bots)' --until 7d`;
  t.is(await commandIn(page), deny);
  await page.getByRole('button', { name: 'Copy The command' }).click();
  await page.getByText('copied').waitFor();
  t.is(await page.evaluate('navigator.clipboard.readText()'), deny);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Rate …' }).click();
  await fieldOf(page, 'What it did').selectOption('port-scan');
  t.is(await commandIn(page), `rollcall rate ${attacker} port-scan`);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Roll back …' }).click();
  await page.getByText('the last one before this node announced').waitFor();
  t.is(
    await commandIn(page),
    `rollcall rollback ${'1'.repeat(40)} --reason 'floods the list' --deny-announcer ${attacker} --dry-run`,
  );
});

/** What the node was asked first of a kind. */
const askedOf = ({ asked }: FakeNode, what: string) => (asked as unknown[][]).find(([kind]) => kind === what);

test('a wrong token is told and forgotten, the right one is entered once and kept for the session', async t => {
  const { page, node } = await open(t, `/nodes/${attacker}`, { mayLog: /401|400/ });
  await detailOf(page);
  await page.getByRole('button', { name: 'Deny …' }).click();
  const enter = async (text: string) => {
    await fieldOf(page, 'Token of this node').fill(text);
    await page.getByRole('button', { name: 'Use it' }).click();
  };
  await enter('two words');
  await page.getByRole('alert').filter({ hasText: 'This cannot be a token' }).waitFor();
  await enter('another-token');
  await page.getByRole('button', { name: 'Deny now' }).click();
  await page.getByRole('alert').filter({ hasText: 'The node does not know this token' }).waitFor();
  t.is(await page.evaluate(`sessionStorage.getItem('rollcall.token')`), null);
  t.is(askedOf(node, 'addDeny'), undefined);
  await enter(` ${token}\n`);
  await page.getByRole('button', { name: 'Deny now' }).click();
  await page.getByText('Barred. 3 servers left the list.').waitFor();
  t.deepEqual(askedOf(node, 'addDeny'), ['addDeny', { announcers: [attacker], reason: 'floods the list' }]);

  await page.reload();
  await detailOf(page);
  await page.getByRole('button', { name: 'Rate …' }).click();
  await fieldOf(page, 'Note').fill('three times');
  await page.getByRole('button', { name: 'Rate now' }).click();
  await page.getByText('Told. Its karma is now −0.14.').waitFor();
  t.deepEqual(askedOf(node, 'rate'), [
    'rate',
    { subject: attacker, action: 'kicked', source: 'player', note: 'three times' },
  ]);
  await fieldOf(page, 'What it did').selectOption('port-scan');
  await page.getByRole('button', { name: 'Rate now' }).click();
  await page.getByRole('alert').filter({ hasText: 'The node refused: action: did you mean kicked?' }).waitFor();
  await page.getByRole('button', { name: 'Forget it' }).click();
  await fieldOf(page, 'Token of this node').waitFor();
});

test('the graph settles, its nodes are a list for the keyboard, and filters hide', async t => {
  const { page } = await open(t, '/nodes?as=graph');
  await page.locator('canvas[data-settled=true]').waitFor();
  t.is(await page.locator('.node-graph-list li').count(), 43);
  t.regex((await page.locator('canvas').getAttribute('aria-label')) ?? '', /^43 nodes and 5\d links/);
  await page.locator('.node-graph-list a').first().focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/nodes/${attacker}?as=graph`);
  await detailOf(page);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Suspicious' }).click();
  await page.locator('.node-graph-list li').nth(3).waitFor({ state: 'detached' });
  t.is(await page.locator('.node-graph-list li').count(), 3);
});

test('who wants no motion gets the graph at once', async t => {
  const { page, http } = await open(t);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.addInitScript({
    content: `window.frames_ = 0; const next = requestAnimationFrame; requestAnimationFrame = work => next(time => { window.frames_++; work(time); })`,
  });
  await page.goto(`${http}/nodes?as=graph`);
  await page.locator('canvas[data-settled=true]').waitFor();
  // A layout that moves takes a hundred frames.
  t.true((await page.evaluate<number>('window.frames_')) < 50);
});

test('rows are brought up to date where they stand while somebody is at them', async t => {
  const { page, node } = await open(t);
  await found(page, '44 nodes');
  await nodes(page).nth(2).hover();
  const order = await nodes(page).evaluateAll(links => links.map(link => link.title));
  const { announcers } = node;
  node.announcers = async query => {
    const all = await announcers(query);
    const grown = all.announcers.map(it => (it.announcer === order[4] ? { ...it, servers: 999 } : it));
    return { ...all, announcers: grown };
  };
  node.emit({ type: 'peer', peerId: peerOf(1), connected: true });
  await page.locator('.n-servers').filter({ hasText: '999' }).waitFor();
  t.deepEqual(await nodes(page).evaluateAll(links => links.map(link => link.title)), order);
  await page.mouse.move(5, 5);
  await page.locator('.grid-body .grid-row').first().filter({ hasText: '999' }).waitFor();
});

test('in German every word is German', async t => {
  const { page } = await open(t, `/nodes/${attacker}`, { language: 'de-DE' });
  await page.getByRole('heading', { name: 'Was geschah' }).waitFor();
  await page.locator('.reasons').getByText('rotes Karma, −0,42').waitFor();
  const titles = await page.locator('.detail h3').allTextContents();
  t.deepEqual(titles.slice(0, 3), ['Was an ihm auffällt', 'Etwas dagegen tun', 'Server']);
});
