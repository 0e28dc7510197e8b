import test from 'ava';
import { adoptingCrashes } from './adopting-crashes.ts';
import { temporaryFolder } from './processes.ts';

test('a node that is killed while it adopts has the old list or the new one, and adopts when it is back', async t => {
  t.timeout(180_000);
  await using folder = await temporaryFolder();
  const found = await adoptingCrashes(folder.path, 4, { always: 1_000, once: 300 }, Math.random);
  t.is(found.before + found.between + found.after, 4);
  t.log(JSON.stringify(found));
});
