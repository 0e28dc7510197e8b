import test from 'ava';
import { carriedOver, formatBye, isRefusal, parseAnnounce, parsePeerId, type Told } from './wire.ts';

const needed = {
  ...{ name: 'A', description: '', version: '5', gameid: 'minetest', clients: 0, clients_max: 10 },
  ...{ uptime: 0, game_time: 0, proto_min: 37, proto_max: 41 },
};
const parsed = (fields: object) => parseAnnounce(JSON.stringify({ action: 'start', ...needed, ...fields }));
const toldBy = (fields: object): Told | string => {
  const it = parsed(fields);
  return isRefusal(it) ? it.text : it.action === 'delete' ? 'delete' : it.told;
};

test('what is told is read back as it was told', t => {
  const all = {
    ...needed,
    ...{
      lag: 0.1,
      clients: 1,
      clients_list: ['bob'],
      mods: ['dye'],
      mapgen: 'v7',
      privs: 'interact',
      url: 'https://a.b/',
    },
    ...{ creative: true, damage: false, pvp: true, password: false, dedicated: true, rollback: false },
    can_see_far_names: true,
  };
  t.deepEqual(parsed({ ...all, address: 'a.b', port: 7 }), { action: 'start', address: 'a.b', port: 7, told: all });
});

for (const [what, fields, expected] of [
  [
    'numbers and flags of old servers, which are strings',
    { clients: '3', pvp: 'true', damage: '0' },
    { clients: 3, pvp: true, damage: false },
  ],
  ['fields that nobody knows', { colour: 'red' }, { colour: undefined }],
  ['a link that is none', { url: 'javascript:alert(1)' }, { url: undefined }],
  ['names that come twice', { clients_list: ['a', 'b', 'a'] }, { clients_list: ['a', 'b'], clients: 2 }],
] as const) {
  test(`${what}: understood as the master does`, t => {
    const it = toldBy(fields);
    for (const [name, value] of Object.entries(expected))
      t.deepEqual((it as Record<string, unknown>)[name], value, name);
  });
}

for (const name of Object.keys(needed)) {
  test(`without ${name} an announcement is refused, and told why`, t => {
    t.regex(String(toldBy({ [name]: undefined })), new RegExp(` ${name} is not `));
  });
}

test('a port that nobody names is the usual one, and may be a string', t => {
  t.like(parsed({}), { port: 30_000 });
  t.like(parsed({ port: '30001' }), { port: 30_001 });
});

test('nothing that a server calls itself reaches a prototype', t => {
  const it = parseAnnounce(
    `{"action":"start","__proto__":{"pvp":true},"constructor":1,${JSON.stringify(needed).slice(1)}`,
  );
  t.false(isRefusal(it));
  t.is(({} as Record<string, unknown>).pvp, undefined);
});

test('what only a start tells is carried over, the rest is new', t => {
  const before = toldBy({ mods: ['dye'], dedicated: true, pvp: true }) as Told;
  const now = toldBy({ clients: 4 }) as Told;
  t.deepEqual(carriedOver(now, before), { ...now, mods: ['dye'], dedicated: true });
});

test('the answer that gives a peer id is told from all others', t => {
  const answer = Buffer.from('4f45740300010003ffdc00010002', 'hex');
  t.is(parsePeerId(answer), 2);
  t.is(formatBye(0x0102).toString('hex'), '4f4574030102000003');
  t.is(parsePeerId(Buffer.from('4f45740300000001', 'hex')), undefined, 'the question, sent back');
  for (let at = 0; at < answer.length; at++) t.is(parsePeerId(answer.subarray(0, at)), undefined);
  for (const at of [0, 1, 2, 3, 4, 5, 11]) {
    const other = Buffer.from(answer);
    other[at]! ^= 1;
    t.is(parsePeerId(other), undefined, `byte ${at}`);
  }
});
