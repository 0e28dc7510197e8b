import test from 'ava';
import { bearer, fakeNode, karma, peer, setup } from '../../../test/api/fake-node.ts';

const url = '/api/v1/karma';
const post = { method: 'POST', url: `${url}/events`, headers: bearer } as const;

test('karma is open to read: of all that are remembered, and of each with everything behind it', async t => {
  const { ask, node } = await setup(t);
  t.deepEqual((await ask(url)).json(), await node.karma({}));
  t.deepEqual((await ask(`${url}/${peer}`)).json(), karma);
  const refused = await ask(`${url}/nobody`);
  t.is(refused.statusCode, 400);
  t.is(refused.json().code, 'BAD_PEER');
});

test('a page says how many rows, of which tier, and goes on where the one before ended', async t => {
  const { ask, node } = await setup(t);
  const query = { limit: 1_000, below: -0.05, tier: 'red', cursor: `-140.${peer}` };
  t.is((await ask({ url, query: query as never })).statusCode, 200);
  t.deepEqual(node.asked, [['karma', query]]);
});

test('a page of what there is not is refused, and the parameter is named', async t => {
  const { ask } = await setup(t);
  const wrong = [
    'limit=0',
    'limit=1001',
    'below=2',
    'tier=blue',
    'cursor=-140',
    `cursor=x.${peer}`,
    'ending=ab',
    'page=2',
  ];
  for (const query of wrong) {
    const answer = await ask(`${url}?${query}`);
    t.is(answer.statusCode, 400);
    t.like(answer.json(), { code: 'BAD_INPUT', field: query.split('=')[0] });
  }
  t.is((await ask(`${url}?tier=blue`)).json().detail, 'tier: must be one of green, yellow, red');
});

for (const [teller, payload, source] of [
  ['a game server, which need not say that it is one', {}, 'game'],
  ['a player', { source: 'player', note: 'left the match', id: 'match-7' }, 'player'],
] as const) {
  test(`an event is told by ${teller}`, async t => {
    const { ask, node } = await setup(t);
    const event = { subject: peer, action: 'kicked', ...payload };
    const created = await ask({ ...post, payload: event });
    t.is(created.statusCode, 201);
    t.is(created.headers.location, `${url}/${peer}`);
    t.deepEqual(created.json(), karma);
    t.deepEqual(node.asked, [['rate', { ...event, source }]]);
  });
}

for (const [title, payload, code, field] of [
  ['of nobody', { action: 'kicked' }, 'BAD_INPUT', 'subject'],
  ['of what is no peer', { subject: 'nobody', action: 'kicked' }, 'BAD_PEER', 'subject'],
  ['without an action', { subject: peer }, 'BAD_INPUT', 'action'],
  ['with an unknown action', { subject: peer, action: 'kick' }, 'UNKNOWN_ACTION', 'action'],
  ['with an action of a thousand letters', { subject: peer, action: 'x'.repeat(1_000) }, 'BAD_INPUT', 'action'],
  ['with a note that is not sound', { subject: peer, action: 'kicked', note: 'two\nlines' }, 'BAD_FIELD', 'note'],
  ['from a source of its own', { subject: peer, action: 'kicked', source: 'proof' }, 'BAD_INPUT', 'source'],
  ['with points of its own', { subject: peer, action: 'kicked', points: 9 }, 'BAD_INPUT', 'points'],
] as const) {
  test(`an event ${title} is refused`, async t => {
    const { ask } = await setup(t);
    const answer = await ask({ ...post, payload });
    t.is(answer.statusCode, 400);
    t.like(answer.json(), { code, field });
  });
}

test('nobody without the token tells anything', async t => {
  const { ask, node } = await setup(t);
  const answer = await ask({ method: 'POST', url: post.url, payload: { subject: peer, action: 'kicked' } });
  t.is(answer.statusCode, 401);
  t.deepEqual(node.asked, []);
});

test('what was told is in the list that is asked for next', async t => {
  // Building the list takes half a second here, so that an older one goes on being served for a while.
  let time = 0;
  const { ask } = await setup(t, { node: fakeNode(), clock: () => (time += 500) });
  const before = await ask('/api/v1/servers');
  await ask({ ...post, payload: { subject: peer, action: 'kicked' } });
  t.not((await ask('/api/v1/servers')).headers.etag, before.headers.etag);
});
