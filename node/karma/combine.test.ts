import test from 'ava';
import fc from 'fast-check';
import { combine, type Weighed } from './combine.ts';

const now = 1_763_600_000_123;
let number = 0;
const seen = (players: number | null, weight: number, fields: Partial<Weighed> = {}): Weighed => {
  const observer = `observer ${++number}`;
  return {
    observer,
    group: observer,
    weight,
    server: '0'.repeat(40),
    up: true,
    players,
    maxPlayers: 16,
    map: 'oa_dm1',
    version: null,
    rttMs: 30,
    at: now,
    ...fields,
  };
};
const silence = { up: false, players: null, maxPlayers: null, map: null, rttMs: null };
const silent = (weight: number, fields: Partial<Weighed> = {}): Weighed =>
  seen(null, weight, { ...silence, ...fields });
const none = { players: null };

test('the players are those that the middle of the trust saw', t => {
  t.is(combine([seen(5, 0.3), seen(6, 0.3), seen(200, 0.5)], none, '')?.players, 6);
  t.is(combine([seen(5, 0.3), seen(200, 0.3)], none, '')?.players, 5);
});

test('a crowd that nobody trusts does not outvote one who is', t => {
  const liars = Array.from({ length: 7 }, () => seen(200, 0.02));
  t.like(combine([...liars, seen(5, 0.3)], none, ''), { players: 5, observers: 8 });
});

test('where one who is known looked, any number of strangers neither outvote nor dispute him', t => {
  const liars = Array.from({ length: 200 }, () => silent(0.02));
  t.like(combine([...liars, seen(5, 0.1)], none, ''), { up: true, players: 5, flags: [] });
  t.like(combine(liars, none, ''), { up: false });
});

test('observers of one network count as one, the most trusted of them', t => {
  const liars = Array.from({ length: 20 }, () => seen(200, 0.1, { group: 'n' }));
  t.like(combine([...liars, seen(5, 0.2)], none, ''), { players: 5, observers: 2 });
});

for (const [title, sights, up, flags] of [
  ['all saw it', [seen(5, 0.5), seen(5, 0.5)], true, []],
  ['nobody saw it', [silent(0.5), silent(0.5)], false, []],
  ['most trust saw it', [seen(5, 0.7), silent(0.2)], true, []],
  ['most trust did not', [seen(5, 0.2), silent(0.7)], false, []],
  ['it is even', [seen(5, 0.5), silent(0.5)], true, ['disputed']],
  ['a third of the trust did not see it', [seen(5, 0.5), silent(0.3)], true, ['disputed']],
] as const) {
  test(`a server is ${up ? 'up' : 'down'} when ${title}${flags.length > 0 ? ', and that is disputed' : ''}`, t => {
    t.like(combine(sights, none, ''), { up, flags: [...flags] });
  });
}

for (const [title, sights, claim, flags] of [
  ['that was seen', [seen(5, 0.5)], 5, []],
  ['of a few more than were seen', [seen(5, 0.5)], 11, []],
  ['of far more than were seen', [seen(5, 0.5)], 200, ['overstated']],
  ['of players where an empty server was seen', [seen(0, 0.5)], 30, ['overstated']],
  ['that no observer could confirm', [seen(null, 0.5)], 30, ['unconfirmed']],
  ['of players on a server that is down', [silent(0.5)], 30, ['unconfirmed']],
  ['of nobody', [seen(null, 0.5)], 0, []],
  ['of fewer than were seen', [seen(5, 0.5)], 1, []],
] as const) {
  test(`a claim ${title} is ${flags.length === 0 ? 'fine' : flags[0]!}`, t => {
    t.deepEqual(combine(sights, { players: claim }, '')?.flags, [...flags]);
  });
}

test('more players than there is room for are implausible', t => {
  t.deepEqual(combine([seen(200, 0.5)], none, '')?.flags, ['implausible']);
  t.deepEqual(combine([seen(18, 0.5)], none, '')?.flags, []);
});

test('counts that contradict each other are disputed', t => {
  const roomy = { maxPlayers: 400 };
  t.deepEqual(combine([seen(5, 0.5, roomy), seen(200, 0.5, roomy)], none, '')?.flags, ['disputed']);
  t.deepEqual(combine([seen(5, 0.5), seen(8, 0.5)], none, '')?.flags, []);
});

test('the round trip shown is one’s own where there is one, the map that of the newest sight', t => {
  const sights = [seen(5, 0.1, { observer: 'me', rttMs: 80 }), seen(5, 0.9, { map: 'oa_ctf1', at: now + 1 })];
  t.like(combine(sights, none, 'me'), { rttMs: 80, map: 'oa_ctf1', at: now + 1 });
  t.like(combine(sights, none, 'you'), { rttMs: 30 });
});

test('what nobody who counts has seen is unknown', t => {
  t.is(combine([], none, ''), null);
  t.is(combine([seen(5, 0)], none, ''), null);
});

test('whoever holds less than half of the trust cannot move the count past what the others saw', t => {
  const trust = fc.integer({ min: 1, max: 100 });
  const honest = fc.array(fc.record({ players: fc.nat(64), trust }), { minLength: 1, maxLength: 6 });
  const liars = fc.array(fc.record({ players: fc.nat(100_000), trust }), { maxLength: 6 });
  fc.assert(
    fc.property(honest, liars, (good, bad) => {
      const sum = (them: readonly { trust: number }[]) => them.reduce((total, it) => total + it.trust, 0);
      fc.pre(sum(bad) < sum(good));
      const { players } = combine(
        [...good, ...bad].map(it => seen(it.players, it.trust)),
        none,
        '',
      )!;
      const counts = good.map(it => it.players);
      t.true(players! >= Math.min(...counts) && players! <= Math.max(...counts));
    }),
  );
});

const ago = (ms: number) => ({ at: now - ms });

for (const [title, sights, up] of [
  ['three observers who took over see it silent, and three saw it before', [3, 3], false],
  ['one of three sees it silent, and two saw it before', [1, 2], true],
  ['two of three see it silent, and one saw it before', [2, 1], false],
] as const) {
  test(`a server is ${up ? 'up' : 'down'} when ${title}`, t => {
    const after = Array.from({ length: sights[0] }, () => silent(0.5));
    const before = Array.from({ length: sights[1] }, () => seen(5, 0.5, ago(50_000)));
    t.is(combine([...before, ...after], none, '')?.up, up);
  });
}

test('one liar of three who is always the newest changes nothing', t => {
  t.false(combine([seen(5, 0.5), silent(0.5, ago(1)), silent(0.5, ago(40_000))], none, '')!.up);
  t.true(combine([silent(0.5), seen(5, 0.5, ago(1)), seen(5, 0.5, ago(40_000))], none, '')!.up);
});

test('strangers who are always the newest do not turn what one who is known saw', t => {
  const liars = Array.from({ length: 7 }, () => silent(0.02));
  t.true(combine([...liars, seen(5, 0.1, ago(60_000))], none, '')!.up);
  const boasts = Array.from({ length: 7 }, () => seen(200, 0.02));
  t.like(combine([...boasts, silent(0.1, ago(60_000))], none, ''), { up: false });
});
