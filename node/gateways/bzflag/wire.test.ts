import test from 'ava';
import fc from 'fast-check';
import {
  emptied,
  filled,
  formatGameInfo,
  formatList,
  parseGameInfo,
  parseNamePort,
  parseState,
  plainInfo,
} from './wire.ts';

/** Of a server with room for 12, as bzfs told it. */
const hex = '000000100001000000000000000000000c000c000c000c000c000c00c8';
const hello = Buffer.from('BZFS0221\0', 'latin1');
const game = Buffer.from(
  '002c716700000010000c0001000100020003000000000005000c000c000c000c000c00c8000000000000000000000000',
  'hex',
);

test('game information is written as it was read', t => {
  const digits = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 58, maxLength: 58 });
  fc.assert(fc.property(digits, text => formatGameInfo(parseGameInfo(text)!) === text));
  t.like(parseGameInfo(hex), { room: 12, teams: { 0: { players: 0, room: 12 }, 5: { players: 0, room: 200 } } });
});

test('anything else is no game information', t => {
  fc.assert(fc.property(fc.string(), text => text === hex || parseGameInfo(text) === undefined));
  for (const text of ['', hex.slice(1), `${hex}0`, hex.replace('c', 'g'), hex.toUpperCase()])
    t.is(parseGameInfo(text), undefined);
});

test('players come and go, and the rest of a game stays', t => {
  const info = parseGameInfo(hex)!;
  const three = filled(info, 3);
  t.is(three.teams[0]!.players, 3);
  t.deepEqual(emptied(three), info);
  t.is(filled(info, 1_000).teams[0]!.players, 255);
  t.is(formatGameInfo(plainInfo(1_000)).length, 58);
});

for (const [text, expected] of [
  ['203.0.113.7:5155', { name: '203.0.113.7', port: 5155 }],
  ['Play.example.org', { name: 'play.example.org', port: 5154 }],
  [':5154', { name: '', port: 5154 }],
  ['a:0', undefined],
  ['a:65536', undefined],
  ['a b:5154', undefined],
  ['[2001:db8::7]:5154', undefined],
] as const) {
  test(`the place ${JSON.stringify(text)} is ${expected ? formatted(expected) : 'none'}`, t =>
    t.deepEqual(parseNamePort(text), expected));
}

function formatted({ name, port }: { name: string; port: number }): string {
  return `${name || 'the sender’s'}, port ${port}`;
}

test('a state is read in whatever pieces it comes, also behind messages that nobody asked for', t => {
  const time = Buffer.from('000867740000000000000000', 'hex');
  const whole = Buffer.concat([hello, time, game]);
  for (let at = 0; at < whole.length; at++) t.is(parseState(whole.subarray(0, at)), 'more', `${at} bytes`);
  t.deepEqual(parseState(whole), { version: 'BZFS0221', players: 6, room: 12 });
});

test('a server that is full is up, whatever it plays', t => {
  t.deepEqual(parseState(Buffer.from('BZFS0221\xff', 'latin1')), { version: 'BZFS0221', players: null, room: null });
});

test('any bytes are a state, the beginning of one, or nothing', t => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), bytes => void parseState(Buffer.concat([hello, bytes]))));
  for (const text of ['HTTP/1.1 400', 'BZFSxxxx\0', 'SSH-2.0']) t.is(parseState(Buffer.from(text)), undefined);
});

test('a list is one server a line', t => {
  const info = parseGameInfo(hex)!;
  t.is(
    formatList([{ host: '203.0.113.7', port: 5154, version: 'BZFS0221', info, title: 'A title' }]),
    `203.0.113.7:5154 BZFS0221 ${hex} 203.0.113.7 A title\n`,
  );
});
