import { readFileSync } from 'node:fs';
import test from 'ava';
import { RollcallError } from '../base/errors.ts';
import { type ConfigSources, loadConfig } from './load.ts';

const defaults = {
  origin: 'config.default.json',
  text: readFileSync(new URL('../../config.default.json', import.meta.url), 'utf8'),
};
const load = (sources: Partial<ConfigSources>) => loadConfig({ flags: [], env: {}, files: [], defaults, ...sources });

function faultsOf(sources: Partial<ConfigSources>): string[] {
  try {
    load(sources);
  } catch (error) {
    if (error instanceof RollcallError && error.code === 'BAD_CONFIG') return error.message.split('\n');
    throw error;
  }
  return [];
}

const set = (path: string, value: unknown) => ({ path, value, origin: '--set' });
const file = (origin: string, value: unknown) => ({ origin, text: JSON.stringify(value) });

test('the defaults alone are a whole configuration, each setting with its origin', t => {
  const { config, origins } = load({});
  t.deepEqual(config, JSON.parse(defaults.text));
  t.is(origins.get('history.commitIntervalMs'), 'config.default.json');
  t.is(origins.get('network.listen'), 'config.default.json');
  t.deepEqual(new Set(origins.values()), new Set(['config.default.json']));
});

test('flags win over environment, environment over --config, --config over the data folder, that over the defaults', t => {
  const name = (value: string) => ({ list: { name: value } });
  const sources = [
    { flags: [{ path: 'list.name', value: 'flag', origin: '--list' }] },
    { env: { ROLLCALL_LIST__NAME: 'env' } },
    { files: [file('my.json', name('mine')), file('data/config.json', name('data'))] },
  ];
  const named = (from: number) => {
    const { config, origins } = load(Object.assign({}, ...sources.slice(from)));
    return [config.list.name, origins.get('list.name')];
  };
  t.deepEqual(named(0), ['flag', '--list']);
  t.deepEqual(named(1), ['env', 'ROLLCALL_LIST__NAME']);
  t.deepEqual(named(2), ['mine', 'my.json']);
  t.is(load({ files: [file('data/config.json', name('data'))] }).config.list.name, 'data');
  t.is(load({}).config.list.name, 'rollcall');
});

test('groups are merged, lists are replaced', t => {
  const { config, origins } = load({
    files: [file('a.json', { network: { listen: ['/ip4/127.0.0.1/tcp/0'] } })],
    flags: [set('network.mdns', 'false')],
  });
  t.deepEqual(config.network.listen, ['/ip4/127.0.0.1/tcp/0']);
  t.is(config.network.mdns, false);
  t.is(config.network.connectionsMax, 200);
  t.is(origins.get('network.listen'), 'a.json');
  t.is(origins.get('network.mdns'), '--set');
  t.is(origins.get('network.connectionsMax'), 'config.default.json');
});

test('the configuration is frozen all through', t => {
  const { config } = load({});
  t.throws(() => Object.assign(config.network, { mdns: false }), { instanceOf: TypeError });
  t.throws(() => config.network.listen.push('/ip4/127.0.0.1/tcp/0'), { instanceOf: TypeError });
});

test('a variable sets the group and the setting that its name spells', t => {
  const { config } = load({
    env: {
      ROLLCALL_HISTORY__COMMIT_INTERVAL_MS: '1000',
      ROLLCALL_NETWORK__ALLOW_PRIVATE_ADDRESSES: 'true',
      ROLLCALL_ROLE: 'player',
      ROLLCALL_HTTP: '{"port": 1, "host": "::1"}',
      ROLLCALL_HTTP__PORT: '2',
      PATH: '/bin',
    },
  });
  t.is(config.history.commitIntervalMs, 1_000);
  t.is(config.network.allowPrivateAddresses, true);
  t.is(config.role, 'player');
  t.deepEqual([config.http.host, config.http.port], ['::1', 2]);
});

test('variables that stand for global flags are none of its business', t => {
  t.notThrows(() =>
    load({ env: { ROLLCALL_DATA: '/x', ROLLCALL_CONFIG: 'y', ROLLCALL_LOG_LEVEL: 'debug', ROLLCALL_JSON: '1' } }),
  );
});

test('text stays text where the setting is text, even if it looks like JSON', t => {
  t.is(load({ flags: [set('list.name', '2026')] }).config.list.name, '2026');
  t.is(load({ env: { ROLLCALL_LIST__NAME: 'true' } }).config.list.name, 'true');
});

for (const [path, value, line] of [
  [
    'network.listen',
    '["foo"]',
    'network.listen[0]: "foo" is not a multiaddr with a TCP port, such as /ip4/0.0.0.0/tcp/7481 (from --set)',
  ],
  ['network.listen', 'foo', 'network.listen: "foo" is not a list of at most 100 multiaddrs (from --set)'],
  ['network.entries', ['/ip4/1.2.3.4/tcp/99999'], 'network.entries[0]: "/ip4/1.2.3.4/tcp/99999" is not a multiaddr'],
  [
    'network.entries',
    ['/ip4/1.2.3.4/tcp/1/p2p/foo'],
    'network.entries[0]: "/ip4/1.2.3.4/tcp/1/p2p/foo" is not a multi',
  ],
  ['network.entries', ['/ip4/1.2.3.4'], 'network.entries[0]: "/ip4/1.2.3.4" is not a multiaddr with a TCP port'],
  ['network.announce', [''], 'network.announce[0]: "" is not a multiaddr'],
  ['http.port', '70000', 'http.port: 70000 is not a port from 0 to 65535 (from --set)'],
  ['http.port', '"80"', 'http.port: "80" is not a port from 0 to 65535 (from --set)'],
  ['http.host', 'no host', 'http.host: "no host" is not a host name or IP address (from --set)'],
  [
    'history.commitIntervalMs',
    '-1',
    'history.commitIntervalMs: -1 is not a whole number of milliseconds from 1 to 3600000',
  ],
  ['history.commitIntervalMs', '0.5', 'history.commitIntervalMs: 0.5 is not a whole number'],
  ['history.commitChangesMax', '0', 'history.commitChangesMax: 0 is not a whole number from 1 to'],
  [
    'list.lifetimeMs',
    '86400001',
    'list.lifetimeMs: 86400001 is not a whole number of milliseconds from 60000 to 86400000',
  ],
  ['list.lifetimeMs', '59999', 'list.lifetimeMs: 59999 is not a whole number of milliseconds'],
  ['list.name', 'No', 'list.name: "No" is not a list name'],
  ['list.name', 'a\nb', 'list.name: "a\\nb" is not a list name'],
  ['list.name', 'a'.repeat(65), 'list.name: "aaaa'],
  ['network.mdns', 'maybe', 'network.mdns: "maybe" is not true or false (from --set)'],
  ['role', 'king', 'role: "king" is not one of server, player (from --set)'],
  ['network', '5', 'network: 5 is not a group of settings (from --set)'],
  ['network', 'null', 'network: null is not a group of settings (from --set)'],
  ['list.deny', [{ game: 'x' }], 'list.deny[0].reason: is missing (from --set)'],
  [
    'list.deny',
    [{ reason: 'x' }],
    'list.deny[0]: {"reason":"x"} is not a rule with exactly one of announcer, address, game',
  ],
  ['list.deny', [{ game: 'x', address: '1.2.3.0/24', reason: 'x' }], 'list.deny[0]: {"game":"x",'],
  ['list.deny', [{ address: '1.2.3.0/33', reason: 'x' }], 'list.deny[0].address: "1.2.3.0/33" is not an address range'],
  [
    'list.deny',
    [{ announcer: '12D3KooWx', reason: 'x' }],
    'list.deny[0].announcer: "12D3KooWx" is not an Ed25519 peer id',
  ],
  [
    'list.deny',
    [{ game: 'x', reason: 'x', until: 'soon' }],
    'list.deny[0].until: "soon" is not a time in Unix millisec',
  ],
  ['list.deny', [{ game: 'x', reason: ' ' }], 'list.deny[0].reason: " " is not a reason in words'],
  [
    'history.commitIntervallMs',
    '5',
    'history.commitIntervallMs: 5 is not a setting; did you mean history.commitIntervalMs? (from --set)',
  ],
  [
    'histroy.commitIntervalMs',
    '5',
    'histroy.commitIntervalMs: 5 is not a setting; did you mean history.commitIntervalMs?',
  ],
  ['commitIntervalMs', '5', 'commitIntervalMs: 5 is not a setting; did you mean history.commitIntervalMs?'],
  [
    'gateways.dpmaster.enable',
    'true',
    'gateways.dpmaster.enable: true is not a setting; did you mean gateways.dpmaster.enabled?',
  ],
  [
    'list.deny',
    [{ game: 'x', reson: 'y', reason: 'x' }],
    'list.deny[0].reson: "y" is not a setting; did you mean list.deny[0].reason?',
  ],
  ['quite.different', '5', 'quite.different: 5 is not a setting (from --set)'],
  ['__proto__.x', '5', '__proto__.x: 5 is not a setting (from --set)'],
  ['constructor', '5', 'constructor: 5 is not a setting'],
] as const) {
  test(`${path} = ${JSON.stringify(value).slice(0, 80)} is refused in words`, t => {
    const lines = faultsOf({ flags: [set(path, value)] });
    t.is(lines.length, 1, lines.join('\n'));
    t.true(lines[0]!.startsWith(line), lines[0]);
    t.true(lines[0]!.endsWith('(from --set)'));
  });
}

test('a good rule of every kind is accepted', t => {
  const deny = [
    { announcer: '12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X', reason: 'bots' },
    { address: '2001:db8::/32', reason: 'bots', until: 1_763_600_000_000 },
    { game: 'sauerbraten', reason: 'not here' },
  ];
  t.deepEqual(load({ flags: [set('list.deny', deny)] }).config.list.deny, deny);
});

test('every fault of every layer is named at once', t => {
  t.deepEqual(
    faultsOf({
      flags: [set('http.port', '70000')],
      env: { ROLLCALL_PROBE__TIMEOUT: '5', ROLLCALL_ROLE: 'king' },
      files: [
        { origin: 'my.json', text: '{\n  "list": {,\n' },
        file('data/config.json', { http: { port: -1 }, lst: 1 }),
      ],
    }),
    [
      'http.port: -1 is not a port from 0 to 65535 (from data/config.json)',
      'lst: 1 is not a setting (from data/config.json)',
      'my.json: is not JSON at line 2, column 12: expected a key in double quotes, found ","',
      'probe.timeout: 5 is not a setting; did you mean probe.timeoutMs? (from ROLLCALL_PROBE__TIMEOUT)',
      'role: "king" is not one of server, player (from ROLLCALL_ROLE)',
      'http.port: 70000 is not a port from 0 to 65535 (from --set)',
    ],
  );
});

test('a hidden character in a value cannot touch the terminal', t => {
  const [line] = faultsOf({ flags: [set('role', '\u001b[2J\u202e')] });
  t.regex(line!, /^role: "\\u001b\[2J\ufffd" is not/);
});

test('defaults that lack a setting are refused: they are the reference', t => {
  const { history: _, ...rest } = JSON.parse(defaults.text);
  t.deepEqual(faultsOf({ defaults: file('config.default.json', rest) }), [
    'history: is missing (from config.default.json)',
  ]);
});
