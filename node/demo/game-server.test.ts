import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import test from 'ava';
import { minute } from '../base/time.ts';
import { Asker } from '../probe/ask.ts';
import { startGameServer } from './game-server.ts';
import { protocols } from './game-server-protocols.ts';

const state = { name: 'Bob', map: 'q3dm17', maxPlayers: 16, players: 3 };
const bytes = (text: string) => Buffer.from(text, 'latin1');

for (const [protocol, gamedig] of [
  ['quake3', 'quake3'],
  ['a2s', 'valve'],
] as const) {
  test(`gamedig understands the ${protocol} answers, also after a change`, async t => {
    await using server = await startGameServer({ protocol, ...state });
    const asker = new Asker(minute);
    t.teardown(() => asker.close());
    const question = { ip: '127.0.0.1', port: Number(server.address.split(':')[1]), protocol: gamedig };
    const { rttMs, ...seen } = await asker.ask(question);
    t.deepEqual(seen, { players: 3, maxPlayers: 16, map: 'q3dm17' });
    t.true(rttMs !== null && rttMs >= 0);
    server.set({ players: 12, map: 'ctf_gate1' });
    t.like(await asker.ask(question), { players: 12, maxPlayers: 16, map: 'ctf_gate1' });
    t.true(server.answered() >= 2);
  });
}

test('the challenge of getinfo comes back', t => {
  const answer = protocols.quake3()(bytes('\xff\xff\xff\xffgetinfo 6b57f80e3928'), '', state);
  t.is(
    answer!.toString('latin1'),
    '\xff\xff\xff\xffinfoResponse\n\\protocol\\71\\gamename\\Quake3Arena\\mapname\\q3dm17\\sv_maxclients\\16' +
      '\\hostname\\Bob\\clients\\3\\challenge\\6b57f80e3928\n',
  );
});

for (const question of [
  '',
  'getstatus',
  '\xff\xff\xff\xff',
  '\xff\xff\xff\xffrcon x quit',
  `\xff\xff\xff\xffgetinfo ${'x'.repeat(300)}`,
]) {
  test(`the Quake III server keeps silent at ${JSON.stringify(question.slice(0, 20))}`, t => {
    t.is(protocols.quake3()(bytes(question), '', state), undefined);
  });
}

test('a full server still answers within one packet, and text cannot add fields', t => {
  const full = { ...state, name: 'a\\clients\\0', players: 1_000 };
  const answer = protocols.quake3()(bytes('\xff\xff\xff\xffgetstatus'), '', full)!;
  t.true(answer.length <= 1_200);
  t.true(answer.toString().includes('\\sv_hostname\\a clients 0\n'));
});

test('A2S answers at length only who returns the challenge for his own address', t => {
  const answerTo = protocols.a2s();
  const question = bytes('\xff\xff\xff\xffTSource Engine Query\0');
  const challenge = answerTo(question, '127.0.0.1:1', state)!;
  t.is(challenge.length, 9);
  t.is(challenge[4], 'A'.charCodeAt(0));
  const again = Buffer.concat([question, challenge.subarray(5)]);
  t.is(answerTo(again, '127.0.0.1:1', state)![4], 'I'.charCodeAt(0));
  t.is(answerTo(again, '127.0.0.1:2', state)![4], 'A'.charCodeAt(0));
  t.is(answerTo(Buffer.concat([again, Buffer.alloc(9)]), '127.0.0.1:1', state), undefined);
});

test('close frees the port and may be called twice', async t => {
  const server = await startGameServer({ protocol: 'quake3', ...state });
  await server.close();
  await server.close();
  const socket = createSocket('udp4').bind(Number(server.address.split(':')[1]), '127.0.0.1');
  await once(socket, 'listening');
  t.pass();
  socket.close();
});
