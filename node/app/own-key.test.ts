// A store whose key was lost: what it announced was signed by another.
import test from 'ava';
import { signerOf, testList, testNow } from '../../test/announcements.ts';
import type { RollcallError } from '../base/errors.ts';
import { hour, second } from '../base/time.ts';
import { Door } from '../gossip/door.ts';
import type { Write } from '../history/store.ts';
import { ServerList } from '../list/server-list.ts';
import { OwnServers } from './own.ts';

const lifetimeMs = 12 * hour;
const [before, after] = [signerOf(1), signerOf(2)];
const server = (name: string) => ({ game: 'openarena', name, addresses: ['203.0.113.7:27960'], server: name });

/** Two servers announced by one key, and an hour later the same store with another key. */
async function setup() {
  let now = testNow;
  const stored = new Map<string, Uint8Array>();
  const list = new ServerList({
    ...{ serversMax: 100, perAnnouncerMax: 100, perNetworkMax: 100, waitingMax: 100 },
    countPrivateNetworks: true,
  });
  const clock = () => now;
  const quiet = { changed: () => {}, equivocated: () => {}, pause: async () => {} };
  const store = {
    async write(writes: readonly Write[]) {
      for (const write of writes) {
        if ('put' in write) stored.set(write.put, write.value);
        else stored.delete(write.del);
      }
    },
    entries: async function* () {
      yield* stored;
    },
  };
  const door = new Door({ list, listName: testList, clock, ...quiet });
  const ownBy = (signer: typeof before) =>
    new OwnServers({ store, signer, listName: testList, lifetimeMs, clock, list, door, send: () => {} });
  await ownBy(before).announceAll([server('eu-1'), server('eu-2')]);
  now += hour;
  const own = ownBy(after);
  await own.resume();
  const listed = () =>
    [...list.listed.values()]
      .map(({ announcement: { announcer, server, state } }) => [server, announcer, state])
      .sort(([a], [b]) => (a! < b! ? -1 : 1));
  const wait = (ms: number) => {
    now += ms;
    list.tick(now);
    return own.renew();
  };
  return { own, listed, stored, wait };
}

test('what another key announced cannot be withdrawn: who can take it off is said, and it is not renewed any more', async t => {
  const { own, listed, wait } = await setup();
  const error = await t.throwsAsync<RollcallError>(own.withdraw('eu-1'), { code: 'OTHER_KEY' });
  t.regex(error!.message, new RegExp(`^eu-1 .*${before.peerId}.* until 20..-..-.. ..:.. UTC, `));
  t.regex(error!.remedy!, new RegExp(`deny add --announcer ${before.peerId}.*--deny-announcer ${before.peerId}`));
  await wait(0);
  t.deepEqual(
    listed(),
    [
      ['eu-1', before.peerId, 'up'],
      ['eu-2', before.peerId, 'up'],
    ],
    'no word of the new key, and none twice',
  );
  await wait(lifetimeMs - hour);
  t.deepEqual(listed(), [['eu-2', after.peerId, 'up']], 'only the other one goes on, when the old word has run out');
});

test('of many, those that another key announced are not renewed any more', async t => {
  const { own, listed, stored, wait } = await setup();
  await own.announce(server('eu-3'));
  await own.withdrawAll(['eu-1', 'eu-3']);
  t.deepEqual([...stored.keys()].sort(), ['eu-2', 'eu-3']);
  await wait(lifetimeMs - hour + second);
  t.deepEqual(
    listed().filter(([, , state]) => state === 'up'),
    [['eu-2', after.peerId, 'up']],
  );
});
