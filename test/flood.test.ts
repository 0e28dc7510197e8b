// A small flood against three real nodes; test/heavy/flood.ts is the large one, with limits on time and memory.
import test from 'ava';
import { minute } from '../node/base/time.ts';
import { flood } from './heavy/flood-run.ts';
import { temporaryFolder } from './processes.ts';

/** So many that the deny rules of the rollback are larger than an announcement. */
const addresses = 40;
const flags = ['--set', 'gossip.syncIntervalMs=1000', '--set', 'history.commitIntervalMs=1000'];

for (const [title, checkpoint] of [
  ['without a maintainer', false],
  ['under a checkpoint', true],
] as const) {
  test.serial(`5,000 fakes of 200 identities move none of 60 real servers, ${title}`, async t => {
    await using folder = await temporaryFolder();
    const result = await flood({
      folder: folder.path,
      // A checkpoint gives real servers their places even where the attacker has his.
      scale: { real: 60, neighbours: checkpoint ? 10 : 0, fakes: 5_000, identities: 200, addresses },
      kind: 'crowd',
      peers: 2,
      checkpoint,
      announcements: 5,
      everyMs: 100,
      attackMsMax: minute,
      flags,
      say: line => t.log(line),
    });
    t.true(result.sent >= 1_000);
    t.true(result.spreads.every(Number.isFinite));
    t.deepEqual(result.fakesAtTop, [], 'places of fakes among the rows that are shown first');
    for (const { real, late, fakes } of result.lists) {
      t.is(real, 60);
      t.is(late, result.late);
      t.true(fakes > 0 && fakes <= addresses * 64, `${fakes} fakes`);
    }
    for (const { real, late, fakes } of result.healed) t.deepEqual([real, late, fakes], [60, result.late, 0]);
    t.is(result.healed.length, checkpoint ? 3 : 0);
  });
}
