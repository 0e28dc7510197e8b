import test from 'ava';
import { serviceTag } from './node.ts';

test('nodes look for the name of their list on the LAN', t => {
  t.is(serviceTag('inexor'), '_rollcall-inexor._udp.local');
});

test('a name that makes no DNS label is hashed, so that lists stay apart', t => {
  const tags = ['a'.repeat(64), 'a'.repeat(65), 'In exor', 'in.exor'].map(serviceTag);
  t.is(new Set(tags).size, 4);
  for (const tag of tags) t.regex(tag, /^_rollcall-[0-9a-f]{40}\._udp\.local$/);
});
