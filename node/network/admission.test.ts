import test from 'ava';
import { crowdedOut, type Guest, refuses } from './admission.ts';

const karma: Record<string, number> = { bad: -0.4, poor: -0.1, good: 0.3, best: 0.8, friend: -1 };
const esteem = {
  karma: (peer: string) => karma[peer] ?? 0,
  preferred: (peer: string) => peer === 'friend',
  refuseBelow: -0.5,
};

let atMs = 0;
const guest = (peer: string, host: string, direction: Guest['direction'] = 'inbound'): Guest => ({
  peer,
  address: `/${host.includes(':') ? 'ip6' : 'ip4'}/${host}/tcp/7481`,
  direction,
  openedAtMs: ++atMs,
});

test('below the threshold a peer is refused, at it and when it is preferred it is not', t => {
  const at = (value: number) => refuses({ ...esteem, karma: () => value }, 'x');
  t.deepEqual([at(-0.51), at(-0.5), at(0)], [true, false, false]);
  t.false(refuses(esteem, 'friend'));
});

for (const [title, others, newcomer, leaves] of [
  ['a stranger among strangers of one network stays outside', ['a 1.1.0.1', 'b 1.1.0.2'], 'n 1.1.0.3', 'n'],
  ['a better one takes the place of the worst', ['good 1.1.0.1', 'bad 1.1.0.2', 'poor 1.1.0.4'], 'n 1.1.0.3', 'bad'],
  ['a worse one takes nobody’s place', ['a 1.1.0.1', 'b 1.1.0.2'], 'poor 1.1.0.3', 'poor'],
  ['of equals the newest goes', ['a 1.1.0.1', 'b 1.1.0.2'], 'good 1.1.0.3', 'b'],
  ['a stranger of a new network takes the place of one of many', ['a 1.1.0.1', 'b 1.1.0.2'], 'n 2.2.0.1', 'b'],
  ['… but not of a better one', ['good 1.1.0.1', 'best 1.1.0.2'], 'n 2.2.0.1', 'n'],
  ['the only one of a network keeps its place', ['bad 2.2.0.1', 'a 1.1.0.1', 'b 1.1.0.2'], 'good 1.1.0.3', 'b'],
  [
    'when each has a network of its own, nobody goes for a new one',
    ['bad 2.2.0.1', 'a 1.1.0.1'],
    'best 3.3.0.1',
    'best',
  ],
  ['a preferred one gets in even then', ['bad 2.2.0.1', 'a 1.1.0.1'], 'friend 3.3.0.1', 'bad'],
  ['a preferred one never goes', ['friend 1.1.0.1', 'a 1.1.0.2'], 'good 1.1.0.3', 'a'],
  ['one that this node dialled never goes', ['bad 1.1.0.1 outbound', 'a 1.1.0.2'], 'good 1.1.0.3', 'a'],
  ['one that this node dials finds room', ['a 1.1.0.1', 'b 1.1.0.2'], 'n 1.1.0.3 outbound', 'b'],
  ['among preferred ones only, nobody has to go', ['friend 1.1.0.1'], 'friend 1.1.0.2', undefined],
  ['of IPv6 the /32 counts', ['a 2a01:4f8::1', 'b 2a01:4f8:1::1'], 'n 2a01:4f9::1', 'b'],
] as const) {
  test(`when all places are taken: ${title}`, t => {
    const guests = [...others, newcomer].map(words => {
      const [peer, host, direction] = words.split(' ');
      return guest(peer!, host!, direction as Guest['direction']);
    });
    t.is(crowdedOut(guests, guests.at(-1)!, esteem)?.peer, leaves);
  });
}

test('a flood from one network does not push out those of others', t => {
  const honest = Array.from({ length: 20 }, (_, i) => guest(`honest${i}`, `${20 + i}.1.0.1`));
  const guests = [...honest];
  for (let i = 0; i < 1_000; i++) {
    guests.push(guest(`bot${i}`, `66.66.${i >> 8}.${i & 255}`));
    if (guests.length > 40) guests.splice(guests.indexOf(crowdedOut(guests, guests.at(-1)!, esteem)!), 1);
  }
  t.deepEqual(guests.slice(0, 20), honest);
  guests.push(guest('late', '99.1.0.1'));
  t.regex(crowdedOut(guests, guests.at(-1)!, esteem)!.peer, /^bot/);
});
