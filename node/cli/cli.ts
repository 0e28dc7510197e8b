// What the command line needs of the world outside. node/main.ts hands it in; tests use plain objects.
import type { Clock, Monotonic } from '../base/time.ts';

export type Cli = {
  /** Without the program's own name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pid: number;
  /** Where relative paths begin. */
  readonly cwd: string;
  readonly version: string;
  /** Asked for only when it is needed: a terminal that is opened has to be closed again. */
  readonly stdin: () => Source;
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** `util.styleText` for stdout: it knows whether that is a terminal and honours NO_COLOR. */
  readonly style: (style: Style, text: string) => string;
  readonly clock: Clock;
  readonly monotonic: Monotonic;
  /** At least 0, below 1. */
  readonly random: () => number;
  readonly fetch: typeof fetch;
  /** Whether a process with this id runs on this machine. */
  readonly alive: (pid: number) => boolean;
  /** Aborts at the first SIGINT, SIGTERM or SIGHUP after the call; a second one ends the process as if nobody listened. */
  readonly interrupted: () => AbortSignal;
};

export type Source = NodeJS.ReadableStream & { readonly isTTY?: boolean };

export type Sink = { readonly write: (text: string) => unknown; readonly isTTY?: boolean; readonly columns?: number };

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';
