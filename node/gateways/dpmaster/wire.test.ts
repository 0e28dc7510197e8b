import test from 'ava';
import fc from 'fast-check';
import { at } from '../../../test/gateways.ts';
import { formatEntry, formatGetInfo, formatServers, packetBytesMax, parse, responseBytesMax } from './wire.ts';

const packet = (text: string): Buffer => Buffer.from(`\xff\xff\xff\xff${text}`, 'latin1');
const query = (text: string) => {
  const message = parse(packet(text));
  return message?.kind === 'query' ? message.query : undefined;
};

test('any bytes are read or are nothing, and never an exception', t => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 3_000 }), bytes => void parse(Buffer.from(bytes))));
  const word = fc.constantFrom('heartbeat ', 'infoResponse\n', 'getservers ', 'getserversExt ');
  fc.assert(fc.property(word, fc.string(), (head, tail) => void parse(packet(head + tail))));
  t.pass();
});

test('what an info string says is read as it was put together', t => {
  const text = fc.string({ maxLength: 60, unit: 'grapheme-ascii' }).filter(it => !/[\\\n\0]/.test(it));
  const fields = fc.dictionary(text, text, { maxKeys: 20 });
  fc.assert(
    fc.property(fields, given => {
      const line = Object.entries(given).map(([key, value]) => `\\${key}\\${value}`);
      const message = parse(packet(`infoResponse\n${line.join('')}`));
      return message?.kind === 'info' && JSON.stringify([...message.info]) === JSON.stringify(Object.entries(given));
    }),
  );
  t.pass();
});

for (const [text, expected] of [
  [
    'getservers 71 empty full',
    { gamename: undefined, protocol: '71', empty: true, full: true, ipv4: true, ipv6: false },
  ],
  ['getservers 68 empty full\n', { gamename: undefined, protocol: '68' }],
  ['getservers Nexuiz 3', { gamename: 'Nexuiz', protocol: '3', empty: false, full: false, gametype: undefined }],
  ['getservers Nexuiz 3 gametype=ctf', { gametype: 'ctf' }],
  ['getservers 67 ffa empty', { gametype: '0', full: false }],
  ['getservers 67 tourney', { gametype: '1' }],
  ['getservers 67 team', { gametype: '3' }],
  ['getservers 67 ctf', { gametype: '4' }],
  ['getservers 67 constructor', { gametype: undefined }],
  ['getserversExt Quake3Arena 68', { extended: true, ipv4: true, ipv6: true }],
  ['getserversExt Quake3Arena 68 ipv6', { ipv4: false, ipv6: true }],
  ['getserversExt Quake3Arena 68 ipv4', { ipv4: true, ipv6: false }],
  ['getserversExt 68 empty ipv6', { gamename: undefined, protocol: '68', ipv6: true, ipv4: false }],
] as const) {
  test(`${JSON.stringify(text)} is understood`, t => t.like(query(text), expected));
}

for (const text of [
  '',
  'heartbeat',
  'heartbeat ',
  'heartbeat two words\n',
  `heartbeat ${'x'.repeat(64)}\n`,
  'infoResponse\nprotocol\\71',
  'infoResponse\n\\protocol',
  `infoResponse\n\\name\\${'x'.repeat(256)}`,
  'getservers',
  'getservers ',
  'getservers Nexuiz',
  'getservers Nexuiz x',
  'getservers 71 a b c d e f g h i j k l m n o p',
  'getstatus',
  'x'.repeat(packetBytesMax),
]) {
  test(`${JSON.stringify(text.slice(0, 40))} means nothing`, t => t.is(parse(packet(text)), undefined));
}

test('what does not begin with four times ff means nothing', t => {
  t.is(parse(Buffer.from('heartbeat DarkPlaces\n')), undefined);
  t.is(parse(Buffer.from([0xff, 0xff, 0xff])), undefined);
});

test('entries are as the protocol has them', t => {
  t.is(formatEntry(at('1.2.3.4:2048')).toString('hex'), '5c010203040800');
  t.is(formatEntry(at('[2001:db8::7]:27960')).toString('hex'), '2f20010db80000000000000000000000076d38');
  t.is(formatEntry(at('[::1]:1')).toString('hex'), '2f000000000000000000000000000000010001');
  t.is(formatEntry(at('[1:2:3:4:5:6:7:8]:1')).toString('hex'), '2f000100020003000400050006000700080001');
  t.is(formatGetInfo('A_ch4Lleng3').toString('latin1'), '\xff\xff\xff\xffgetinfo A_ch4Lleng3');
});

test('a long answer is cut into packets that fit, none of them through an entry, the end marked once', t => {
  const entries = Array.from({ length: 2_000 }, (_, i) => formatEntry(at(`8.8.${i >> 8}.${i & 0xff}:27960`)));
  const packets = formatServers(entries, false);
  const header = packet('getserversResponse');
  t.is(packets.length, Math.ceil((2_001 * 7) / (Math.floor((responseBytesMax - header.length) / 7) * 7)));
  const bodies = packets.map(it => {
    t.true(it.length <= responseBytesMax);
    t.deepEqual(it.subarray(0, header.length), header);
    t.is((it.length - header.length) % 7, 0);
    return it.subarray(header.length);
  });
  t.deepEqual(Buffer.concat(bodies), Buffer.concat([...entries, Buffer.from('\\EOT\0\0\0', 'latin1')]));
});

test('an answer without servers is one packet with the end', t => {
  t.deepEqual(
    formatServers([], true).map(it => it.toString('latin1')),
    ['\xff\xff\xff\xffgetserversExtResponse\\EOT\0\0\0'],
  );
});
