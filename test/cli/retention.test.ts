// A history that begins later than the list, or should: what people are told.
import test from 'ava';
import { fakeNode, now, rollcall } from './harness.ts';
import { commit, detail, id, oid, page, row, status } from './samples.ts';

test('history ends with the commit with which it begins, and says so', async t => {
  const first = { ...commit, parents: ['a'.repeat(40)], cut: true };
  await using node = await fakeNode({ 'GET /api/v1/history': { body: { commits: [commit, first] } } });
  const { stdout } = await rollcall(['history', '--data', node.folder]);
  const last = `the history begins with ${oid.slice(0, 10)}: what came before it is not kept (history.keepMs)`;
  t.is(stdout.trimEnd().split('\n').at(-1), last);
  const { stdout: json } = await rollcall(['history', '--json', '--data', node.folder]);
  t.true(JSON.parse(json).commits[1].cut);
});

test('a statement that is cut off from its parents is not where the history begins', async t => {
  const statement = { sequence: 1, kind: 'checkpoint', rollbackTo: null };
  const body = { commits: [{ ...commit, cut: true, statement }] };
  await using node = await fakeNode({ 'GET /api/v1/history': { body } });
  const { stdout } = await rollcall(['history', '--data', node.folder]);
  t.false(stdout.includes('begins'));
});

for (const history of [detail.history, []]) {
  test(`show says how far back it looks, with ${history.length} changes since`, async t => {
    const body = { ...detail, history, historySince: 1_763_500_000_000 };
    await using node = await fakeNode({ [`GET /api/v1/servers/${id}`]: { body } });
    const { stdout } = await rollcall(['show', id, '--data', node.folder]);
    t.true(stdout.endsWith('what came before 2025-11-18 21:06 UTC is not kept (history.keepMs)\n'), stdout);
  });
}

for (const [isWaiting, states] of [
  [true, ['warning']],
  [false, []],
] as const) {
  test(`doctor ${isWaiting ? 'warns of a history that cannot begin later' : 'has no words for one that is as it should be'}`, async t => {
    const history = { oldestAtMs: now - 90 * 86_400_000, isShallow: false, isWaiting };
    await using node = await fakeNode({
      'GET /api/v1/status': { body: { ...status, history } },
      'GET /api/v1/servers': { body: page(row) },
    });
    const { stdout } = await rollcall(['doctor', '--json', '--data', node.folder]);
    const checks: { check: string; state: string; message: string }[] = JSON.parse(stdout).checks;
    const found = checks.filter(({ check }) => check === 'history');
    t.deepEqual(
      found.map(({ state }) => state),
      states,
    );
    if (isWaiting) t.regex(found[0]!.message, /no checkpoint was adopted/);
  });
}
