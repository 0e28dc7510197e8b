// kill -9 fifty times in the middle of adopting a rollback: see README.md.
import { adoptingCrashes } from '../adopting-crashes.ts';
import { temporaryFolder } from '../processes.ts';

const rounds = 50;

await using folder = await temporaryFolder();
try {
  const found = await adoptingCrashes(folder.path, rounds, { always: 3_000, once: 1_000 }, Math.random);
  process.stdout.write(
    `${rounds} kills while a rollback came into force, which takes ${Math.round(found.adoptionMs)} ms undisturbed: ` +
      `${found.before} before the statement was stored, ${found.between} with it and the old list, ${found.after} with the ` +
      'new list; each time sound, and adopted after the restart\n',
  );
} catch (error) {
  process.stderr.write(`Failed: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
