import test from 'ava';
import fc from 'fast-check';
import { at } from '../../../test/gateways.ts';
import { parseInfo } from './info.ts';
import { parseAnswer06 } from './probe.ts';
import {
  formatEntry,
  formatToken,
  formatTokenRequest,
  formatWord,
  header,
  parse,
  parseTokenAnswer,
  tokenRequestBytes,
} from './wire.ts';

const own = Buffer.from('abcd');
const token = Buffer.from('0a1b2c3d', 'hex');
const text = (...words: (string | number)[]) => Buffer.from(words.map(word => `${word}\0`).join(''));
const said06 = text(7, '0.6.5', 'Bob', 'dm1', 'DM', 1, 2, 8, 3, 12);
const said07 = Buffer.concat([
  Buffer.from([0]),
  text('0.7.5', 'Bob', 'host', 'dm1', 'DM'),
  Buffer.from([1, 0, 2, 8, 3, 12]),
]);

test('any bytes are read or are nothing, and never an exception', t => {
  const bytes = fc.uint8Array({ maxLength: 1_400 }).map(it => Buffer.from(it));
  fc.assert(
    fc.property(bytes, fc.constantFrom('0.6' as const, '0.7' as const), (it, version) => {
      parse(it, version);
      parseInfo(it, version);
      parseInfo(it, 'iext');
      parseAnswer06(Buffer.concat([Buffer.alloc(10, 0xff), Buffer.from('inf3'), it]));
      parseTokenAnswer(it, own);
    }),
  );
  t.pass();
});

test('words are read as they were put together, in both versions', t => {
  const word = fc.constantFrom('bea2' as const, 'cou2' as const, 'req2' as const, 'inf3' as const);
  fc.assert(
    fc.property(word, fc.uint8Array({ maxLength: 300 }), (it, body) => {
      const in06 = parse(formatWord(header(), it, body), '0.6');
      const in07 = parse(formatWord(header(token, own), it, body), '0.7');
      return (
        in06?.kind === 'word' &&
        in07?.kind === 'word' &&
        in06.word === it &&
        in07.word === it &&
        in06.body.equals(body) &&
        in07.body.equals(body) &&
        in07.token === '0a1b2c3d' &&
        in07.own.equals(own)
      );
    }),
  );
  t.pass();
});

test('a token is asked for with padding, and answered with less than came', t => {
  const request = formatTokenRequest(own);
  t.is(request.length, tokenRequestBytes);
  t.deepEqual(parse(request, '0.7'), { kind: 'token', own });
  t.deepEqual(parseTokenAnswer(formatToken(own, token), own), token);
  t.is(parseTokenAnswer(formatToken(own, token), Buffer.from('else')), undefined);
  t.is(parse(request.subarray(0, -1), '0.7'), undefined);
});

test('one version is nothing in the other', t => {
  t.is(parse(formatWord(header(), 'cou2'), '0.7'), undefined);
  t.is(parse(formatWord(header(token, own), 'cou2'), '0.6'), undefined);
  t.is(parse(formatTokenRequest(own), '0.6'), undefined);
});

for (const [address, hex] of [
  ['203.0.113.7:8303', '00000000000000000000ffffcb007107206f'],
  ['[2001:db8::7]:8304', '20010db80000000000000000000000072070'],
] as const) {
  test(`${address} takes 18 bytes in a list`, t => t.is(formatEntry(at(address)).toString('hex'), hex));
}

const longer = text(7, '0.6.4, 16.4', 'Bob', 'dm1', 99, 1234, 'DM', 1, 2, 8, 3, 12, '');
for (const [title, body, form, version] of [
  ['0.6', said06, '0.6', '0.6.5'],
  ['0.7', said07, '0.7', '0.7.5'],
  ['DDNet in its longer form', longer, 'iext', '0.6.4, 16.4'],
] as const) {
  test(`a server of ${title} is understood`, t => {
    t.like(parseInfo(body, form), {
      version,
      name: 'Bob',
      map: 'dm1',
      gametype: 'DM',
      passworded: true,
      clients: 3,
      maxClients: 12,
    });
  });
}

test('numbers of 0.7 have a sign and as many bytes as they need', t => {
  const info = (packed: string) =>
    parseInfo(Buffer.concat([Buffer.from(packed, 'hex'), said07.subarray(1)]), '0.7')?.token;
  for (const [packed, value] of [
    ['00', 0],
    ['3f', 63],
    ['40', -1],
    ['8001', 64],
    ['bf01', 127],
    ['c001', -65],
  ] as const) {
    t.is(info(packed), value, packed);
  }
});

for (const [title, body] of [
  ['is cut short', said06.subarray(0, -1)],
  ['has a negative number of players', text(7, '0.6.5', 'Bob', 'dm1', 'DM', 1, 2, 8, -3, 12)],
  ['has no room', text(7, '0.6.5', 'Bob', 'dm1', 'DM', 1, 2, 8, 0, 0)],
  ['counts in words', text(7, '0.6.5', 'Bob', 'dm1', 'DM', 1, 2, 8, 'x', 12)],
  ['has a name without end', Buffer.concat([text(7, '0.6.5'), Buffer.alloc(400, 0x41), text('', 'dm1')])],
] as const) {
  test(`a server that ${title} is not understood`, t => t.is(parseInfo(body, '0.6'), undefined));
}
