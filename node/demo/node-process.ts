// A node of the demo in a process of its own: `rollcall start`, as anybody would type it.
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../app/package-root.ts';
import { RollcallError } from '../base/errors.ts';
import { second } from '../base/time.ts';

/** What `start --json` says on its first line. */
export type Ready = {
  readonly peerId: string;
  readonly addresses: readonly string[];
  readonly http: string;
  readonly list: string;
};

export type NodeProcessOptions = {
  /** What people call it: `server-2`. */
  readonly name: string;
  /** Behind `start --json`. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** A clean end commits what is pending, in well under a second; a machine that swaps may take longer. */
const stopMaxMs = 10 * second;
/** Enough of a log to see why a node ended. */
const lastLinesMax = 15;
/** A longer line is cut: it is shown in a terminal. */
const lineLengthMax = 500;

export class NodeProcess {
  readonly name: string;
  readonly pid: number;
  /** Rejects with NODE_DIED when the node ends before it is ready. */
  readonly ready: Promise<Ready>;
  /** Resolves when the process is gone: why, unless it was stopped. */
  readonly ended: Promise<RollcallError | undefined>;
  readonly #child: ChildProcess;
  readonly #lastLines: string[] = [];
  #stopping = false;

  /** @throws RollcallError NODE_DIED when no process can be started at all */
  constructor({ name, argv, env }: NodeProcessOptions) {
    this.name = name;
    const program = fileURLToPath(new URL('bin/rollcall.js', packageRoot));
    const child = spawn(process.execPath, [program, 'start', '--json', ...argv], {
      env: { ...env },
      // The channel is a leash: when this process is gone, however it went, the node notices and ends (node/main.ts).
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A group of its own: Ctrl-C reaches the demo only, which then ends its nodes in order.
      detached: true,
      windowsHide: true,
    });
    this.#child = child;
    this.pid = child.pid ?? 0;
    child.stderr!.setEncoding('utf8').on('data', text => this.#keep(text));
    this.ended = new Promise(resolve => {
      child.once('error', error => resolve(this.#died(`could not be started: ${error.message}`)));
      child.once('close', (code, signal) =>
        resolve(this.#stopping ? undefined : this.#died(signal ? `was ended by ${signal}` : `ended with code ${code}`)),
      );
    });
    this.ready = Promise.race([
      firstLine(child).then(line => JSON.parse(line) as Ready),
      this.ended.then(error => {
        throw error ?? this.#died('was stopped before it was ready');
      }),
    ]);
    // Whoever waits for it hears of the end; when nobody does any more, it is no unhandled failure.
    this.ready.catch(() => {});
  }

  /** Ends it cleanly, or by force when that takes too long. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#child.kill('SIGTERM');
    const tooLong = setTimeout(() => this.#child.kill('SIGKILL'), stopMaxMs);
    await this.ended;
    clearTimeout(tooLong);
  }

  #keep(text: string): void {
    for (const line of text.split('\n')) if (line !== '') this.#lastLines.push(line.slice(0, lineLengthMax));
    this.#lastLines.splice(0, this.#lastLines.length - lastLinesMax);
  }

  #died(how: string): RollcallError {
    const log = this.#lastLines.length === 0 ? 'it said nothing' : `it said last:\n${this.#lastLines.join('\n')}`;
    return new RollcallError('NODE_DIED', `the node ${this.name} ${how}; ${log}`);
  }
}

/** Never resolves when the output ends before its first line does; later output is passed over. */
function firstLine(child: ChildProcess): Promise<string> {
  return new Promise(resolve => {
    let text = '';
    child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
      if (text.includes('\n')) return;
      text += chunk;
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')));
    });
  });
}
