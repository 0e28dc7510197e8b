// The one impure file: hands the command line its arguments, environment, streams, clock, randomness and signals.
import { styleText } from 'node:util';
import manifest from '../package.json' with { type: 'json' };
import { exits } from './cli/errors.ts';
import { run } from './cli/program.ts';

/** How soon a node stops whose npx was ended. */
const parentMs = 500;

let unwritten = false;
// A reader that stops early (`rollcall list | head`) is no failure, nor is one that is gone when a node logs its end.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || unwritten) return;
    unwritten = true;
    process.exitCode = exits.failed;
    if (stream === process.stdout) process.stderr.write(`rollcall: cannot write the output: ${error.message}\n`);
  });
}

const exit = await run({
  argv: process.argv.slice(2),
  env: process.env,
  pid: process.pid,
  cwd: process.cwd(),
  version: manifest.version,
  stdin: () => process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  style: (style, text) => styleText(style, text, { stream: process.stdout }),
  clock: Date.now,
  monotonic: () => Math.floor(performance.now()),
  random: Math.random,
  fetch,
  alive,
  interrupted,
});
process.exitCode = unwritten ? exits.failed : exit;

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function interrupted(): AbortSignal {
  const controller = new AbortController();
  // SIGHUP: the terminal is closed.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => controller.abort());
  // Whoever started this process with a channel to it (rollcall demo does) is gone when that closes, however he went.
  process.once('disconnect', () => controller.abort());
  if (process.connected === false) controller.abort();
  process.channel?.unref();
  // npx and npm run put a shell in between, which SIGTERM ends without being told to anybody: what is left has no parent then.
  const parent = process.ppid;
  if (process.env.npm_command !== undefined)
    setInterval(() => process.ppid !== parent && controller.abort(), parentMs).unref();
  return controller.signal;
}
