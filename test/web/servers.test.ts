// The list of servers in a real browser, against the API of a node that is a plain object.
import test, { type ExecutionContext } from 'ava';
import type { Browser, Page } from 'playwright-core';
import type { ServerRow } from '../../node/api/port.ts';
import { type FakeNode, fakeNode, row } from '../api/fake-node.ts';
import { accessibilityFaults, openBrowser, type PageOptions, serve, visit } from './browser.ts';

let browser: Browser;
test.before(async () => {
  browser = await openBrowser();
});
test.after.always(() => browser?.close());

const idOf = (n: number): string => n.toString(16).padStart(40, '0');
const games = ['openarena', 'xonotic', 'css'];

const rowsOf = (count: number): ServerRow[] =>
  Array.from({ length: count }, (_, n) =>
    row(1, {
      id: idOf(n),
      name: `Server ${n}`,
      game: games[n % games.length]!,
      attributes: n % 4 === 0 ? {} : { country: 'de' },
      karma: { value: 0, tier: (['green', 'yellow', 'red'] as const)[n % 3]! },
      standing: n % 2 === 0 ? 'endorsed' : 'new',
      observed: n % 5 === 0 ? null : { ...row(1).observed!, players: n % 16, rttMs: n },
    }),
  );

async function open(t: ExecutionContext, address = '/servers', options: PageOptions & { rows?: ServerRow[] } = {}) {
  const node = fakeNode();
  node.rows = options.rows ?? rowsOf(300);
  const served = await serve(t, node);
  return { ...served, page: await visit(t, browser, `${served.http}${address}`, options) };
}

const names = (page: Page) => page.locator('.c-name a');
const found = (page: Page) => page.locator('.summary-count');
/** From the beginning: `300 servers` is not `100 of 300 servers`, which is said until all are there. */
const says = (page: Page, words: string) =>
  found(page)
    .filter({ hasText: new RegExp(`^${words}`) })
    .waitFor();
const searchOf = (page: Page) => page.getByRole('searchbox');

test('an address where nothing is says so, with a way to the servers', async t => {
  const { page } = await open(t, '/nosuch', { mayLog: /404/ });
  await page.getByRole('heading', { level: 1, name: 'There is no such page' }).waitFor();
  t.deepEqual(await accessibilityFaults(page), []);
  await page.getByRole('main').getByRole('link').click();
  await says(page, '300 servers');
});

for (const dark of [false, true]) {
  for (const width of [1280, 390]) {
    test(`axe finds nothing wrong, ${dark ? 'dark' : 'light'}, ${width} px wide`, async t => {
      const { page } = await open(t, '/servers', { dark, width });
      await says(page, '300 servers');
      t.deepEqual(await accessibilityFaults(page), []);
      await names(page).first().click();
      await page.getByRole('heading', { name: 'Commands' }).waitFor();
      t.deepEqual(await accessibilityFaults(page), []);
      await page.goto(`${new URL(page.url()).origin}/servers?q=nothing-is-called-so`);
      await page.getByRole('button', { name: 'Reset filters' }).last().waitFor();
      t.deepEqual(await accessibilityFaults(page), []);
    });
  }
}

test('the page stands under its policy, and inline scripts do not', async t => {
  const { page, http } = await open(t, '/servers', { mayLog: /TrustedHTML|require-trusted-types-for/ });
  const policy = (await fetch(`${http}/servers`)).headers.get('content-security-policy') ?? '';
  t.true(policy.startsWith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"));
  await says(page, '300 servers');
  t.is(
    await page.evaluate(`try { document.body.innerHTML = '<b>'; 'written' } catch (error) { error.name }`),
    'TypeError',
  );
});

test('what is typed filters at once and stands in the address; going back leaves it in one step', async t => {
  const { page } = await open(t, '/servers?game=css');
  await says(page, '100 of 300 servers');
  await page.keyboard.press('/');
  await page.keyboard.type('players>10');
  await says(page, '26 of 300 servers');
  t.true(page.url().endsWith('/servers?q=players%3E10&game=css'));
  await page.keyboard.type(' server');
  await names(page).first().click();
  await page.getByRole('heading', { name: 'Commands' }).waitFor();
  await page.goBack();
  t.is(await searchOf(page).inputValue(), 'players>10 server');
  t.true(page.url().includes('/servers?q='));
});

test('an expression that cannot be read says why, and the rows stay', async t => {
  const { page } = await open(t);
  await says(page, '300 servers');
  await searchOf(page).fill('players>');
  await page.getByText('says nothing after').waitFor();
  t.true(await names(page).first().isVisible());
});

test('a facet narrows the list, counts again and can be taken back', async t => {
  const { page } = await open(t);
  await page.getByLabel('xonotic').check();
  await says(page, '100 of 300 servers');
  await page
    .getByLabel(/^unknown/)
    .first()
    .check();
  t.regex(page.url(), /game=xonotic/);
  await page.goBack();
  await page.goBack();
  await says(page, '300 servers');
  t.false(await page.getByLabel('xonotic').isChecked());
});

test('where nothing matches, one button brings all back', async t => {
  const { page } = await open(t, '/servers?q=nothing&hide=empty');
  await page.getByText('0 of 300 servers match').waitFor();
  await page.getByRole('button', { name: 'Reset filters' }).last().click();
  await says(page, '300 servers');
  t.is(new URL(page.url()).search, '');
});

test('the keyboard goes through the rows, opens one, and comes back', async t => {
  const { page } = await open(t);
  await says(page, '300 servers');
  await page.getByRole('grid').focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowUp']) await page.keyboard.press(key);
  t.is(await page.locator('.grid-row.active .c-name').textContent(), 'Server 1');
  await page.keyboard.press('f');
  t.is(await page.locator('.grid-row.active [aria-pressed=true]').count(), 1);
  await page.keyboard.press('End');
  await page.locator('.grid-row.active', { hasText: 'Server 299' }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Server 299', level: 2 }).waitFor();
  await page.keyboard.press('Escape');
  await page.waitForURL(/\/servers$/);
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

test('favourites stay, over a reload, and the hiding of empty ones leaves them', async t => {
  const { page } = await open(t, '/servers', {
    rows: [row(1, { id: idOf(1), observed: { ...row(1).observed!, players: 0 } })],
  });
  await page.getByRole('button', { name: 'Make it a favourite' }).click();
  await page.getByRole('button', { name: 'Empty' }).click();
  await page.reload();
  await says(page, '1 server');
  await page.getByRole('button', { name: 'Favourites' }).click();
  await says(page, '1 server');
  t.is(await names(page).count(), 1);
});

const move = (node: FakeNode, id: string, players: number): void => {
  const rows = node.rows as ServerRow[];
  const index = rows.findIndex(candidate => candidate.id === id);
  const observed = { ...rows[index]!.observed!, players };
  rows[index] = { ...rows[index]!, observed };
  node.bump();
  node.emit({ type: 'observed', id, observed });
};

test('rows do not move under the pointer: news comes into them, and a button sorts anew', async t => {
  const { page, node } = await open(t, '/servers?sort=players');
  const top = await names(page).first().textContent();
  await names(page).nth(3).hover();
  move(node, idOf(1), 99);
  await page.getByRole('button', { name: /1 change: sort anew/ }).waitFor();
  t.is(await names(page).first().textContent(), top);
  // By the keyboard: on its way to the button the pointer leaves the rows, and they sort themselves.
  await page.getByRole('button', { name: /sort anew/ }).press('Enter');
  await names(page)
    .first()
    .filter({ hasText: /^Server 1$/ })
    .waitFor();
});

test('while nobody is at the rows they follow the list: who joins is there, who leaves is gone', async t => {
  const { page, node } = await open(t, '/servers', { rows: rowsOf(3) });
  await says(page, '3 servers');
  node.rows = rowsOf(5).slice(1);
  node.bump();
  node.emit({ type: 'servers', changes: [], total: 4, tree: 'ab' });
  await says(page, '4 servers');
  t.deepEqual(await names(page).allTextContents(), ['Server 1', 'Server 2', 'Server 3', 'Server 4']);
});

test('a node that goes away is told of, and what it said stays', async t => {
  const { page, close } = await open(t, '/servers', { mayLog: /ERR_/ });
  await says(page, '300 servers');
  await close();
  await page.locator('.banner.offline').waitFor();
  t.is(await names(page).first().textContent(), 'Server 0');
});

test('500 hostile names are text, one line high, and break nothing', async t => {
  const hostile = [
    '<script>document.title="owned"</script>',
    '<img src=x onerror=alert(1)>',
    '\u202eevil\u202c\u2066',
    'a\u200b\u200db',
    'e\u0301'.normalize('NFD') + '\u0336'.repeat(2_000),
    '=HYPERLINK("http://evil.example")',
    'x'.repeat(4_000),
    '{{constructor.constructor("alert(1)")()}}',
    '\n\r\t\u0000\u001b[31m',
    '',
  ];
  const rows = rowsOf(500).map((server, n) => {
    const text = hostile[n % hostile.length]!;
    return {
      ...server,
      name: text,
      game: text,
      tags: [text],
      attributes: { [text]: text },
      addresses: [text],
      version: text,
    };
  });
  const { page } = await open(t, '/servers', { rows });
  await says(page, '500 servers');
  const heights = "[...document.querySelectorAll('.grid-body .grid-row')].map(row => row.offsetHeight)";
  t.deepEqual([...new Set(await page.evaluate<number[]>(heights))], [36]);
  t.is(await page.evaluate('document.documentElement.scrollWidth'), 1280);
  t.regex(await page.title(), /Rollcall/);
  await names(page).first().click();
  await page.getByRole('heading', { name: 'Commands' }).waitFor();
  t.is(
    await page.evaluate(
      'document.querySelector(".detail").scrollWidth <= document.querySelector(".detail").clientWidth',
    ),
    true,
  );
  await page.goBack();
  await page.getByLabel('Export').click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByText('CSV, for').click()]);
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  const csv = Buffer.concat(chunks).toString();
  t.true(csv.includes(`"'=HYPERLINK(""http`));
  t.notRegex(csv, /(?:^|,)"?[=+@]/m);
});

test('German is one choice away, and stays', async t => {
  const { page } = await open(t);
  await page.getByLabel('Settings').click();
  await page.getByText('Deutsch').click();
  await says(page, '300 Server');
  await page.reload();
  await says(page, '300 Server');
  t.is(await page.evaluate('document.documentElement.lang'), 'de');
});

test('why a server stands where it stands is told in the language of the page', async t => {
  const { page } = await open(t, `/servers/${idOf(1)}`, { language: 'de' });
  const why = page.locator('.reasons li', { hasText: 'neu: keine signierte Erklärung ist in Kraft' });
  t.is(await why.getAttribute('lang'), null);
});
