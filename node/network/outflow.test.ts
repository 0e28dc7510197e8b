// What is passed on, when, and to whom.
import test from 'ava';
import { backlogMax, type Forwarder, floodBacklogMax, heldMax, limitForwarding, type OutflowDeps } from './outflow.ts';

/** A node with the peers `slow` and `quick`, and the tasks that it does later. */
function setup({ backlog = 0, holdMs = 0, random = 0.5, floods = () => false }: Partial<Lab> = {}) {
  const passedOn: string[] = [];
  const waiting: { readonly delayMs: number; readonly task: () => void }[] = [];
  const sentAgain = new Map<string, Set<string>>();
  const having = new Map<string, Set<string>>();
  const delivered: string[] = [];
  const gossip: Forwarder = {
    streamsOutbound: new Map([
      ['slow', { rawStream: { writeBufferLength: backlog } }],
      ['quick', { rawStream: { writeBufferLength: 0 } }],
    ]),
    score: {
      deliveryRecords: {
        getRecord: id => {
          const peers = sentAgain.get(id);
          return peers && { peers };
        },
      },
      deliverMessage: (from, id) => void delivered.push(`${id} of ${from}`),
    },
    idontwants: having,
    selectPeersToForward: (_topic, _from, except) => new Set(['slow', 'quick']).difference(except ?? new Set()),
    sendRpcInBatch: peers => void passedOn.push(...peers),
    forwardMessage() {},
  };
  limitForwarding(gossip, {
    floods,
    holdMs: topic => (topic === 'patient' ? holdMs : 0),
    random: () => random,
    later: (delayMs, task) => void waiting.push({ delayMs, task }),
  });
  const pass = (topic = 'patient', id = 'id') => gossip.forwardMessage(id, { topic }, 'sender');
  return { passedOn, waiting, sentAgain, having, delivered, pass };
}
type Lab = Pick<OutflowDeps, 'floods'> & { backlog: number; holdMs: number; random: number };

for (const [title, backlog, floods, passed] of [
  ['to a peer that reads all', 0, true, true],
  ['of a flood to a peer with some backlog', floodBacklogMax, true, true],
  ['of a flood not to one with more', floodBacklogMax + 1, true, false],
  ['of others to that one', floodBacklogMax + 1, false, true],
  ['of others not to one that reads nothing', backlogMax + 1, false, false],
] as const) {
  test(`a message is passed on ${title}`, t => {
    const { passedOn, pass } = setup({ backlog, floods: peer => peer === 'sender' && floods });
    pass();
    t.deepEqual(passedOn, passed ? ['slow', 'quick'] : ['quick']);
  });
}

test('a message waits by chance, and is not passed on to who sent it meanwhile', t => {
  const { passedOn, waiting, sentAgain, pass } = setup({ holdMs: 20, random: 0.75 });
  pass();
  t.deepEqual(passedOn, []);
  t.deepEqual(
    waiting.map(({ delayMs }) => delayMs),
    [15],
  );
  sentAgain.set('id', new Set(['slow']));
  sentAgain.set('another', new Set(['quick']));
  waiting[0]!.task();
  t.deepEqual(passedOn, ['quick']);
});

test('who said that it has the message gets it no more, and who brought it first is noted for that', t => {
  const { passedOn, waiting, having, delivered, pass } = setup({ holdMs: 20 });
  pass();
  having.set('quick', new Set(['id']));
  having.set('slow', new Set(['another']));
  t.deepEqual(delivered, []);
  waiting[0]!.task();
  t.deepEqual(passedOn, ['slow']);
  t.deepEqual(delivered, ['id of sender']);
});

test('who reads too slowly after the wait gets nothing', t => {
  let floods = false;
  const { passedOn, waiting, pass } = setup({ holdMs: 20, backlog: floodBacklogMax + 1, floods: () => floods });
  pass();
  floods = true;
  waiting[0]!.task();
  t.deepEqual(passedOn, ['quick']);
});

test('on a topic that does not wait it is passed on at once', t => {
  const { passedOn, waiting, pass } = setup({ holdMs: 20 });
  pass('urgent');
  t.deepEqual(passedOn, ['slow', 'quick']);
  t.deepEqual(waiting, []);
});

test('a bounded number of messages waits, further ones are passed on at once', t => {
  const { passedOn, waiting, pass } = setup({ holdMs: 20 });
  for (let n = 0; n < heldMax; n++) pass('patient', `id${n}`);
  t.deepEqual(passedOn, []);
  pass('patient', 'one more');
  t.deepEqual(passedOn, ['slow', 'quick']);
  t.is(waiting.length, heldMax);
  waiting[0]!.task();
  pass('patient', 'and again');
  t.is(waiting.length, heldMax + 1);
});
