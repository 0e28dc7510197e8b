import test from 'ava';
import { InvalidArgumentError } from 'commander';
import { flagsOf, hostAndPort } from './start.ts';

test('only the flags that were given become settings, by their paths', t => {
  t.deepEqual(flagsOf({}), {});
  const http = { host: '::1', port: 0 };
  t.deepEqual(
    flagsOf({ role: 'player', list: 'lan', listen: ['/a'], entry: ['/b', '/c'], http, set: ['x=1'] }, 'warn'),
    {
      role: 'player',
      'list.name': 'lan',
      'network.listen': ['/a'],
      'network.entries': ['/b', '/c'],
      'http.host': '::1',
      'http.port': 0,
      'log.level': 'warn',
    },
  );
});

for (const [text, host, port] of [
  ['127.0.0.1:7480', '127.0.0.1', 7480],
  ['localhost:0', 'localhost', 0],
  ['[::1]:65535', '::1', 65_535],
] as const) {
  test(`"${text}" is a host and a port`, t => t.deepEqual(hostAndPort(text), { host, port }));
}

for (const text of [
  '',
  '7480',
  'localhost',
  ':7480',
  '::1:7480',
  '127.0.0.1:65536',
  '127.0.0.1:-1',
  'a b:1',
  '[::1]',
]) {
  test(`"${text}" is no host and port`, t => {
    t.throws(() => hostAndPort(text), { instanceOf: InvalidArgumentError });
  });
}
