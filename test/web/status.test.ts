// Keys and status in a real browser: on whose word the list stands, and a warning for each way in which it may be wrong.
import test, { type ExecutionContext } from 'ava';
import type { Browser, Page } from 'playwright-core';
import type { Status } from '../../node/api/port.ts';
import { denyRule } from '../api/deny-rule.ts';
import { type FakeNode, fingerprint, key, statement, token } from '../api/fake-node.ts';
import { accessibilityFaults, openBrowser, type PageOptions, serve, shot, visit } from './browser.ts';
import { attackedNode } from './nodes-world.ts';

let browser: Browser;
test.before(async () => {
  browser = await openBrowser();
});
test.after.always(() => browser?.close());

const fresh = { peersAhead: 0, highestClaimed: null, warning: null };

function nodeWith(changes: Partial<Status> = {}): FakeNode {
  const node = attackedNode(Date.now());
  const { status } = node;
  node.status = () => ({ ...status(), sync: { ...status().sync, lastAt: Date.now() }, freshness: fresh, ...changes });
  return node;
}

async function open(t: ExecutionContext, node = nodeWith(), options: PageOptions = {}) {
  const served = await serve(t, node);
  return { ...served, page: await visit(t, browser, `${served.http}/status`, options) };
}

const card = (page: Page, title: string) =>
  page.locator('.card', { has: page.getByRole('heading', { name: title, level: 2 }) });
const textOf = async (page: Page, title: string) => (await card(page, title).innerText()).replaceAll(/\s+/g, ' ');
const check = (page: Page, about: string) => page.locator(`.checks [data-about=${about}]`);

for (const dark of [false, true]) {
  for (const width of [1280, 390]) {
    const name = `${dark ? 'dark' : 'light'}-${width}`;
    test(`axe finds nothing wrong, ${name}`, async t => {
      const { page } = await open(t, nodeWith(), { dark, width });
      await card(page, 'Gateways for unmodified game servers').waitFor();
      await shot(page, `v3-status-${name}`);
      t.deepEqual(await accessibilityFaults(page), []);
      await card(page, 'Who is barred, and by whose word').scrollIntoViewIfNeeded();
      await shot(page, `v3-status-below-${name}`);
    });
  }
}

test('a sound node has no banner, and each line says why it may be believed', async t => {
  const { page } = await open(t);
  await page.getByText('The node answers').waitFor();
  t.is(await page.locator('.banner').count(), 0);
  t.is(await page.locator('.check-bad').count(), 0);
  const trust = await textOf(page, 'Can this page be believed?');
  for (const words of ['Connected to 11 nodes', 'the same as that of 2', 'Statement 12 is in force, a checkpoint'])
    t.true(trust.includes(words), trust);
});

for (const [title, changes, banner, bad] of [
  [
    'stale',
    { freshness: { peersAhead: 3, highestClaimed: 14, warning: '3 peers claim statement 14' } },
    '.banner.stale',
    { about: 'freshness', words: '3 of its peers claim number 14' },
  ],
  [
    'cut off',
    { peers: 0, sync: { state: 'alone', lastAt: null, inSyncWith: 0, nothingToTake: 0, partial: false } },
    '.banner.cut-off',
    { about: 'peers', words: 'Connected to no other node' },
  ],
] as const) {
  test(`a node that is ${title} is told of in a banner, and below it in a line`, async t => {
    const { page } = await open(t, nodeWith(changes as Partial<Status>));
    await page.locator(banner).waitFor();
    await shot(page, `v3-status-${title.replace(' ', '-')}`);
    const line = check(page, bad.about);
    t.true((await line.innerText()).includes(bad.words));
    t.regex((await line.getAttribute('class')) ?? '', /check-bad/);
  });
}

test('a node that goes away is told of, with since when, and what it said stays', async t => {
  const { page, close } = await open(t, nodeWith(), { mayLog: /ERR_/ });
  await card(page, 'Gateways for unmodified game servers').waitFor();
  await close();
  const banner = page.locator('.banner.offline');
  await banner.waitFor();
  t.regex(await banner.innerText(), /it was last heard (?:now|\d+ seconds? ago)/);
  await shot(page, 'v3-status-offline');
  t.true((await check(page, 'link').innerText()).includes('The node does not answer'));
  t.true((await textOf(page, 'What this node sees')).includes('server: it carries the list for others'));
});

test('what becomes newer elsewhere is told of without a reload, and goes when it is here', async t => {
  const node = nodeWith();
  const { status } = node;
  const { page } = await open(t, node);
  await page.getByText('The node answers').waitFor();
  node.status = () => ({ ...status(), freshness: { peersAhead: 1, highestClaimed: 13, warning: '1 peer claims it' } });
  node.emit({ type: 'head', oid: '1'.repeat(40), summary: '1 joined' });
  await page.locator('.banner.stale').waitFor();
  node.status = status;
  node.emit({ type: 'head', oid: '2'.repeat(40), summary: '1 joined' });
  await page.locator('.banner').waitFor({ state: 'detached' });
  t.is(await page.locator('.check-bad').count(), 0);
});

test('each key says where it is from, whether it counts and why not, and what it signed last', async t => {
  const node = nodeWith();
  const other = 'cd'.repeat(20);
  node.keys = async () => [
    key,
    {
      ...{ ...key, fingerprint: other, userIds: ['Bo <bo@example.org>'], shipped: false, state: 'expired' },
      ...{ reason: 'it expired on 2025-11-01', expiresAt: 1_762_000_000_000 },
    },
  ];
  node.statements = async () => [
    statement(12),
    { ...statement(11), fingerprint: other, state: 'refused', reason: 'the key has expired', trusted: false },
  ];
  const { page } = await open(t, node);
  await card(page, 'Maintainers’ keys that this node trusts').waitFor();
  const keys = await textOf(page, 'Maintainers’ keys that this node trusts');
  for (const words of [
    fingerprint.toUpperCase().replaceAll(/(.{4})(?=.)/g, '$1 '),
    'From the release',
    'Expires never',
    'Last statement 12, rollback, in force',
    'expired it expired on 2025-11-01',
    'From added on this node',
    'Last statement 11, rollback, refused',
  ]) {
    t.true(keys.includes(words), `${words} in ${keys}`);
  }
  const statements = await textOf(page, 'Statements');
  t.true(statements.includes('the key does not count now'), statements);
});

test('gateways tell what they counted, and each rule by whose word it is', async t => {
  const { page } = await open(t);
  await card(page, 'Gateways for unmodified game servers').waitFor();
  t.true((await textOf(page, 'Gateways for unmodified game servers')).includes('heartbeats 3, packets 12'));
  const rules = await textOf(page, 'Who is barred, and by whose word');
  for (const words of ['clones of other servers no end the maintainers statement 12 by Ada Quist', 'in 3 days']) {
    t.true(rules.includes(words), rules);
  }
  t.is(await page.getByRole('button', { name: 'Take back …' }).count(), 1);
});

test('a rule of this node is taken back with the token, and one that is gone is told of', async t => {
  const node = nodeWith();
  node.deny = () => [denyRule, { ...denyRule, address: '192.0.2.0/24' }];
  const { page } = await open(t, node, { mayLog: /404/ });
  const takeBack = async (n: number) => {
    await page.getByRole('button', { name: 'Take back …' }).nth(n).click();
  };
  await takeBack(0);
  const dialog = page.getByRole('dialog');
  t.is(await dialog.locator('.copyable code').textContent(), 'rollcall deny remove --address 198.51.100.0/24');
  await dialog.getByLabel('Token of this node').fill(token);
  await dialog.getByRole('button', { name: 'Use it' }).click();
  await dialog.getByRole('button', { name: 'Take back now' }).click();
  await dialog.getByText('Taken back.').waitFor();
  t.deepEqual(node.asked.at(-1), ['removeDeny', { address: '198.51.100.0/24' }]);
  await page.keyboard.press('Escape');
  await takeBack(1);
  await dialog.getByRole('button', { name: 'Take back now' }).click();
  await dialog.getByRole('alert').filter({ hasText: 'The node refused: no such rule' }).waitFor();
});

test('a node that trusts no key and runs no gateway says what to do', async t => {
  const node = nodeWith({ statement: null });
  node.keys = async () => [];
  node.statements = async () => [];
  node.gateways = () => [];
  node.deny = () => [];
  const { page } = await open(t, node);
  await page.getByText('It trusts no key').waitFor();
  t.is(await page.locator('.copyable code').first().textContent(), 'rollcall keys add maintainer.asc');
  t.true((await textOf(page, 'Can this page be believed?')).includes('No maintainer has signed anything yet'));
});

test('hostile words of others are text, and in German every word of ours is German', async t => {
  const node = nodeWith();
  const hostile = '<img src=x onerror=alert(1)>\u202eevil';
  node.keys = async () => [{ ...key, userIds: [hostile] }];
  node.deny = () => [{ ...denyRule, reason: hostile, from: hostile }];
  node.statements = async () => [{ ...statement(12), subject: hostile, reason: hostile, signer: hostile }];
  const { page } = await open(t, node, { language: 'de-DE' });
  await page.getByRole('heading', { name: 'Wer gesperrt ist, und auf wessen Wort' }).waitFor();
  t.is(await page.locator('main img').count(), 0);
  t.false((await page.locator('main').innerText()).includes('\u202e'));
  t.regex(await textOf(page, 'Was dieser Knoten sieht'), /Server: Er trägt die Liste für andere/);
});
