import test from 'ava';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import {
  addressLengthMax,
  CidrTable,
  formatAddress,
  networkOf,
  parseAddress,
  parseCidr,
  scopeOf,
  tidyAddress,
} from './address.ts';

const longName = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(57)}.org`;

for (const [text, kind, host] of [
  ['203.0.113.7:28785', 'ipv4', '203.0.113.7'],
  ['203.0.113.7:1', 'ipv4', '203.0.113.7'],
  ['203.0.113.7:65535', 'ipv4', '203.0.113.7'],
  ['127.0.0.1:28785', 'ipv4', '127.0.0.1'],
  ['[2001:db8::7]:28785', 'ipv6', '2001:db8::7'],
  ['[::1]:28785', 'ipv6', '::1'],
  ['[2001:db8:0:1:1:1:1:1]:28785', 'ipv6', '2001:db8:0:1:1:1:1:1'],
  ['play.example.org:28785', 'name', 'play.example.org'],
  ['xn--80ak6aa92e.xn--p1ai:28785', 'name', 'xn--80ak6aa92e.xn--p1ai'],
  ['_srv.1-2.example.org:1', 'name', '_srv.1-2.example.org'],
  [`${longName}:65535`, 'name', longName],
] as const) {
  test(`${text.slice(0, 60)} is read as ${kind} and written the same`, t => {
    const read = parseAddress(text);
    t.true(read.ok);
    if (!read.ok) return;
    t.deepEqual(read.value, { kind, host, port: Number(text.slice(text.lastIndexOf(':') + 1)) });
    t.is(formatAddress(read.value), text);
  });
}

for (const [text, reason] of [
  ['', /is not host:port/],
  ['203.0.113.7', /is not host:port/],
  ['203.0.113.7:', /is not host:port/],
  ['203.0.113.7:0', /is not host:port/],
  ['203.0.113.7:080', /is not host:port/],
  ['203.0.113.7:+80', /is not host:port/],
  ['203.0.113.7:65536', /port 65536 is above 65535/],
  ['203.0.113.7:99999', /port 99999 is above 65535/],
  ['203.0.113.7:80\n', /is not host:port/],
  [' 203.0.113.7:80', /neither an IP address nor a full host name/],
  ['203.0.113.07:80', /neither an IP address nor a full host name/],
  ['203.0.113:80', /neither an IP address nor a full host name/],
  ['3405803783:80', /neither an IP address nor a full host name/],
  ['0x7f.0.0.1:80', /neither an IP address nor a full host name/],
  ['256.1.1.1:80', /neither an IP address nor a full host name/],
  ['0.0.0.0:80', /nobody can join/],
  ['255.255.255.255:80', /nobody can join/],
  ['224.0.0.1:80', /nobody can join/],
  ['[::]:80', /nobody can join/],
  ['[ff02::1]:80', /nobody can join/],
  ['[2001:DB8::7]:80', /must be written "2001:db8::7"/],
  ['[2001:db8:0:0:0:0:0:7]:80', /must be written "2001:db8::7"/],
  ['[2001:db8::0:7]:80', /must be written "2001:db8::7"/],
  ['[2001:db8::1:1:1:1:1]:80', /must be written "2001:db8:0:1:1:1:1:1"/],
  ['[2001:db8::7', /is not host:port/],
  ['2001:db8::7:80', /is not host:port/],
  ['[::ffff:203.0.113.7]:80', /plain IPv4 or IPv6/],
  ['[::ffff:cb00:7107]:80', /plain IPv4 or IPv6/],
  ['[fe80::1%eth0]:80', /is not host:port/],
  ['[203.0.113.7]:80', /is not an IP address/],
  ['[1:2:3]:80', /is not an IP address/],
  ['localhost:80', /neither an IP address nor a full host name/],
  ['Play.example.org:80', /must be written "play.example.org"/],
  ['play.example.org.:80', /neither/],
  ['-a.example.org:80', /neither/],
  ['a-.example.org:80', /neither/],
  ['a..org:80', /neither/],
  ['müller.example.org:80', /neither/],
  ['a b.example.org:80', /neither/],
  [`${'a'.repeat(64)}.org:80`, /neither/],
  [`x${longName}:80`, /neither/],
  ['a'.repeat(addressLengthMax + 1), /is too long/],
] as const) {
  test(`${JSON.stringify(text.slice(0, 60))} is refused: ${reason.source}`, t => {
    const read = parseAddress(text);
    t.false(read.ok);
    if (!read.ok) t.like(read, { code: 'BAD_ADDRESS', field: 'address' });
    if (!read.ok) t.regex(read.message, reason);
  });
}

test('an IPv6 address has the one form that URLs give it', t => {
  const groups = fc.array(fc.oneof(fc.constant(0), fc.nat(0xffff)), { minLength: 8, maxLength: 8 });
  fc.assert(
    fc.property(groups, parts => {
      const text = parts.map(part => part.toString(16)).join(':');
      const form = new URL(`http://[${text}]`).hostname;
      const tidy = tidyAddress(`[${text}]:80`);
      if (tidy.ok) t.is(tidy.value, `${form}:80`);
      else t.regex(tidy.message, /nobody can join|plain IPv4 or IPv6/);
      t.is(parseAddress(`[${text}]:80`).ok, tidy.ok && form === `[${text}]`);
    }),
  );
});

test('what tidying gives is canonical, and tidying it again changes nothing', t => {
  const address = fc.oneof(
    fc.ipV4(),
    fc.ipV6().map(ip => `[${ip}]`),
    fc.domain().map(name => `${name.toUpperCase()}.`),
  );
  fc.assert(
    fc.property(address, fc.integer({ min: 1, max: 65_535 }), (host, port) => {
      const tidy = tidyAddress(` ${host}:0${port} `.replace(/:0(\d{5})/, ':$1'));
      if (!tidy.ok) return;
      const read = parseAddress(tidy.value);
      t.true(read.ok && formatAddress(read.value) === tidy.value && read.value.port === port);
      t.deepEqual(tidyAddress(tidy.value), tidy);
    }),
  );
});

for (const [typed, tidied] of [
  ['play.MÜLLER.example:28785', 'play.xn--mller-kva.example:28785'],
  ['PLAY.Example.org.:28785', 'play.example.org:28785'],
  ['[2001:DB8::0:7]:1', '[2001:db8::7]:1'],
  [' 203.0.113.7:00080 ', '203.0.113.7:80'],
] as const) {
  test(`${typed} is tidied to ${tidied}`, t => {
    t.deepEqual(tidyAddress(typed), { ok: true, value: tidied });
  });
}

for (const typed of [
  '2001:db8::7',
  '2001:db8::7:28785',
  '203.0.113.7',
  '203.0.113.7:0',
  'a.org:70000',
  ':80',
  '[::1]',
]) {
  test(`${typed} cannot be tidied`, t => {
    t.like(tidyAddress(typed), { ok: false, code: 'BAD_ADDRESS' });
  });
}

for (const [scope, hosts] of [
  ['global', ['8.8.8.8', '2a00:1450::1', '2001:4860::1', 'play.example.org']],
  [
    'private',
    [
      '127.0.0.1',
      '10.1.2.3',
      '172.16.0.1',
      '192.168.1.1',
      '169.254.1.1',
      '100.64.0.1',
      '::1',
      'fe80::1',
      'fd00::1',
      '::ffff:10.0.0.1',
    ],
  ],
  [
    'reserved',
    [
      '203.0.113.7',
      '198.18.0.1',
      '240.0.0.1',
      '224.0.0.1',
      '0.0.0.0',
      '2001:db8::7',
      'ff02::1',
      '::',
      '2002::1',
      '64:ff9b::1',
      '::7f00:1',
      '4000::1',
    ],
  ],
] as const) {
  for (const host of hosts) {
    test(`${host} is ${scope}`, t => {
      t.is(scopeOf(host), scope);
    });
  }
}

for (const [address, network] of [
  ['203.0.113.7:80', '203.0.113.0/24'],
  ['203.0.113.255:81', '203.0.113.0/24'],
  ['[2001:db8:1:2::7]:80', '2001:db8:1::/48'],
  ['[2001:db8::7]:80', '2001:db8:0::/48'],
  ['a.b.example.org:80', 'example.org'],
  ['example.org:80', 'example.org'],
  ['a.b.example.co.uk:80', 'example.co.uk'],
  ['a.example.de:80', 'example.de'],
] as const) {
  test(`the network of ${address} is ${network}`, t => {
    const read = parseAddress(address);
    t.is(read.ok && networkOf(read.value), network);
  });
}

for (const [range, inside, outside] of [
  [
    '203.0.113.0/24',
    ['203.0.113.0', '203.0.113.255', '::ffff:203.0.113.9'],
    ['203.0.114.0', '2001:db8::1', 'example.org'],
  ],
  ['203.0.113.7', ['203.0.113.7'], ['203.0.113.8']],
  ['0.0.0.0/0', ['1.2.3.4'], ['::1', '']],
  ['2001:db8::/32', ['2001:db8::1', '2001:db8:ffff::1'], ['2001:db9::1', '203.0.113.7']],
  ['2001:db8::7', ['2001:db8::7'], ['2001:db8::8']],
] as const) {
  test(`${range} holds what is in it and nothing else`, t => {
    const cidr = parseCidr(range);
    t.true(cidr.ok);
    if (!cidr.ok) return;
    for (const host of inside) t.true(cidr.value.match(host), host);
    for (const host of outside) t.false(cidr.value.match(host), host);
  });
}

for (const text of [
  '',
  'foo',
  '203.0.113.0/33',
  '203.0.113.0/',
  '203.0.113.0/-1',
  '203.0.113/24',
  '1/8',
  '0x7f.0.0.1/8',
  '01.2.3.4/8',
  '::1/129',
  'fe80::1%eth0/64',
  '::ffff:1.2.3.0/120',
  '::ffff:102:300/120',
]) {
  test(`${JSON.stringify(text)} is no range`, t => {
    t.like(parseCidr(text), { ok: false, code: 'BAD_RANGE' });
  });
}

test('a table of ranges finds every range that holds an address, and none for a name', t => {
  const table = new CidrTable<string>();
  for (const range of ['203.0.113.0/24', '203.0.0.0/16', '203.0.113.7', '2001:db8::/32', '0.0.0.0/0', 'nonsense']) {
    table.add(range, range);
  }
  t.deepEqual(table.get('203.0.113.7').sort(), ['0.0.0.0/0', '203.0.0.0/16', '203.0.113.0/24', '203.0.113.7']);
  t.deepEqual(table.get('203.0.114.7').sort(), ['0.0.0.0/0', '203.0.0.0/16']);
  t.deepEqual(table.get('2001:db8:ffff::1'), ['2001:db8::/32']);
  t.deepEqual(table.get('2001:db9::1'), []);
  t.deepEqual(table.get('play.example.org'), []);
});

test('an IPv4 address is taken for an ordinary one only where the library knows no special range', t => {
  type Ranges = Record<string, readonly (readonly [ipaddr.IPv4, number])[] | readonly [ipaddr.IPv4, number]>;
  const { SpecialRanges } = ipaddr.IPv4.prototype as unknown as { SpecialRanges: Ranges };
  const ranges = Object.values(SpecialRanges).flatMap(it => (Array.isArray(it[0]) ? it : [it])) as [
    ipaddr.IPv4,
    number,
  ][];
  t.true(ranges.length > 15);
  for (const [start, bits] of ranges) {
    const [first] = start.octets as [number];
    // Each is within networks of one first number, but for those that hold whole ones.
    for (let number = first; number < first + 2 ** Math.max(0, 8 - bits); number++) {
      const host = bits < 8 ? `${number}.1.2.3` : start.toString();
      t.is(ipaddr.IPv4.parse(host).range() === 'unicast', false, host);
      t.not(scopeOf(host), 'global', host);
    }
  }
  fc.assert(
    fc.property(fc.ipV4(), host => {
      const range = ipaddr.IPv4.parse(host).range();
      t.is(scopeOf(host) === 'global', range === 'unicast');
      const unusable = range === 'unspecified' || range === 'broadcast' || range === 'multicast';
      t.is(parseAddress(`${host}:1`).ok, !unusable);
    }),
    { numRuns: 2_000 },
  );
});

test('four numbers and a port are read as the library and the rules of ports say', t => {
  const number = fc.oneof(
    fc.integer({ min: 0, max: 300 }).map(String),
    fc.constantFrom('', '00', '07', '010', '+1', '-1', '1e1', ' 1', '0x7', '1.', '²', '223', '224', '255', '256'),
  );
  const port = fc.oneof(
    fc.integer({ min: 0, max: 70_000 }).map(String),
    fc.constantFrom('', '0', '01', '1e3', '65535', '65536', ' 1', '1 ', '1\n', '+1', '99999', '100000', '1:1'),
  );
  fc.assert(
    fc.property(fc.array(number, { minLength: 4, maxLength: 4 }), port, (numbers, port) => {
      const host = numbers.join('.');
      const canonical = ipaddr.IPv4.isValidFourPartDecimal(host) && ipaddr.IPv4.parse(host).toString() === host;
      const usable = canonical && !['unspecified', 'broadcast', 'multicast'].includes(ipaddr.IPv4.parse(host).range());
      const sound = usable && String(Number(port)) === port && Number(port) >= 1 && Number(port) <= 65_535;
      const read = parseAddress(`${host}:${port}`);
      if (sound) t.deepEqual(read, { ok: true, value: { kind: 'ipv4', host, port: Number(port) } });
      else t.false(read.ok, `${host}:${port}`);
    }),
    { numRuns: 3_000 },
  );
});
