import test from 'ava';
import fc from 'fast-check';
import { formatBans, formatCube2List, formatRedEclipseList, inputBytesMax, parseInfo, parseLine } from './wire.ts';

const question = Buffer.from([1, 1, 1]);
const latin1 = fc.string({ unit: fc.integer({ min: 0x20, max: 0xff }).map(code => String.fromCharCode(code)) });
const printable = latin1.map(text => text.replace(/[\x7f-\x9f]/g, '?'));
const port = fc.integer({ min: 1, max: 65_534 });

test('any bytes are read or are nothing, and never an exception', t => {
  const command = fc.constantFrom('', 'regserv ', 'server ', 'list', 'reqauth ', 'GET /');
  fc.assert(fc.property(command, latin1, (head, tail) => void parseLine(head + tail)));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: inputBytesMax }), bytes => {
      parseLine(Buffer.from(bytes).toString('latin1'));
      parseInfo(Buffer.concat([question, bytes]), question);
    }),
  );
  t.pass();
});

test('a Red Eclipse server is told to clients with the name and the branch that it gave, whatever is in them', t => {
  fc.assert(
    fc.property(port, printable, printable, (port, name, branch) => {
      const [, told = ''] = formatRedEclipseList([{ host: '8.8.8.8', port, name, branch }])
        .toString('latin1')
        .split('\n');
      // In the order of the engine's own command: addserver name port priority desc handle flags branch.
      const prefix = `addserver 8.8.8.8 ${port} 0 `;
      const [quotedName, quotedBranch] = told.slice(prefix.length).split(' "" "" ');
      if (!told.startsWith(prefix)) return false;
      if (name.includes(' "" "" ') || branch.includes(' "" "" ')) return true;
      const line = parseLine(`server ${port} * 229 ${quotedName} 0 ${quotedBranch}`);
      return line?.kind === 'register' && line.words.name === name && line.words.branch === branch;
    }),
  );
  t.pass();
});

test('the fields of a Red Eclipse server are read in the order of its master: port, address, version, name, statistics, branch', t => {
  t.deepEqual(parseLine('server 28801 8.8.8.8 246 "Bob^"s place" 1 stable'), {
    kind: 'register',
    dialect: 'redeclipse',
    port: 28_801,
    words: { address: '8.8.8.8', version: '246', name: 'Bob"s place', branch: 'stable' },
  });
});

for (const [text, expected] of [
  ['list', { kind: 'list', version: false, servers: true }],
  ['update', { kind: 'list', version: true, servers: true }],
  ['version', { kind: 'list', version: true, servers: false }],
  ['GET /list HTTP/1.1', { kind: 'list', servers: true }],
  ['list; regserv 1', { kind: 'list', servers: true }],
  ['reqauthstats bob', { kind: 'quiet' }],
] as const) {
  test(`the line "${text}" is understood`, t => t.like(parseLine(text), expected));
}

test('any port of a Cube 2 server is read, and told in a line of its own before the final NUL', t => {
  fc.assert(
    fc.property(fc.array(port), ports => {
      const servers = ports.map(port => ({ host: '8.8.8.8', port, name: '', branch: '' }));
      const text = formatCube2List(servers).toString('latin1');
      const told = [...text.matchAll(/^addserver 8\.8\.8\.8 (\d+)\n/gm)].map(([, it]) => it);
      const heard = ports.map(it => parseLine(`regserv ${it}`));
      return (
        text.endsWith('\0') &&
        told.join() === ports.join() &&
        heard.every((it, i) => it?.kind === 'register' && it.port === ports[i])
      );
    }),
  );
  t.pass();
});

/** As the engine's putint has it. */
function packed(value: number): Buffer {
  if (value > -127 && value < 128) return Buffer.from([value & 0xff]);
  if (value >= -0x8000 && value < 0x8000) return Buffer.from([0x80, value & 0xff, (value >> 8) & 0xff]);
  const bytes = Buffer.alloc(5, 0x81);
  bytes.writeInt32LE(value, 1);
  return bytes;
}

const packedText = (text: string): Buffer =>
  Buffer.concat([...Array.from(text, it => packed(it.charCodeAt(0))), Buffer.from([0])]);

test('an answer is read as the engine packed it, and is nothing when a byte of it is missing', t => {
  const attributes = fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), { maxLength: 64 });
  const packable = latin1.map(text => text.replace(/[\x7f-\xff]/g, '?'));
  fc.assert(
    fc.property(
      fc.nat({ max: 128 }),
      attributes,
      packable,
      packable,
      fc.nat(),
      (players, attributes, map, name, cut) => {
        const numbers = [players, attributes.length, ...attributes].map(packed);
        const whole = Buffer.concat([question, ...numbers, packedText(map), packedText(name)]);
        const expected = JSON.stringify({ players, attributes, map, name });
        const short = whole.subarray(0, cut % whole.length);
        return JSON.stringify(parseInfo(whole, question)) === expected && parseInfo(short, question) === undefined;
      },
    ),
  );
  t.pass();
});

/** The engine's ipmask: bytes that are given count whole, behind a slash so many bits. */
function bars(ban: string, address: readonly number[]): boolean {
  const [digits = '', bits] = ban.split('/');
  const given = digits.split('.').map(Number);
  const length = bits === undefined ? 8 * given.length : Number(bits);
  const number = (bytes: readonly number[]) => [0, 1, 2, 3].reduce((sum, i) => sum * 256 + (bytes[i] ?? 0), 0);
  const size = 2 ** (32 - length);
  return Math.floor(number(given) / size) === Math.floor(number(address) / size);
}

test('a range that is barred is handed out so that the engine bars the same addresses', t => {
  const bytes = fc.tuple(...Array.from({ length: 4 }, () => fc.nat({ max: 255 })));
  fc.assert(
    fc.property(bytes, fc.integer({ min: 1, max: 32 }), bytes, (range, length, other) => {
      const [, line = ''] = formatBans([`${range.join('.')}/${length}`]).split('\n');
      const ban = line.slice('addgban '.length);
      const near = range.map((byte, i) => (8 * i + 8 <= length ? byte : other[i]!));
      const inRange = bars(`${range.join('.')}/${length}`, near);
      return bars(ban, range) && bars(ban, near) === inRange;
    }),
  );
  t.is(
    formatBans(['203.0.113.0/24', '198.51.100.7', '10.0.0.0/12', '2001:db8::/32']),
    'cleargbans\naddgban 203.0.113\naddgban 198.51.100.7\naddgban 10.0.0.0/12\n',
  );
});
