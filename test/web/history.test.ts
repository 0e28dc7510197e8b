// The history, one commit and the comparison of two in a real browser, against a node with a story.
import test, { type ExecutionContext } from 'ava';
import type { Browser, Page } from 'playwright-core';
import { RollcallError } from '../../node/base/errors.ts';
import { accessibilityFaults, openBrowser, type PageOptions, serve, shot, visit } from './browser.ts';
import { type Story, storyOf } from './history-node.ts';

let browser: Browser;
test.before(async () => {
  browser = await openBrowser();
});
test.after.always(() => browser?.close());

async function open(t: ExecutionContext, addressOf: (story: Story) => string, options: PageOptions = {}) {
  const story = await storyOf();
  const { http } = await serve(t, story.node);
  return { ...story, http, page: await visit(t, browser, `${http}${addressOf(story)}`, options) };
}
const openHistory = (t: ExecutionContext, query = '', options: PageOptions = {}) =>
  open(t, () => `/history${query}`, options);

const summaries = (page: Page) => page.locator('.h-summary a');
const says = (page: Page, words: string) => page.locator('.summary-count').filter({ hasText: words }).waitFor();
const heading = (page: Page, name: string) => page.getByRole('heading', { name, level: 1 }).waitFor();

for (const dark of [false, true]) {
  for (const width of [1280, 390]) {
    const how = `${dark ? 'dark' : 'light'}-${width}`;
    test(`axe finds nothing wrong with history, commit and comparison, ${how}`, async t => {
      const { page, http, oids } = await openHistory(t, '', { dark, width });
      await says(page, '50 commits');
      await shot(page, `v1-history-${how}`);
      t.deepEqual(await accessibilityFaults(page), []);
      await page.goto(`${http}/commit/${oids.bots}`);
      await heading(page, '3 joined, 1 left, 1 changed');
      await shot(page, `v1-commit-${how}`);
      t.deepEqual(await accessibilityFaults(page), []);
      t.is(await page.evaluate('document.documentElement.scrollWidth'), width);
      await page.goto(`${http}/commit/${oids.rollback}`);
      await page.getByRole('button', { name: 'Verify in this browser' }).click();
      await page.getByText('Every step holds.').waitFor();
      await page.locator('.verify').scrollIntoViewIfNeeded();
      await shot(page, `v1-verify-${how}`);
      t.deepEqual(await accessibilityFaults(page), []);
      await page.goto(`${http}/compare/${oids.good}...${oids.bots}`);
      await page.getByText('Who announced what').waitFor();
      await shot(page, `v1-compare-${how}`);
      t.deepEqual(await accessibilityFaults(page), []);
    });
  }
}

test('the graph shows the statements, what the rollback brought back and what it left behind', async t => {
  const { page } = await openHistory(t);
  await says(page, '50 commits');
  t.deepEqual((await summaries(page).allTextContents()).slice(0, 7), [
    '2 joined',
    'adopt rollback 2: 903 left',
    'rollback 2: boxes',
    'rollback 2: bots',
    '900 joined',
    '3 joined, 1 left, 1 changed',
    '1 joined, the last good one',
  ]);
  t.deepEqual(
    await page
      .locator('.grid-row', { has: page.locator('.tag.fallen') })
      .locator('a')
      .allTextContents(),
    ['900 joined', '3 joined, 1 left, 1 changed'],
  );
  for (const kind of ['own', 'signed', 'back', 'fallen']) {
    t.true((await page.locator(`.graph .line.${kind}`).count()) > 0, kind);
  }
  for (const shape of ['circle.own', 'circle.merge', 'rect.checkpoint', 'path.rollback']) {
    t.true((await page.locator(`.graph ${shape}`).count()) > 0, shape);
  }
  const signature = page.locator('.grid-row', { hasText: 'rollback 2: bots' }).locator('.h-signature');
  t.is(await signature.textContent(), 'goodit is the latest');
});

test('the keyboard goes through the commits, opens one, and going back finds the place again', async t => {
  const { page, oids } = await openHistory(t);
  await says(page, '50 commits');
  await page.getByRole('grid').focus();
  for (const key of ['j', 'j', 'ArrowDown', 'k', 'k', 'j']) await page.keyboard.press(key);
  t.is(await page.locator('.grid-row.active .h-summary a').textContent(), 'adopt rollback 2: 903 left');
  await page.keyboard.press('End');
  await page.locator('.grid-row.active', { hasText: 'first' }).waitFor();
  await page.keyboard.press('Home');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await heading(page, 'adopt rollback 2: 903 left');
  t.true(page.url().endsWith(`/commit/${oids.merge}`));
  await page.goBack();
  await says(page, '50 commits');
});

test('filters stand in the address, are asked of the node, and go back one by one', async t => {
  const { page } = await openHistory(t);
  await says(page, '50 commits');
  await page.getByLabel('Kind of commit').selectOption('rollback');
  await says(page, '2 commits');
  t.true(page.url().endsWith('/history?kind=rollback'));
  t.is(await page.locator('.graph .line').count(), 0);
  await page.getByLabel('Kind of commit').selectOption('merge');
  await says(page, '2 commits');
  await summaries(page).filter({ hasText: 'adopt checkpoint 1' }).waitFor();
  await page.goBack();
  await summaries(page).filter({ hasText: 'rollback 2: bots' }).waitFor();
  await page.getByRole('button', { name: 'Reset filters' }).click();
  await says(page, '50 commits');
  await page.goto(`${new URL(page.url()).origin}/history?announcer=nobody`);
  await page.getByText('No commit matches').waitFor();
});

test('a hash is jumped to: among the rows, by itself when it is not there, and not at all', async t => {
  const { page, oids } = await openHistory(t, '', { mayLog: /404/ });
  await says(page, '50 commits');
  const jump = async (hash: string) => {
    await page.getByRole('searchbox').fill(hash);
    await page.keyboard.press('Enter');
  };
  await jump(oids.checkpoint.slice(0, 9));
  await page.locator('.grid-row[aria-selected=true]', { hasText: 'checkpoint 1' }).waitFor();
  t.true(page.url().endsWith(`/history?at=${oids.checkpoint}`));
  await jump('beef');
  await page.getByText('no commit is called "beef"').waitFor();
  await jump('HEAD');
  await heading(page, '2 joined');
});

test('new commits come in live, and wait while somebody is at the rows', async t => {
  const { page, grow } = await openHistory(t);
  await says(page, '50 commits');
  await page.locator('.link.live').waitFor();
  grow();
  await says(page, '51 commits');
  await summaries(page).nth(5).hover();
  const there = await summaries(page).allTextContents();
  grow();
  await page.getByRole('button', { name: '1 new commit: show' }).waitFor();
  t.deepEqual(await summaries(page).allTextContents(), there);
  await page.mouse.move(640, 5);
  await says(page, '52 commits');
  t.is(await summaries(page).first().textContent(), '2 came later');
  await page.getByRole('grid').focus();
  await page.keyboard.press('End');
  grow();
  await page.getByRole('button', { name: '1 new commit: show' }).click();
  await says(page, '53 commits');
});

test('two commits are picked, compared from old to new, swapped, and the address says which', async t => {
  const { page, oids } = await openHistory(t);
  await says(page, '50 commits');
  await page.getByRole('button', { name: `Compare ${oids.bots.slice(0, 8)} with another` }).click();
  await page.locator('.base-chip').waitFor();
  await page.getByRole('button', { name: `Compare ${oids.good.slice(0, 8)} with another` }).click();
  await page.getByText('Who announced what').waitFor();
  t.true(page.url().endsWith(`/compare/${oids.good}...${oids.bots}`));
  await page.getByRole('link', { name: 'Swap' }).click();
  await page.waitForURL(`**/compare/${oids.bots}...${oids.good}`);
  await page.getByLabel('To', { exact: true }).fill('');
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  await page.waitForURL(`**/compare/${oids.bots}`);
  await page.getByRole('heading', { name: 'to the list of today' }).waitFor();
});

test('what changed is shown field by field, and names that are not what they seem are told of', async t => {
  const { page } = await open(t, ({ oids }) => `/commit/${oids.bots}`);
  await page.getByText('Who announced what').waitFor();
  const joined = page.locator('.diff-section.added li');
  t.regex((await joined.nth(0).textContent())!, /looks like “Bob’s instagib”.*mixes Latin, Cyrillic.*о U\+043E$/);
  t.regex((await joined.nth(1).textContent())!, /^inU\+200Bvisible.*cannot be seen: U\+200B$/);
  t.true((await joined.nth(2).textContent())!.startsWith('<img src=x'));
  const fields = page.locator('.diff-section.changed .fields > div');
  t.deepEqual(await fields.locator('dt').allTextContents(), ['name', 'tags', 'attributes.country']);
  t.regex((await fields.nth(0).textContent())!, /looks the same, and is not/);
  t.deepEqual(await fields.nth(1).locator('del, ins').allTextContents(), ['old', 'new']);
  await page
    .getByRole('link', { name: /^Only what .* announced$/ })
    .first()
    .click();
  await page.waitForURL(/announcer=/);
  t.is(await page.locator('.diff-section.changed').count(), 0);
  await page.goBack();
  await page.locator('.diff-section.changed').waitFor();
  await page.getByRole('button', { name: 'Show the raw bytes as text' }).click();
  await page.getByText('tree …').waitFor();
});

const steps = (page: Page) => page.locator('.steps strong').allTextContents();
const verify = (page: Page) => page.getByRole('button', { name: 'Verify in this browser' }).click();

test('a statement is verified in the browser, and what that does not show is said', async t => {
  const { page, fingerprint } = await open(t, ({ oids }) => `/commit/${oids.rollback}`);
  await verify(page);
  await page.getByText('Every step holds.').waitFor();
  t.deepEqual(await steps(page), ['holds', 'holds', 'holds', 'holds', 'holds']);
  t.is((await page.locator('.verify .fingerprint').textContent())!.replaceAll(' ', '').toLowerCase(), fingerprint);
  await page.getByText('Compare its fingerprint').waitFor();
  await page.getByText('What this does not show').click();
  await page.getByText('the node that you ask gave it to you').waitFor();
});

test('a forged statement is found out, though the node says that it is good', async t => {
  const { page } = await open(t, ({ oids }) => `/commit/${oids.forged}`);
  await page.locator('.commit-marks .endorsed').waitFor();
  await verify(page);
  await page.getByText('Not every step holds.').waitFor();
  t.deepEqual(await steps(page), ['holds', 'holds', 'holds', 'does not hold', 'not checked']);
  t.is(await page.locator('.verify .fingerprint').count(), 0);
});

test('what cannot be had is not checked, and not called wrong', async t => {
  const { page, node } = await open(t, ({ oids }) => `/commit/${oids.rollback}`, { mayLog: /404/ });
  node.commitRecords = async function* () {
    yield* [];
    throw new RollcallError('NO_SUCH_COMMIT', 'its announcements are not here');
  };
  await verify(page);
  await page.getByText('Not every step could be checked.').waitFor();
  await page.getByText('could not be fetched: its announcements are not here').waitFor();
  t.deepEqual(await steps(page), ['holds', 'holds', 'holds', 'holds', 'not checked']);
});

test('what a commit changed is shown in parts, for it may be the whole list', async t => {
  const { page, node, oids, http } = await open(t, () => '/history');
  const { commit } = node;
  const asked: unknown[] = [];
  node.commit = async (revision, query) => {
    asked.push(query);
    // As if there were two thousand times as many servers.
    const told = await commit(revision, query?.limit === undefined ? query : { ...query, limit: 1 });
    return told.part ? { ...told, part: { ...told.part, differing: 2_000 * told.part.differing } } : told;
  };
  const { diff } = await commit(oids.bots);
  t.true(diff.added.length > 1);
  await page.goto(`${http}/commit/${oids.bots}`);
  const rows = page.locator('.diff-section li');
  await rows.first().waitFor();
  await page.getByText(/^Fetched so far: the first 2,000 of \d+,000 servers/).waitFor();
  t.is(await rows.count(), 1);
  await page.getByRole('button', { name: 'Fetch 2,000 more servers from the node' }).click();
  await rows.nth(1).waitFor();
  t.deepEqual(asked.slice(0, 2), [{ diff: false }, { limit: 2_000 }]);
  t.like(asked[2], { limit: 2_000, after: [...diff.added, ...diff.changed].map(({ id }) => id).sort()[0] });
  node.commit = commit;
  await page.goto(`${http}/commit/${oids.rollback}`);
  await page.getByText('No server joined, left or changed.').waitFor();
});

test('500 hostile names are text, and break neither history nor commit', async t => {
  const hostile = [
    '<script>document.title="owned"</script>',
    '\u202eevil\u202c\u2066',
    `e${'\u0336'.repeat(2_000)}`,
    'x'.repeat(4_000),
    '\n\r\t\u0000\u001b[31m',
    '',
  ];
  const { page, node, oids, http } = await open(t, () => '/history', { width: 390 });
  await says(page, '50 commits');
  const { commit, graph } = node;
  const server = (await commit(oids.bots)).diff.added[0]!;
  const added = Array.from({ length: 500 }, (_, n) => {
    const name = hostile[n % hostile.length]!;
    return { ...server, id: n.toString(16).padStart(40, '0'), name, game: name, addresses: [name], announcer: name };
  });
  const message = hostile.join('\n\n');
  node.commit = async (revision, query) => ({
    ...(await commit(revision, query)),
    message,
    summary: message,
    author: message,
    diff: { added, removed: [], changed: [] },
  });
  node.graph = async query => {
    const page = await graph(query);
    return {
      ...page,
      commits: page.commits.map((one, n) => ({ ...one, summary: hostile[n % hostile.length]!, author: message })),
    };
  };
  const width = () => page.evaluate<number>('document.documentElement.scrollWidth');
  await page.reload();
  await says(page, '50 commits');
  const heights = "[...document.querySelectorAll('.grid-body .grid-row')].map(row => row.offsetHeight)";
  t.deepEqual([...new Set(await page.evaluate<number[]>(heights))], [62]);
  t.is(await width(), 390);
  await page.goto(`${http}/commit/${oids.bots}`);
  await page.getByRole('button', { name: 'Show 400 more' }).click();
  t.is(await page.locator('.diff-section.added li').count(), 500);
  t.is(await width(), 390);
  t.true(
    await page.evaluate("document.querySelector('.page').scrollWidth <= document.querySelector('.page').clientWidth"),
  );
  t.regex(await page.title(), /Rollcall/);
});

test('bytes of another commit, and announcements that nobody vouched for, are found out', async t => {
  const { page, node, raw, oids } = await open(t, ({ oids }) => `/commit/${oids.rollback}`);
  node.commitRecords = async function* () {
    yield Buffer.from('{\n}\n');
  };
  await verify(page);
  await page.getByText('Not every step holds.').waitFor();
  t.deepEqual(await steps(page), ['holds', 'holds', 'holds', 'holds', 'does not hold']);
  raw.set(oids.rollback, raw.get(oids.checkpoint)!);
  await page.reload();
  await verify(page);
  await page.getByText('they are not this commit').waitFor();
  t.deepEqual((await steps(page)).slice(0, 2), ['does not hold', 'not checked']);
});
