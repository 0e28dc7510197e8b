import test from 'ava';
import { fuzz } from '../../../test/gateway-fuzz.ts';
import { fuzzTargets } from '../../../test/gateway-targets.ts';
import { replay, transcripts } from '../../../test/gateway-transcripts.ts';
import { at, GatewayWorld, recorded } from '../../../test/gateways.ts';
import { second } from '../../base/time.ts';
import { type ChallengeBook, Challenges } from '../challenges.ts';
import { questions06, TeeMaster } from './master.ts';
import { teeworlds, teeworlds06 } from './teeworlds.ts';
import { formatTokenRequest, formatWord, header, packetBytesMax, type Version, type Word } from './wire.ts';

const recordings = await transcripts('teeworlds');
const server = at('8.8.8.8:8303');
const own = Buffer.from('abcd');
const text = (...words: (string | number)[]) => Buffer.from(words.map(word => `${word}\0`).join(''));
const ints = (...numbers: number[]) => Buffer.from(numbers);

function setup(version: Version, book?: ChallengeBook) {
  const { name, timeoutMs } = version === '0.7' ? teeworlds : teeworlds06;
  const world = new GatewayWorld(name, timeoutMs);
  const length = version === '0.7' ? 8 : 2;
  const secret = Buffer.alloc(32, 1);
  const lifetimeMs = 2 * second;
  const tokens = book ?? new Challenges({ secret, monotonic: () => world.now, lifetimeMs, length, encoding: 'hex' });
  const udp = world.udp({ packetBytesMax, receive: exchange => master.receive(exchange) });
  const master: TeeMaster = new TeeMaster(world.deps, version, tokens);
  world.every(() => master.tick());
  const sent = () => world.sent.splice(0).map(({ bytes }) => bytes);
  /** Says something as a program does that has asked for a token, and gives what came back. */
  const say = async (word: Word, body?: Uint8Array, from = server) => {
    let head = header();
    if (version === '0.7') {
      udp.message(formatTokenRequest(own), from);
      head = header(sent()[0]!.subarray(8), own);
    }
    udp.message(formatWord(head, word, body), from);
    await world.settle();
    return sent();
  };
  /** All that a server does every 15 s; gives the last word that it was told. */
  const register = async (name = 'Bob', from = server) => {
    let [answer] = await say('bea2', Buffer.from([0x20, 0x6f]), from);
    for (let i = 0; answer?.includes('gie3') && i < questions06; i++) {
      const info06 = text(answer.at(-1)!, '0.6.5', name, 'dm1', 'DM', 0, 2, 8, 3, 12);
      const info07 = Buffer.concat([ints(0), text('0.7.5', name, '', 'dm1', 'DM'), ints(0, 0, 2, 8, 3, 12)]);
      [answer] = await say('inf3', version === '0.6' ? info06 : info07, from);
    }
    return answer?.toString('latin1').slice(-4);
  };
  return { world, master, udp, say, register, sent };
}

for (const version of ['0.6', '0.7'] as const) {
  const family = version === '0.7' ? 'teeworlds' : 'teeworlds06';
  const game = version === '0.7' ? 'teeworlds' : 'teeworlds-0.6';

  test(`${version}: a server that answers what it is asked is announced under its own name`, async t => {
    const { world, register } = setup(version);
    t.is(await register('Bob’s'), 'fwok');
    t.deepEqual(world.announced.get(`${family}-8.8.8.8-8303`), {
      server: `${family}-8.8.8.8-8303`,
      addresses: ['8.8.8.8:8303'],
      game,
      name: 'Bob’s',
      version: version === '0.7' ? '0.7.5' : '0.6.5',
      tags: [],
      attributes: { gametype: 'DM', gateway: family, protocol: version },
    });
  });

  test(`${version}: an address that nobody can join is told so`, async t => {
    const { world, register } = setup(version);
    t.is(await register('Bob', at('203.0.113.7:8303')), 'fwer');
    t.is(world.said.length, 0);
  });

  test(`${version}: a server that is heard of no more is withdrawn after 90 s`, async t => {
    const { world, register } = setup(version);
    await register();
    await world.pass(89 * second);
    t.is(world.announced.size, 1);
    await world.pass(second);
    t.is(world.announced.size, 0);
  });

  test(`${version}: a server that a probe found silent is withdrawn when its next word does not come`, async t => {
    const { world, master, register } = setup(version);
    await register();
    master.recheck(server);
    await world.pass(15 * second);
    await register();
    await world.pass(15 * second);
    t.is(world.announced.size, 1, 'it spoke');
    master.recheck(server);
    await world.pass(20 * second);
    t.is(world.announced.size, 0);
  });

  test(`${version}: 100 servers take two packets, and their number one`, async t => {
    const { world, say } = setup(version);
    for (let i = 0; i < 99; i++) world.list(`s${i}`, { game, addresses: [`8.8.4.${i + 1}:8303`] });
    world.list('v6', { game, addresses: ['[2a01:4f8::7]:8303', 'play.example.org:8303'] });
    world.list('other', { game: 'openarena', addresses: ['8.8.4.4:27960'] });
    const [size] = await say('cou2');
    t.is(size!.readUInt16BE(size!.length - 2), 100);
    const packets = await say('req2');
    const begin = version === '0.7' ? 17 : 14;
    t.deepEqual(
      packets.map(packet => (packet.length - begin) / 18),
      [75, 25],
    );
    t.true(packets.every(packet => packet.length <= packetBytesMax));
    t.is(packets[0]!.subarray(begin, begin + 18).toString('hex'), '00000000000000000000ffff08080401206f');
  });

  test(`${version}: an answer to what was never asked lists nobody`, async t => {
    const { world, say } = setup(version, { issue: () => '00'.repeat(4), holds: () => false });
    await say('inf3', text(7, '0.6.5', 'Bob', 'dm1', 'DM', 0, 2, 8, 3, 12));
    t.is(world.said.length, 0);
    t.is(world.counters.get('challenge-failed'), 1);
  });

  test(`${version}: 10,000 mutated datagrams: no crash, nothing listed, no answer larger than its question`, async t => {
    const report = await fuzz(fuzzTargets[family]!(), 10_000);
    t.like(report, { packets: 10_000, larger: 0, overtold: 0, announced: 0 });
    t.true(report.answers > 100, JSON.stringify(report));
  });
}

test('0.6: one right guess of a byte is not enough, and a wrong one begins anew', async t => {
  const { world, say } = setup('0.6');
  const info = (token: number) => text(token, '0.6.5', 'Bob', 'dm1', 'DM', 0, 2, 8, 3, 12);
  let [question] = await say('bea2', Buffer.from([0x20, 0x6f]));
  const first = question!.at(-1)!;
  for (let i = 1; i < questions06; i++) [question] = await say('inf3', info(question!.at(-1)!));
  t.deepEqual(await say('inf3', info(question!.at(-1)! ^ 1)), []);
  t.is(world.said.length, 0);
  const [again] = await say('inf3', info(first));
  t.true(again!.includes('gie3'), 'from the first question on');
});

test('0.6: how many play does not stay in a name', async t => {
  const { world, register } = setup('0.6');
  await register('Bob [12/64]');
  t.is(world.announced.get('teeworlds06-8.8.8.8-8303')?.name, 'Bob');
});

test('0.7: a token is good for its address only', async t => {
  const { world, udp, sent } = setup('0.7');
  udp.message(formatTokenRequest(own), server);
  const token = sent()[0]!.subarray(8);
  udp.message(formatWord(header(token, own), 'cou2'), at('8.8.4.4:8303'));
  t.deepEqual(sent(), []);
  t.is(world.counters.get('challenge-failed'), 1);
});

test('clients of each version are told the servers that speak it', async t => {
  const { world, say } = setup('0.7');
  world.list('a', { game: 'ddnet', addresses: ['8.8.8.1:8303'], attributes: { protocol: '0.6 0.7' } });
  world.list('b', { game: 'ddnet', addresses: ['8.8.8.2:8303'] });
  world.list('c', { game: 'teeworlds', addresses: ['8.8.8.3:8303', '8.8.8.1:8303'] });
  const [size] = await say('cou2');
  t.is(size!.readUInt16BE(size!.length - 2), 2, 'an address that two announcements name counts once');
});

for (const transcript of recordings) {
  test(`${transcript.title}: byte for byte as recorded`, async t => {
    const version = transcript.title.includes('0.6') ? '0.6' : '0.7';
    const { world, udp } = setup(version, recorded(transcript.challenge!));
    await replay(t, transcript, world, { udp: (from, bytes) => udp.message(bytes, from) });
  });
}
