// What every network must do, over libp2p as well as in memory.
import anyTest, { type ExecutionContext } from 'ava';
import { accept, ignore, reject, type Verdict } from '../base/verdict.ts';
import { type Lab, labTopics, libp2pLab, memoryLab } from './lab.ts';
import type { Network } from './port.ts';

const topic = labTopics[0]!;
const protocol = '/rollcall/lab/echo/1';
/** No test but one is about running out of time. */
const limits = { answerBytesMax: 1_000, timeoutMs: 20_000 };

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const bytes = (content: string): Uint8Array => new Uint8Array(Buffer.from(content));

const labs: Record<string, () => Lab> = {
  'in memory': memoryLab,
  'over TCP': () => libp2pLab('/ip4/127.0.0.1/tcp/0'),
  'over WebSocket': () => libp2pLab('/ip4/127.0.0.1/tcp/0/ws'),
};

function test(title: string, run: (t: ExecutionContext, lab: Lab) => Promise<void>): void {
  for (const [where, create] of Object.entries(labs)) {
    anyTest(`${where}: ${title}`, async t => {
      await using lab = create();
      await run(t, lab);
    });
  }
}

/** Three nodes in a line, each noting what it was asked to judge; `verdict` is the middle one's. */
async function line(lab: Lab, verdict: (content: string) => Verdict = () => accept) {
  const judged: Record<'a' | 'b' | 'c', string[]> = { a: [], b: [], c: [] };
  const joined = (name: 'a' | 'b' | 'c') => (network: Network) => {
    network.join(topic, async data => {
      if (text(data).startsWith('warm-up')) return accept;
      judged[name].push(text(data));
      return name === 'b' ? verdict(text(data)) : accept;
    });
    let warm = false;
    network.join(labTopics[1]!, async () => {
      warm = true;
      return accept;
    });
    return () => warm;
  };
  const warm: (() => boolean)[] = [];
  const b = await lab.node(network => warm.push(joined('b')(network)));
  const a = await lab.node(network => warm.push(joined('a')(network)), b);
  const c = await lab.node(network => warm.push(joined('c')(network)), b);
  // The topics are joined together: what passes on the second one from either end will pass on the first.
  let count = 0;
  await lab.until(() => {
    void a.publish(labTopics[1]!, bytes(`warm-up ${count++}`));
    void c.publish(labTopics[1]!, bytes(`warm-up ${count++}`));
    return warm.every(is => is());
  });
  return {
    a,
    b,
    c,
    judged,
    scoreOf: (at: Network, of: Network) => at.peers().find(p => p.peerId === of.peerId)!.score,
  };
}

test('a message reaches every node of a line and is judged once by each', async (t, lab) => {
  const { a, c, judged } = await line(lab);
  await a.publish(topic, bytes('one'));
  await c.publish(topic, bytes('two'));
  await a.publish(topic, bytes('one'));
  await lab.until(() => judged.b.length === 2 && judged.a.length === 1 && judged.c.length === 1);
  t.deepEqual(judged.c, ['one']);
  t.deepEqual(judged.a, ['two']);
  t.deepEqual(judged.b.toSorted(), ['one', 'two']);
});

test('a rejected message goes no further and costs the one who sent it', async (t, lab) => {
  const { a, b, c, judged, scoreOf } = await line(lab, content => (content === 'bad' ? reject('BAD') : accept));
  const before = scoreOf(b, a);
  await a.publish(topic, bytes('bad'));
  await a.publish(topic, bytes('good'));
  await lab.until(() => judged.c.includes('good') && scoreOf(b, a) < before - 50);
  t.deepEqual(judged.c, ['good']);
  t.true(scoreOf(b, c) >= 0);
  await a.publish(topic, bytes('good again'));
  await lab.until(() => judged.c.includes('good again'));
});

test('a peer that keeps sending invalid messages is not heard any more', async (t, lab) => {
  const { a, b, judged, scoreOf } = await line(lab, content => (content.startsWith('bad') ? reject('BAD') : accept));
  let sent = 0;
  await lab.until(() => {
    if (judged.b.length === sent) void a.publish(topic, bytes(`bad ${sent++}`));
    return scoreOf(b, a) < -2_500;
  });
  t.true(judged.b.length >= 5);
});

test('an ignored message goes no further and costs nothing', async (t, lab) => {
  const { a, b, judged, scoreOf } = await line(lab, content => {
    if (content === 'broken') throw new Error('the judge fails');
    return content === 'stale' ? ignore('STALE') : accept;
  });
  await a.publish(topic, bytes('stale'));
  await a.publish(topic, bytes('broken'));
  await a.publish(topic, bytes('fresh'));
  await lab.until(() => judged.c.includes('fresh'));
  t.deepEqual(judged.c, ['fresh']);
  t.true(scoreOf(b, a) >= 0);
});

test('publishing works while nobody listens, and refuses what is too large', async (t, lab) => {
  const a = await lab.node();
  await t.notThrowsAsync(a.publish(topic, bytes('hello?')));
  await t.throwsAsync(a.publish(topic, new Uint8Array(200_000)), { code: 'TOO_LARGE' });
});

/** Settles a promise in a lab whose clock must be moved. */
async function settled<T>(lab: Lab, promise: Promise<T>): Promise<T> {
  let done = false;
  const end = (): void => {
    done = true;
  };
  promise.then(end, end);
  await lab.until(() => done);
  return promise;
}

test('a request is answered by whom it was sent to, also an empty one and a large one', async (t, lab) => {
  const b = await lab.node(network => {
    network.serve(protocol, async (body, from) => bytes(`${from} said ${text(body)}`), { requestBytesMax: 100 });
    network.serve('/rollcall/lab/large/1', async body => new Uint8Array(body.length * 10).fill(7), {
      requestBytesMax: 300_000,
    });
  });
  const a = await lab.node(undefined, b);
  t.is(text(await settled(lab, a.request(b.peerId, protocol, bytes('hello'), limits))), `${a.peerId} said hello`);
  t.is(text(await settled(lab, a.request(b.peerId, protocol, bytes(''), limits))), `${a.peerId} said `);
  const large = { answerBytesMax: 3_000_000, timeoutMs: 20_000 };
  const answer = await settled(lab, a.request(b.peerId, '/rollcall/lab/large/1', new Uint8Array(300_000), large));
  t.is(answer.length, 3_000_000);
  t.true(answer.every(byte => byte === 7));
});

test('a node may ask the one who dialled it, many times at once', async (t, lab) => {
  const b = await lab.node();
  const a = await lab.node(network => network.serve(protocol, async body => body, { requestBytesMax: 100 }), b);
  const all = Array.from({ length: 20 }, (_, index) => b.request(a.peerId, protocol, bytes(`${index}`), limits));
  t.deepEqual(
    (await settled(lab, Promise.all(all))).map(text),
    Array.from({ length: 20 }, (_, index) => `${index}`),
  );
});

test('limits of size hold on both sides', async (t, lab) => {
  let asked = 0;
  const b = await lab.node(network =>
    network.serve(
      protocol,
      async body => {
        asked++;
        return new Uint8Array(body.length * 100);
      },
      { requestBytesMax: 100 },
    ),
  );
  const a = await lab.node(undefined, b);
  const ask = (length: number) => settled(lab, a.request(b.peerId, protocol, new Uint8Array(length), limits));
  t.is((await ask(10)).length, 1_000);
  await t.throwsAsync(ask(11), { code: 'TOO_LARGE' });
  t.is(asked, 2);
  await t.throwsAsync(ask(101), { code: 'PEER_GONE' });
  t.is(asked, 2);
  t.is((await ask(1)).length, 100);
});

test('a request that is not answered in time, is not understood or fails there is an error with a code', async (t, lab) => {
  const b = await lab.node(network => {
    network.serve(protocol, () => new Promise(() => {}), { requestBytesMax: 100 });
    network.serve('/rollcall/lab/broken/1', () => Promise.reject(new Error('broken')), { requestBytesMax: 100 });
  });
  const a = await lab.node(undefined, b);
  const ask = (peer: string, name: string, timeoutMs = 20_000) =>
    settled(lab, a.request(peer, name, bytes('x'), { answerBytesMax: 10, timeoutMs }));
  await t.throwsAsync(ask(b.peerId, protocol, 300), { code: 'TIMED_OUT' });
  await t.throwsAsync(ask(b.peerId, '/rollcall/lab/unheard-of/1'), { code: 'UNSUPPORTED' });
  await t.throwsAsync(ask(b.peerId, '/rollcall/lab/broken/1'), { code: 'PEER_GONE' });
  await t.throwsAsync(ask('12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X', protocol), { code: 'PEER_GONE' });
  await t.throwsAsync(ask('nobody', protocol), { code: 'PEER_GONE' });
});

test('a request ends when the peer goes away, and the peer is reported as gone', async (t, lab) => {
  let asked = false;
  const b = await lab.node(network =>
    network.serve(
      protocol,
      () => {
        asked = true;
        return new Promise(() => {});
      },
      { requestBytesMax: 100 },
    ),
  );
  const gone: string[] = [];
  const a = await lab.node(network => network.onLeave(peer => gone.push(peer)), b);
  let code = '';
  a.request(b.peerId, protocol, bytes('x'), { answerBytesMax: 10, timeoutMs: 60_000 }).catch(error => {
    code = error.code;
  });
  await lab.until(() => asked);
  await lab.stop(b);
  await lab.until(() => code !== '' && gone.length > 0);
  t.is(code, 'PEER_GONE');
  t.deepEqual(gone, [b.peerId]);
  t.deepEqual(a.peers(), []);
});

test('each side hears of a peer that speaks a protocol, also when it asks later', async (t, lab) => {
  const met: string[] = [];
  const speaks = (name: string) => (network: Network) => {
    network.serve(protocol, async body => body, { requestBytesMax: 100 });
    network.onPeer(protocol, peer => met.push(`${name} met ${peer}`));
    network.onPeer('/rollcall/lab/unheard-of/1', () => t.fail('nobody speaks it'));
  };
  const b = await lab.node(speaks('b'));
  const a = await lab.node(speaks('a'), b);
  await lab.until(() => met.length === 2);
  const late: string[] = [];
  a.onPeer(protocol, peer => late.push(peer));
  await lab.until(() => late.length === 1);
  t.deepEqual(met.toSorted(), [`a met ${b.peerId}`, `b met ${a.peerId}`]);
  t.deepEqual(late, [b.peerId]);
});

test('a node tells who is connected, who dialled and how far away they are', async (t, lab) => {
  const b = await lab.node();
  const a = await lab.node(undefined, b);
  await lab.until(() => [a, b].every(node => node.peers()[0]?.agent != null && node.peers()[0]!.rttMs !== null));
  const [[atA], [atB]] = [a.peers(), b.peers()];
  t.like(atA, { peerId: b.peerId, direction: 'outbound' });
  t.like(atB, { peerId: a.peerId, direction: 'inbound' });
  t.regex(atA!.agent!, /^rollcall\//);
  t.true(atA!.rttMs! >= 0);
  t.true(a.addresses()[0]!.endsWith(`/p2p/${a.peerId}`));
});

test('a peer whose karma falls below the threshold is hung up on and not let in again', async (t, lab) => {
  const karma = new Map<string, number>();
  const esteem = { karma: (peer: string) => karma.get(peer) ?? 0, preferred: () => false, refuseBelow: -0.5 };
  const b = await lab.judging(esteem);
  const a = await lab.node(undefined, b);
  const c = await lab.node(undefined, b);
  const isPeer = (peer: Network): boolean => b.peers().some(({ peerId }) => peerId === peer.peerId);
  karma.set(c.peerId, -0.5);
  karma.set(a.peerId, -0.51);
  await lab.until(() => !isPeer(a) && a.peers().length === 0);
  const { karma: refused } = b.turnedAway();
  t.true(refused >= 1);
  // It dials again, and is refused at the door.
  await lab.until(() => b.turnedAway().karma > refused);
  t.false(isPeer(a));
  t.true(isPeer(c), 'at the threshold there is still a connection');
});

test('a peer of too little karma is not dialled, a preferred one is, whatever its karma', async (t, lab) => {
  const [a, b, c] = [await lab.node(), await lab.node(), await lab.node()];
  const karma = new Map([
    [b.peerId, -1],
    [c.peerId, -1],
  ]);
  const esteem = {
    karma: (peer: string) => karma.get(peer) ?? 0,
    preferred: (peer: string) => peer === c.peerId,
    refuseBelow: -0.5,
  };
  const d = await lab.judging(esteem, b, a, c);
  const peers = (): string[] => d.peers().map(({ peerId }) => peerId);
  await lab.until(() => peers().length === 2);
  t.deepEqual(peers().toSorted(), [a.peerId, c.peerId].toSorted());
  karma.delete(b.peerId);
  await lab.until(() => peers().length === 3);
});
