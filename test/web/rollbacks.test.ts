// Rollbacks and travelling through time in a real browser, over a history with an attack in it.
import test, { type ExecutionContext } from 'ava';
import type { Browser, Page } from 'playwright-core';
import { RollcallError } from '../../node/base/errors.ts';
import { type FakeNode, fakeNode, oidOf, peer } from '../api/fake-node.ts';
import { slicesOf } from '../api/fake-views.ts';
import { announced, attack } from './attack.ts';
import { accessibilityFaults, openBrowser, type PageOptions, serve, shot, visit } from './browser.ts';

let browser: Browser;
test.before(async () => {
  browser = await openBrowser();
});
test.after.always(() => browser?.close());

const { commits, head, line, listAt, statements, effects, diff } = attack();
const [, adopted, , flooded, rolledBack] = line as [string, string, string, string, string];
const [rollback] = statements as [(typeof statements)[0]];
const addressOf = ({ digest }: { digest: string }): string => `/rollbacks/${digest}`;

/** Asked for lists and for differences, by the hashes that were asked for. */
function attacked(): FakeNode & { readonly travels: string[] } {
  const travels: string[] = [];
  const known = (oid: string): string => {
    if (!line.includes(oid)) throw new RollcallError('NO_SUCH_COMMIT', `no commit is called "${oid}"`);
    return oid;
  };
  const node = fakeNode({
    statements: async () => [...statements],
    effect: async digest => effects.find(({ statement }) => statement.digest === digest),
    graph: async () => ({ commits: [...commits], head, next: null }),
    async commitServers(oid, { limit = 1_000, offset = 0 }) {
      const all = listAt(known(oid));
      if (limit > 1) travels.push(`list ${oid}`);
      return { oid, servers: slicesOf(all.slice(offset, offset + limit), all.length) };
    },
    async commit(oid) {
      const { kind: _, status: __, sequence: ___, rollbackTo: ____, ...rest } = commits.find(one => one.oid === oid)!;
      const before = listAt(line[line.indexOf(oid) - 1] ?? '');
      const body = { tree: oidOf(9), message: `${rest.summary}\n`, base: null, diff: diff(before, listAt(oid)) };
      return { ...rest, ...body, signature: null, statement: null };
    },
    async diff(a, b = head) {
      travels.push(`${a.slice(0, 2)}...${b.slice(0, 2)}`);
      return diff(listAt(known(a)), listAt(known(b)));
    },
  });
  return Object.assign(node, { travels });
}

async function open(t: ExecutionContext, address: string, options: PageOptions = {}) {
  const node = attacked();
  const served = await serve(t, node);
  return { ...served, node, page: await visit(t, browser, `${served.http}${address}`, options) };
}

const slider = (page: Page) => page.getByRole('slider');
const says = (page: Page, words: string) => page.locator('.here').filter({ hasText: words }).waitFor();
/** The rows of the time where one stands are here. */
const rowsSay = (page: Page, count: number) =>
  page.locator(`.then-rows [role=grid][aria-rowcount="${count + 1}"]`).waitFor();

for (const dark of [false, true]) {
  for (const width of [1280, 390]) {
    const look = `${dark ? 'dark' : 'light'}-${width}`;
    test(`axe finds nothing wrong, ${look}`, async t => {
      const { page } = await open(t, `/rollbacks?at=${flooded}`, { dark, width });
      await rowsSay(page, 504);
      t.deepEqual(await accessibilityFaults(page), []);
      await shot(page, `v2-rollbacks-${look}`);
      await page.goto(new URL(addressOf(rollback), page.url()).href);
      await page.getByText('1 of 501 that left are listed again').waitFor();
      await page.locator('.loser summary').last().click();
      await rowsSay(page, 4);
      t.deepEqual(await accessibilityFaults(page), []);
      await shot(page, `v2-rollback-${look}`);
      await page.locator('.machine').scrollIntoViewIfNeeded();
      await shot(page, `v2-rollback-below-${look}`);
      t.is(await page.evaluate('document.documentElement.scrollWidth'), width);
      t.is(await page.evaluate('document.documentElement.scrollHeight'), 800, 'only its parts scroll');
    });
  }
}

test('statements are listed with their reasons and what they changed here', async t => {
  const { page } = await open(t, '/rollbacks');
  await page.locator('.statement', { hasText: 'Rollback 2' }).filter({ hasText: '−501 left' }).waitFor();
  t.deepEqual(await page.locator('.statement-reason').allTextContents(), [
    '500 fake servers',
    '3 servers · All is well.',
  ]);
  t.is(await page.locator('.chart-mark').count(), 2);
  await says(page, '4 servers listed');
});

test('a rollback tells who lost what, who came back, and whom it bars', async t => {
  const { page } = await open(t, '/rollbacks');
  await page.locator('.statement', { hasText: 'Rollback 2' }).click();
  t.regex(page.url(), /\/rollbacks\/[0-9a-f]{16}\?at=/);
  await page.getByRole('heading', { name: 'Rollback 2' }).waitFor();
  await says(page, 'Rollback 2 came into force');
  t.is(await page.locator('.effect-counts .lost dd').textContent(), '501');
  await page.getByText('1 of 501 that left are listed again').waitFor();
  const losers = page.locator('.loser');
  t.is(await losers.count(), 3);
  await losers.first().locator('summary').click();
  await losers.first().getByText('the first 100 of 250').waitFor();
  await losers.last().locator('summary').click();
  t.deepEqual(await losers.last().locator('li').allTextContents(), ['Late but honest listed again']);
  await page.getByRole('cell', { name: 'addresses 198.51.100.0/24' }).waitFor();
  await page.goBack();
  await page.waitForURL(/\/rollbacks$/);
  t.is(await page.locator('.effect').count(), 0);
});

test('a rollback of many announcers names the largest, the others on demand', async t => {
  const { page, node } = await open(t, '/rollbacks');
  const [effect] = effects as [(typeof effects)[0]];
  const lostByAnnouncer = Array.from({ length: 51 }, (_, n) => ({ announcer: `bot-${n}`, count: 10 }));
  Object.assign(node, { effect: async () => ({ ...effect, lostByAnnouncer }) });
  await page.locator('.statement').first().click();
  await page.getByText('43 more announcers').click();
  await page.locator('.loser', { hasText: 'bot-50' }).waitFor();
  t.is(await page.locator('.loser').count(), 51);
});

test('the slider goes through time by the keyboard, the list follows, and the address says where', async t => {
  const { page, node } = await open(t, '/rollbacks');
  await rowsSay(page, 4);
  await slider(page).focus();
  await page.keyboard.press('Home');
  await says(page, '3 servers listed');
  await rowsSay(page, 3);
  for (let step = 0; step < 3; step++) await page.keyboard.press('ArrowRight');
  await says(page, '504 servers listed');
  await says(page, '+251 joined');
  await rowsSay(page, 504);
  await page.waitForURL(new RegExp(`at=${flooded}`));
  t.regex((await slider(page).getAttribute('aria-valuetext'))!, /UTC, 504 servers$/);
  await page.locator('.then-rows .joined').first().waitFor();
  t.is(node.travels.filter(travel => travel.startsWith('list')).length, 1, 'one list; then only what differs');
  await page.keyboard.press('ArrowRight');
  await says(page, '−501 left');
  await page.getByRole('button', { name: 'Left here' }).click();
  await rowsSay(page, 501);
  await page
    .getByRole('button', { name: /Late but honest|12D3Ko…/ })
    .first()
    .waitFor();
  await page.goBack();
  await page.waitForURL(new RegExp(`at=${rolledBack}$`));
});

test('a link shows the list as it was, narrowed to one announcer, and going back takes each choice back', async t => {
  const { page } = await open(t, `/rollbacks?at=${flooded}`);
  await rowsSay(page, 504);
  await page.locator('.share-row', { hasText: `${peer.slice(0, 6)}…${peer.slice(-6)}` }).click();
  await rowsSay(page, 4);
  t.is(new URL(page.url()).searchParams.get('announcer'), peer);
  await page.reload();
  await rowsSay(page, 4);
  await page.goBack();
  await rowsSay(page, 504);
  t.is(await page.locator('.share-row[aria-pressed=true]').count(), 0);
});

test('an attack and its rollback play from the list before it to the list after it, then stop', async t => {
  const { page, node } = await open(t, addressOf(rollback));
  await page.getByLabel('Speed').selectOption('20');
  await page.evaluate(`
    window.seen = [];
    new MutationObserver(() => {
      const count = document.querySelector('.here strong')?.textContent;
      if (count !== seen.at(-1)) seen.push(count);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });`);
  await page.getByRole('button', { name: 'Play the attack and this rollback' }).click();
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
  await says(page, '4 servers listed');
  t.deepEqual((await page.evaluate<string[]>('seen')).slice(-5), [
    ...['3 servers listed', '253 servers listed', '504 servers listed', '3 servers listed', '4 servers listed'],
  ]);
  await rowsSay(page, 4);
  t.true(['11...22', '22...33', '33...44', '44...e0'].every((travel, n) => n === 3 || node.travels.includes(travel)));
});

test('playing pauses, steps by hand, and does not move for who asked for no motion', async t => {
  const { page } = await open(t, addressOf(rollback));
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.getByLabel('Speed').selectOption('1');
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
  const at = Number(await slider(page).inputValue());
  await page.getByRole('button', { name: 'One commit on' }).click();
  t.is(Number(await slider(page).inputValue()), at + 1);
  await page.getByRole('button', { name: 'One commit back' }).click();
  t.is(Number(await slider(page).inputValue()), at);
  t.is(await page.evaluate(`getComputedStyle(document.querySelector('.here-what')).animationDuration`), '0s');
});

test('a commit that comes while one looks at the newest is shown; who looks at the past stays there', async t => {
  const { page, node } = await open(t, '/rollbacks');
  await says(page, '4 servers listed');
  const graph = await node.graph({});
  const next = { ...graph.commits[0]!, oid: oidOf(7), parents: [head], added: 2, summary: '2 joined' };
  Object.assign(node, {
    graph: async () => ({ commits: [next, ...graph.commits], head: next.oid, next: null }),
    commitServers: async (oid: string) => ({ oid, servers: slicesOf([], 6) }),
    diff: async () => ({ added: [], removed: [], changed: [] }),
  });
  node.emit({ type: 'head', oid: next.oid, summary: next.summary });
  await says(page, '6 servers listed');
  await page.getByRole('button', { name: 'One commit back' }).click();
  await says(page, '4 servers listed');
  const last = { ...next, oid: oidOf(8), parents: [next.oid], added: 1 };
  Object.assign(node, {
    graph: async () => ({ commits: [last, next, ...graph.commits], head: last.oid, next: null }),
    commitServers: async (oid: string) => ({ oid, servers: slicesOf([], 7) }),
  });
  node.emit({ type: 'head', oid: last.oid, summary: last.summary });
  await page.getByText('commit 6 of 8').waitFor();
  t.regex((await page.locator('.here').textContent())!, /4 servers listed/);
});

for (const [title, address, words] of [
  ['a statement that is not kept', '/rollbacks/ffffffff', 'This node keeps no such statement.'],
  ['a commit of another line', `/rollbacks?at=${'ab'.repeat(20)}`, 'has no ababababab in its line'],
] as const) {
  test(`${title} is told of`, async t => {
    const { page } = await open(t, address);
    await page.getByText(words).waitFor();
    await says(page, '4 servers listed');
    t.is(await page.locator('.effect').count(), 0);
  });
}

test('a list that cannot be loaded says so, and comes when asked again', async t => {
  const { page, node } = await open(t, `/rollbacks?at=${adopted}`, { mayLog: /404/ });
  await rowsSay(page, 3);
  const { diff: whole } = node;
  Object.assign(node, {
    diff: () => Promise.reject(new RollcallError('NO_SUCH_COMMIT', 'objects were cut')),
  });
  await page.getByRole('button', { name: 'One commit on' }).click();
  await page.getByText('objects were cut').waitFor();
  Object.assign(node, { diff: whole });
  await page.getByRole('button', { name: 'Try again' }).click();
  await rowsSay(page, 253);
  t.is(await page.getByText('objects were cut').count(), 0);
});

test('a node without statements and without commits says what is missing', async t => {
  const node = fakeNode({
    statements: async () => [],
    graph: async () => ({ commits: [], head: null, next: null }),
  });
  const { http } = await serve(t, node);
  const page = await visit(t, browser, `${http}/rollbacks`);
  await page.getByText('No maintainer has signed a statement').waitFor();
  await page.getByText('No commit yet').waitFor();
  t.is(await page.locator('.machine').count(), 0);
});

test('hostile names, reasons and announcers are text, one line high, and break nothing', async t => {
  const hostile = [
    '<script>document.title="owned"</script>',
    '<img src=x onerror=alert(1)>',
    '\u202eevil\u202c\u2066',
    `e${'\u0336'.repeat(2_000)}`,
    'x'.repeat(4_000),
    '',
  ];
  const { page, node } = await open(t, '/rollbacks');
  await rowsSay(page, 4);
  const servers = Array.from({ length: 300 }, (_, n) => {
    const text = hostile[n % hostile.length]!;
    return { ...announced(n.toString(16).padStart(40, '0'), text || 'nobody', text), game: text, addresses: [text] };
  });
  const lost = servers.map(({ id, name, announcer }) => ({ id, name, announcer }));
  const reason = hostile.join(' ');
  const [effect] = effects as [(typeof effects)[0]];
  Object.assign(node, {
    statements: async () => [{ ...rollback, subject: reason, message: `${reason}\n\n${reason}\n`, signer: reason }],
    commitServers: async (oid: string) => ({ oid, servers: slicesOf(servers) }),
    effect: async () => ({
      ...effect,
      ...{ lost, lostByAnnouncer: hostile.map(announcer => ({ announcer, count: 50 })) },
      denied: [{ ...effect.denied[0]!, reason, address: null, game: hostile[4]! }],
    }),
  });
  await page.goto(new URL(addressOf(rollback), page.url()).href);
  await rowsSay(page, 300);
  await page.locator('.effect-counts').waitFor();
  for (const summary of await page.locator('.loser summary').all()) await summary.click();
  const heights = `[...document.querySelectorAll('.grid-body .grid-row')].map(row => row.offsetHeight)`;
  t.deepEqual([...new Set(await page.evaluate<number[]>(heights))], [36]);
  t.is(await page.evaluate('document.documentElement.scrollWidth'), 1280);
  const wide = `[...document.querySelectorAll('.rollbacks-main, .statements')].some(part => part.scrollWidth > part.clientWidth)`;
  t.false(await page.evaluate<boolean>(wide));
  t.regex(await page.title(), /Rollcall/);
});

test('German has all its words', async t => {
  const { page } = await open(t, addressOf(rollback), { language: 'de' });
  await page.getByRole('heading', { name: 'Rollback 2' }).waitFor();
  await page.getByText('1 von 501, die gingen, sind wieder gelistet.').waitFor();
  t.notRegex((await page.locator('.machine').textContent())!, /servers|commits|joined/);
});
