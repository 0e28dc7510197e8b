import test from 'ava';
import { denyRule } from '../../../test/api/deny-rule.ts';
import { bearer, setup } from '../../../test/api/fake-node.ts';

const url = '/api/v1/deny';
const address = encodeURIComponent(denyRule.address!);

test('rules are open to read, written with the token, and named by what they bar to be removed', async t => {
  const { ask, node } = await setup(t);
  t.deepEqual((await ask(url)).json(), { rules: [denyRule] });
  const payload = { addresses: ['198.51.100.0/24'], reason: 'bots', until: 7 };
  const added = await ask({ method: 'POST', url, headers: bearer, payload });
  t.is(added.statusCode, 201);
  t.deepEqual(added.json(), { rules: [denyRule], left: 3 });
  const removed = await ask({ method: 'DELETE', url: `${url}?address=${address}`, headers: bearer });
  t.deepEqual(removed.json(), denyRule);
  t.deepEqual(node.asked, [
    ['addDeny', payload],
    ['removeDeny', { address: denyRule.address }],
  ]);
});

for (const [method, query] of [
  ['POST', ''],
  ['DELETE', `?address=${address}`],
] as const) {
  test(`${method} without the token changes nothing`, async t => {
    const { ask, node } = await setup(t);
    const payload = { games: ['q'], reason: 'r' };
    const answer = await ask({ method, url: url + query, ...(method === 'POST' ? { payload } : {}) });
    t.is(answer.statusCode, 401);
    t.deepEqual(node.asked, []);
  });
}

for (const [title, options, status, code] of [
  ['without a reason', { method: 'POST', payload: { games: ['q'] } }, 400, 'BAD_INPUT'],
  ['for what is no range', { method: 'POST', payload: { addresses: ['nowhere'], reason: 'r' } }, 400, 'BAD_RANGE'],
  ['beyond the bound', { method: 'POST', payload: { games: ['a', 'b'], reason: 'r' } }, 403, 'TOO_MANY_RULES'],
  ['that names nothing', { method: 'DELETE', query: {} }, 400, 'BAD_INPUT'],
  ['that names two', { method: 'DELETE', query: { game: 'q', address: '1.2.3.4' } }, 400, 'BAD_INPUT'],
  ['that nobody made', { method: 'DELETE', query: { game: 'q' } }, 404, 'NO_SUCH_RULE'],
] as const) {
  test(`a request ${title} is ${code}`, async t => {
    const { ask } = await setup(t);
    const answer = await ask({ ...options, url, headers: bearer });
    t.is(answer.statusCode, status);
    t.is(answer.json().code, code);
  });
}
