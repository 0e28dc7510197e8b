import test from 'ava';
import { crashes } from './crashes.ts';
import { temporaryFolder } from './processes.ts';

test('a node that is killed in the middle of its work is sound each time it is back, and has lost nothing', async t => {
  t.timeout(180_000);
  await using folder = await temporaryFolder();
  const { kills, acknowledged, commits } = await crashes(folder.path, 10, Math.random);
  t.is(kills, 12);
  t.true(acknowledged > kills, 'hardly anything was changed');
  t.true(commits > kills, 'hardly anything was committed');
  t.log(`${kills} kills, ${acknowledged} changes acknowledged, none lost, ${commits} commits, all sound`);
});
