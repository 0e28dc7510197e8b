// What is passed on to peers that are slow to read.
import test from 'ava';
import { backlogMax, type Forwarder, floodBacklogMax, limitForwarding } from './outflow.ts';

for (const [title, backlog, floods, passed] of [
  ['to a peer that reads all', 0, true, true],
  ['of a flood to a peer with some backlog', floodBacklogMax, true, true],
  ['of a flood not to one with more', floodBacklogMax + 1, true, false],
  ['of others to that one', floodBacklogMax + 1, false, true],
  ['of others not to one that reads nothing', backlogMax + 1, false, false],
] as const) {
  test(`a message is passed on ${title}`, t => {
    const passedOn: string[] = [];
    const gossip: Forwarder = {
      streamsOutbound: new Map([
        ['slow', { rawStream: { writeBufferLength: backlog } }],
        ['quick', { rawStream: { writeBufferLength: 0 } }],
      ]),
      forwardMessage(_id, _message, _from, exclude) {
        for (const peer of this.streamsOutbound.keys()) if (!exclude?.has(peer)) passedOn.push(peer);
      },
    };
    limitForwarding(gossip, peer => peer === 'sender' && floods);
    gossip.forwardMessage('id', {}, 'sender');
    t.deepEqual(passedOn, passed ? ['slow', 'quick'] : ['quick']);
  });
}
