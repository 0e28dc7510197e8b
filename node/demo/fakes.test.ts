import test from 'ava';
import { parseAddress, parseCidr } from '../base/address.ts';
import { fakesCount } from './bots.ts';
import { cast, understudies } from './cast.ts';
import { fake, fakesNetwork } from './fakes.ts';

const fakes = Array.from({ length: fakesCount }, (_, n) => fake(n));

test('no two fakes of a flood have a server, a name or an address in common', t => {
  for (const field of ['server', 'name', 'address'] as const) {
    t.is(new Set(fakes.map(fake => fake[field])).size, fakesCount, field);
  }
});

test('all fakes are in the range that the maintainer bars, and nobody else is', t => {
  const range = parseCidr(fakesNetwork);
  t.true(range.ok);
  for (const { address } of fakes) {
    const read = parseAddress(address);
    t.true(range.ok && read.ok && range.value.match(read.value.host), address);
  }
  t.false(range.ok && range.value.match('127.0.0.1'));
});

test('sorted by name, fakes stand before every server of the cast', t => {
  const honest = [...cast, ...understudies].flatMap(({ names }) => names);
  for (const { name } of fakes)
    t.true(
      honest.every(other => name.localeCompare(other) < 0),
      name,
    );
});
