// kill -9 fifty times in the middle of adopting a rollback: see README.md.
import { join } from 'node:path';
import { adoptingCrashes } from '../adopting-crashes.ts';
import { temporaryFolder } from '../processes.ts';

/** Each time with new nodes: checking a history takes longer the longer it is. */
const runs = 5;
const rounds = 10;

await using folder = await temporaryFolder();
try {
  const sum = { before: 0, between: 0, after: 0 };
  for (let run = 1; run <= runs; run++) {
    const size = { always: 3_000, once: 1_000 };
    const { adoptionMs, ...found } = await adoptingCrashes(join(folder.path, `${run}`), rounds, size, Math.random);
    for (const when of ['before', 'between', 'after'] as const) sum[when] += found[when];
    process.stderr.write(
      `run ${run} of ${runs}: ${rounds} kills, adopting takes ${Math.round(adoptionMs)} ms undisturbed\n`,
    );
  }
  process.stdout.write(
    `${runs * rounds} kills while a rollback came into force: ${sum.before} before the statement was stored, ` +
      `${sum.between} with it and the old list, ${sum.after} with the new list; each time sound, and adopted after the restart\n`,
  );
} catch (error) {
  process.stderr.write(`Failed: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
