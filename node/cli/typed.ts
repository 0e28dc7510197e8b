// Runs a command line as if somebody had typed it, and shows it with what it prints: for the demo.
import { Readable } from 'node:stream';
import type { Cli, Sink } from './cli.ts';
import { CliError, exits } from './errors.ts';
import type { Output } from './output.ts';

/** What finds the program in a checkout as well as an installed one. */
export const program = 'npx rollcall';

/** Of what a command prints, so many lines at its beginning and at its end: a dry run has one for each of 500 servers. */
const headMax = 5;
const tailMax = 10;

/** For people. @throws CliError when it fails */
export async function typeCommand(argv: readonly string[], cli: Cli, out: Output, lastLines = tailMax): Promise<void> {
  out.line('');
  out.line({ text: `$ ${program} ${argv.map(quoted).join(' ')}`, style: 'dim' });
  const { printed } = await ran(argv, cli);
  const lines = printed.split('\n').slice(0, -1);
  const left = lines.length - headMax - lastLines;
  const shown = left > 1 ? [...lines.slice(0, headMax), `… ${left} more lines …`, ...lines.slice(-lastLines)] : lines;
  cli.stdout.write(shown.map(line => `${line}\n`).join(''));
}

/** For programs: the command and the document that it answers with. @throws CliError when it fails */
export async function answerOf(
  argv: readonly string[],
  cli: Cli,
): Promise<{ command: readonly string[]; answer: unknown }> {
  const { answered } = await ran([...argv, '--json'], cli);
  return { command: argv, answer: JSON.parse(answered) };
}

/** `printed` is both streams as a terminal shows them, `answered` is stdout alone. */
async function ran(argv: readonly string[], cli: Cli): Promise<{ printed: string; answered: string }> {
  let printed = '';
  let answered = '';
  const { isTTY = false, columns = 80 } = cli.stdout;
  const sink = (write: Sink['write']): Sink => (isTTY ? { write, isTTY, columns } : { write });
  const stdout = sink(text => {
    printed += text;
    answered += text;
  });
  const stderr = sink(text => {
    printed += text;
  });
  const { run } = await import('./program.ts');
  // Nobody sits there to answer questions.
  const exit = await run({ ...cli, argv, stdout, stderr, stdin: () => Readable.from([]) });
  if (exit !== exits.done) throw new CliError(exits.failed, 'COMMAND_FAILED', `${argv[0]} failed: ${printed.trim()}`);
  return { printed, answered };
}

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
