// kill -9 fifty times in the middle of a stream of changes: see README.md.
import { crashes } from '../crashes.ts';
import { temporaryFolder } from '../processes.ts';

const rounds = 50;

await using folder = await temporaryFolder();
try {
  const { kills, acknowledged, commits } = await crashes(folder.path, rounds, Math.random);
  process.stdout.write(
    `${kills} kills (${kills - rounds} of them during a start), ${acknowledged} changes acknowledged, none lost; ` +
      `verify --full found ${commits} commits sound after the last\n`,
  );
} catch (error) {
  process.stderr.write(`Failed: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
