import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import test from 'ava';
import { Asker, readAnswer } from './ask.ts';

for (const [title, result, expected] of [
  ['numbers', { numplayers: 3, maxplayers: 8, map: 'dm1', ping: 12.4 }, [3, 8, 'dm1', 12]],
  ['numbers as text', { numplayers: '3', maxplayers: '8', map: ' dm1 ', ping: 0 }, [3, 8, 'dm1', 0]],
  ['nonsense', { numplayers: '3x', maxplayers: NaN, map: {}, ping: 'fast' }, [null, null, null, null]],
  ['numbers out of bounds', { numplayers: 100_001, maxplayers: '-1', map: '', ping: -1 }, [null, null, null, null]],
  ['fractions and room for nobody', { numplayers: 1.5, maxplayers: 0, ping: Infinity }, [null, null, null, null]],
  ['hostile text', { numplayers: 0, map: '\u001b[31mdm1\u202e' }, [0, null, '[31mdm1', null]],
  ['nothing', undefined, [null, null, null, null]],
] as const) {
  test(`an answer with ${title} is read strictly`, t => {
    const { players, maxPlayers, map, rttMs } = readAnswer(result);
    t.deepEqual([players, maxPlayers, map, rttMs], [...expected]);
  });
}

test('a long map name is cut', t => {
  t.is(readAnswer({ map: 'x'.repeat(5_000) }).map!.length, 64);
});

test('silence is no answer', async t => {
  const asker = new Asker(100);
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  await t.throwsAsync(asker.ask({ ip: '127.0.0.1', port: socket.address().port, protocol: 'quake3' }));
  socket.close();
  await asker.close();
});

test('parts of a split Valve answer, which could be a bzip2 bomb, never reach gamedig', async t => {
  const socket = createSocket('udp4');
  socket.on('message', (_, from) => {
    const head = Buffer.from([0xfe, 0xff, 0xff, 0xff, 1, 0, 0, 0x80, 1, 0, 0, 5, 0, 0, 0, 1, 0, 0, 0, 0]);
    socket.send(Buffer.concat([head, Buffer.from('BZh9 not even bzip2')]), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const asker = new Asker(200);
  const error = await t.throwsAsync(asker.ask({ ip: '127.0.0.1', port: socket.address().port, protocol: 'valve' }));
  t.regex(error.stack!, /Timed out/);
  socket.close();
  await asker.close();
});
