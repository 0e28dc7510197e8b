// Runs the real program, as people do: bin/rollcall.js in processes of its own.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { Status } from '../../node/api/port.ts';

const program = new URL('../../bin/rollcall.js', import.meta.url).pathname;
/** Of all of them, and not in the home of a test: it is written as a process ends, when the test may be clearing up. */
const compiled = new URL('../../node_modules/.cache/rollcall', import.meta.url).pathname;

/** Stays on loopback, takes free ports, asks no game servers, commits at once. */
export const quietSettings: Readonly<Record<string, string>> = {
  ROLLCALL_NETWORK__LISTEN: '["/ip4/127.0.0.1/tcp/0"]',
  ROLLCALL_NETWORK__MDNS: 'false',
  ROLLCALL_NETWORK__ALLOW_PRIVATE_ADDRESSES: 'true',
  ROLLCALL_HTTP__PORT: '0',
  ROLLCALL_PROBE__ENABLED: 'false',
  ROLLCALL_HISTORY__COMMIT_CHANGES_MAX: '1',
  ROLLCALL_LOG__LEVEL: 'error',
};

/** Nothing here takes a minute; what hangs is killed before the test runner gives up and leaves it behind. */
const runningMaxMs = 90_000;
/** But for the demo, which starts twelve processes: on a busy machine that takes minutes. Its tests say so with `t.timeout`. */
export const demoMaxMs = 300_000;

export type Where = { readonly cwd: string; readonly data: string };
export type Ended = { readonly exit: number | null; readonly stdout: string; readonly stderr: string };

/** One run of the program; `stdout` and `stderr` grow while it runs. */
export class Running {
  stdout = '';
  stderr = '';
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #closed: Promise<unknown>;

  constructor(argv: readonly string[], { cwd, data }: Where, maxMs = runningMaxMs) {
    const own = { HOME: cwd, NODE_COMPILE_CACHE: compiled, NO_COLOR: '1', ROLLCALL_DATA: data };
    const env = { PATH: process.env.PATH, ...own, ...quietSettings };
    this.#child = spawn(process.execPath, [program, ...argv], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: maxMs,
      killSignal: 'SIGKILL',
    });
    this.#child.stdout.setEncoding('utf8').on('data', text => (this.stdout += text));
    this.#child.stderr.setEncoding('utf8').on('data', text => (this.stderr += text));
    this.#closed = once(this.#child, 'close');
  }

  /** Resolves once stdout is as wanted. @throws Error when the program ends before that */
  async until(wanted: (stdout: string) => boolean): Promise<void> {
    let over = false;
    const ended = this.#closed.then(() => (over = true));
    while (!wanted(this.stdout)) {
      if (over) throw new Error(`ended too early\n${this.stdout}${this.stderr}`);
      await Promise.race([once(this.#child.stdout, 'data'), ended]);
    }
  }

  interrupt(): void {
    this.#child.kill('SIGINT');
  }

  /** As a crash would: it gets no chance to tidy up. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async ended(): Promise<Ended> {
    await this.#closed;
    return { exit: this.#child.exitCode, stdout: this.stdout, stderr: this.stderr };
  }
}

export const ran = (argv: readonly string[], where: Where, maxMs?: number): Promise<Ended> =>
  new Running(argv, where, maxMs).ended();

/** A node that is ready; it ends with the block that uses it. */
export async function startedNode(where: Where): Promise<{ settled(): Promise<void> } & AsyncDisposable> {
  const running = new Running(['start', '--json'], where);
  await running.until(stdout => stdout.includes('\n'));
  const { http } = JSON.parse(running.stdout.split('\n')[0]!) as { http: string };
  const status = async () => (await (await fetch(`${http}/api/v1/status`)).json()) as Status;
  return {
    /** When all that was announced is in the history too. */
    async settled() {
      while ((await status()).uncommitted > 0);
    },
    async [Symbol.asyncDispose]() {
      running.interrupt();
      const { exit, stderr } = await running.ended();
      if (exit !== 0) throw new Error(`the node ended with ${exit}\n${stderr}`);
    },
  };
}
