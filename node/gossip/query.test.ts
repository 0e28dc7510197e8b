import anyTest, { type ExecutionContext } from 'ava';
import { announcementOf, testNow as now, testList } from '../../test/announcements.ts';
import { utf8 } from '../base/bytes.ts';
import { minute } from '../base/time.ts';
import { ServerList } from '../list/server-list.ts';
import { type Lab, libp2pLab, memoryLab } from '../network/lab.ts';
import type { Answer, Network } from '../network/port.ts';
import type { Verified } from '../records/verified.ts';
import { formatAnswer } from './answer-form.ts';
import { formatBatch } from './batch.ts';
import { Door } from './door.ts';
import {
  FirstPage,
  type FirstPageDeps,
  formatQuery,
  pageItemsMax,
  parseQuery,
  queriesPerMinuteMax,
  queryProtocol,
} from './query.ts';

const pageOf = (blobs: readonly Uint8Array[]) => formatAnswer(formatBatch(blobs), true);

const limits = {
  serversMax: 1_000,
  perAnnouncerMax: 1_000,
  perNetworkMax: 1_000,
  waitingMax: 1_000,
  countPrivateNetworks: true,
};
const protocol = queryProtocol(testList);
const items = Array.from({ length: 250 }, (_, n) => announcementOf(`s${n}`));
const bytesOf = (some: readonly Verified[]) => some.map(({ bytes }) => bytes);

const labs: Record<string, () => Lab> = {
  'in memory': memoryLab,
  'over TCP': () => libp2pLab('/ip4/127.0.0.1/tcp/0'),
};

function test(title: string, run: (t: ExecutionContext, lab: Lab) => Promise<void>): void {
  for (const [where, create] of Object.entries(labs)) {
    anyTest(`${where}: ${title}`, async t => {
      await using lab = create();
      await run(t, lab);
    });
  }
}

/** A list with a door and a first page that is asked for while it is empty. */
function newcomer(network: Network, options: Partial<FirstPageDeps> = {}) {
  const list = new ServerList(limits);
  const came: string[] = [];
  const logged: string[] = [];
  const changed = (changes: readonly { id: string }[]) => came.push(...changes.map(({ id }) => id));
  const deps = { listName: testList, clock: () => now, monotonic: () => now };
  const door = new Door({ ...deps, list, changed, pause: async () => {}, equivocated: () => {} });
  const isWanted = () => list.listed.size === 0;
  const log = (message: string) => void logged.push(message);
  const page = async () => [];
  const firstPage = new FirstPage({ ...deps, network, door, page, isWanted, log, ...options });
  return { list, firstPage, came, logged };
}

const serving = (page: FirstPageDeps['page']) => (network: Network) => void newcomer(network, { page });
const answering = (answer: Answer) => (network: Network) =>
  network.serve(protocol, answer, { requestBytesMax: 10_000 });

test('who has nothing asks the first peer and takes its page, best first, through the door', async (t, lab) => {
  const asked: unknown[] = [];
  const page = async (query: unknown) => {
    asked.push(query);
    return bytesOf(items);
  };
  const peer = await lab.node(serving(page));
  let node: ReturnType<typeof newcomer> | undefined;
  await lab.node(network => {
    node = newcomer(network);
  }, peer);
  await lab.until(() => node!.list.listed.size > 0);
  await node!.firstPage.here;
  t.deepEqual(asked, [{ limit: pageItemsMax }]);
  t.deepEqual(
    node!.came,
    items.slice(0, pageItemsMax).map(({ id }) => id),
    'no more than was asked for',
  );
});

test('who has a list already asks nobody', async (t, lab) => {
  let asked = 0;
  const peer = await lab.node(
    serving(async () => {
      asked++;
      return bytesOf(items);
    }),
  );
  let heard = false;
  const node = await lab.node(network => {
    newcomer(network, { isWanted: () => false });
    network.onPeer(protocol, () => {
      heard = true;
    });
  }, peer);
  await lab.until(() => heard);
  // A question that went out would be there before this one.
  let answered = false;
  void node
    .request(peer.peerId, protocol, formatQuery({ limit: 1 }), { answerBytesMax: 10_000, timeoutMs: 20_000 })
    .then(() => {
      answered = true;
    });
  await lab.until(() => answered);
  t.is(asked, 1);
});

test('a peer that has nothing, or breaks off, is followed by the next', async (t, lab) => {
  const empty = await lab.node(serving(async () => []));
  const broken = await lab.node(
    answering(async () => {
      throw new Error('no');
    }),
  );
  const good = await lab.node(serving(async () => bytesOf(items.slice(0, 3))));
  let node: ReturnType<typeof newcomer> | undefined;
  await lab.node(
    network => {
      node = newcomer(network);
    },
    empty,
    broken,
    good,
  );
  await lab.until(() => node!.list.listed.size > 0);
  await node!.firstPage.here;
  t.is(node!.list.listed.size, 3);
});

const forged = { ...items[1]!.announcement, name: 'Somebody else' };
const forgedBytes = utf8(`${JSON.stringify(forged, null, 2)}\n`);
const foreign = announcementOf('s1', { list: 'another' });

for (const [title, answer, code, taken] of [
  ['more announcements than were asked for', pageOf(bytesOf(items.slice(0, 4))), 'BAD_BATCH', 0],
  ['more bytes than so many announcements take', new Uint8Array(3 * 2_050 + 2), 'TOO_LARGE', 0],
  ['no form that is known', utf8('<html>'), 'BAD_ANSWER', 0],
  ['no batch', Uint8Array.of(0, ...utf8('<html>')), 'BAD_BATCH', 0],
  ['a forged announcement', pageOf([items[0]!.bytes, forgedBytes, items[2]!.bytes]), 'BAD_SIGNATURE', 1],
  ['an announcement of another list', pageOf([foreign.bytes, items[2]!.bytes]), 'BAD_SIGNATURE', 0],
  ['something other than an announcement', pageOf([utf8('{}')]), 'BAD_FIELD', 0],
] as const) {
  test(`a page with ${title} is refused from there on`, async (t, lab) => {
    const peer = await lab.node(answering(async () => answer));
    let node: ReturnType<typeof newcomer> | undefined;
    await lab.node(network => {
      node = newcomer(network, { isWanted: () => false });
    }, peer);
    let failure: { code?: string } | undefined;
    node!.firstPage.ask(peer.peerId, { limit: 3 }).catch(error => {
      failure = error;
    });
    await lab.until(() => failure !== undefined);
    t.is(failure!.code, code);
    t.is(node!.list.listed.size, taken);
  });
}

test('an announcement that a page names twice is taken once', async (t, lab) => {
  const [one] = items;
  const peer = await lab.node(answering(async () => pageOf([one!.bytes, one!.bytes, one!.bytes])));
  let node: ReturnType<typeof newcomer> | undefined;
  await lab.node(network => {
    node = newcomer(network, { isWanted: () => false });
  }, peer);
  let taken: number | undefined;
  void node!.firstPage.ask(peer.peerId, { limit: 3 }).then(count => {
    taken = count;
  });
  await lab.until(() => taken !== undefined);
  t.is(taken, 1);
});

anyTest('a peer may ask so many times a minute, and others beside it', async t => {
  let time = now;
  let answer: Answer | undefined;
  const network = {
    serve: (_: string, its: Answer) => {
      answer = its;
    },
    onPeer: () => {},
  } as unknown as Network;
  newcomer(network, { monotonic: () => time, page: async () => bytesOf(items.slice(0, 2)) });
  const ask = (peer: string) => answer!(formatQuery({ limit: 1 }), peer);
  for (let i = 0; i < queriesPerMinuteMax; i++) t.deepEqual(await ask('a'), pageOf(bytesOf(items.slice(0, 1))));
  await t.throwsAsync(ask('a'), { code: 'TOO_OFTEN' });
  await t.notThrowsAsync(ask('b'));
  time += minute;
  await t.notThrowsAsync(ask('a'));
});

for (const query of [{ limit: 1 }, { game: 'openarena', limit: 200 }, { game: 'a', filter: 'players>0', limit: 7 }]) {
  anyTest(`the query ${JSON.stringify(query)} is read as it was written`, t => {
    t.deepEqual(parseQuery(formatQuery(query)), { ok: true, value: query });
  });
}

for (const [title, text, field] of [
  ['is not JSON', '{', 'query'],
  ['is a list', '[]', 'limit'],
  ['is null', 'null', 'query'],
  ['has no limit', '{}', 'limit'],
  ['wants nothing', '{"limit":0}', 'limit'],
  ['wants too many', `{"limit":${pageItemsMax + 1}}`, 'limit'],
  ['wants half a server', '{"limit":1.5}', 'limit'],
  ['names a game by a number', '{"limit":1,"game":7}', 'game'],
  ['names a game that is too long', `{"limit":1,"game":"${'a'.repeat(65)}"}`, 'game'],
  ['has a filter that is no text', '{"limit":1,"filter":{}}', 'filter'],
  ['has a filter that cannot be read', '{"limit":1,"filter":"players>many"}', 'filter'],
  ['asks for something else as well', '{"limit":1,"all":true}', 'all'],
] as const) {
  anyTest(`a query that ${title} is refused`, t => {
    const read = parseQuery(utf8(text));
    t.like(read, { ok: false, code: 'BAD_QUERY', field });
  });
}
