import test from 'ava';
import { Shared } from './shared.ts';

test('a text is given back as it is, and no more are remembered than may be', t => {
  const shared = new Shared(2);
  for (const text of ['a', 'b', 'c', 'a', '', '__proto__']) t.is(shared.of(text), text);
  t.is(shared.size, 2);
});
