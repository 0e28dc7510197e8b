import test from 'ava';
import { formatAddress } from '../base/address.ts';
import { askable } from './guard.ts';

const asked = (ips: readonly string[], allowPrivate: boolean, port = 1) =>
  askable(ips, port, allowPrivate).map(formatAddress);

for (const [ip, inPublic, inLab] of [
  ['8.8.8.8', true, true],
  ['2a01:4f8::1', true, true],
  ['127.0.0.1', false, true],
  ['::1', false, true],
  ['::ffff:127.0.0.1', false, true],
  ['10.1.2.3', false, true],
  ['192.168.0.1', false, true],
  ['169.254.169.254', false, true],
  ['fe80::1', false, true],
  ['fd00::1', false, true],
  ['100.64.0.1', false, true],
  ['fe80::1%lo', false, false],
  ['203.0.113.7', false, false],
  ['2001:db8::7', false, false],
  ['224.0.0.1', false, false],
  ['ff02::1', false, false],
  ['255.255.255.255', false, false],
  ['0.0.0.0', false, false],
  ['240.0.0.1', false, false],
  ['64:ff9b::7f00:1', false, false],
  ['not an address', false, false],
] as const) {
  test(`${ip} is ${inPublic ? 'asked' : inLab ? 'asked in a lab only' : 'never asked'}`, t => {
    t.deepEqual([asked([ip], false).length, asked([ip], true).length], [Number(inPublic), Number(inLab)]);
  });
}

test('one address a family is asked, in canonical form, and an IPv4 address in IPv6 clothes as IPv4', t => {
  t.deepEqual(asked(['10.0.0.1', '::ffff:8.8.4.4', '8.8.8.8', '2A01:4F8:0::1', '2a01:4f8::2'], false), [
    '8.8.4.4:1',
    '[2a01:4f8::1]:1',
  ]);
});

test('ports that are none are not asked', t => {
  t.deepEqual([asked(['8.8.8.8'], false, 0), asked(['8.8.8.8'], false, 65_536)], [[], []]);
});
