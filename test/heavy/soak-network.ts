// The nodes of the soak: real processes that are started, killed, stopped for a while and started again, each in its place of
// the lab, with what they log kept in a file.
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { second } from '../../node/base/time.ts';
import { type NodeProcess, quietFlags, startProcess } from '../processes.ts';
import type { Lab, Place } from './soak-lab.ts';

export const list = 'soak';
const probe = fileURLToPath(new URL('soak-probe.ts', import.meta.url));

/** Short lives and intervals: half an hour has to hold renewals, ends and commits enough to see what they leave behind. */
const shared = [
  ...['--list', list, '--log-level', 'warn'],
  ...['history.commitIntervalMs=5000', 'gossip.syncIntervalMs=15000', 'network.inboundPerSecondMax=1000'].flatMap(
    set => ['--set', set],
  ),
];
/** Of `quietFlags` all but where to listen. */
const quiet = quietFlags.slice(quietFlags.indexOf('--log-level') + 2);

/**
 * glibc keeps what was freed, in up to eight heaps a core, and takes more whenever a peak is higher than all before: memory
 * that way rises for hours, ever more slowly, and hides what leaks. So it has one heap, and gives back what is free: large
 * pieces at once, the end of the heap as soon as it is. Source: mallopt(3).
 */
const givesBack = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: '65536',
  MALLOC_TRIM_THRESHOLD_: '131072',
};
/** One has memory as users have it: for comparison. */
const usualMemory = 2;

export type Role = {
  readonly number: number;
  /** May be killed; the others are never started again, so that it shows what grows in them. */
  readonly mortal: boolean;
  /** What is free goes back to the system, so that what it takes is what it holds. */
  readonly givesBack: boolean;
  readonly skewMs: number;
  /** Reaches others only through this process. */
  readonly walled: boolean;
  /** Of its own announcements. */
  readonly lifetimeMs: number;
  readonly entries: readonly string[];
};

export class SoakNode implements AsyncDisposable {
  readonly role: Role;
  readonly data: string;
  /** How often it was started. */
  starts = 0;
  /** Undefined while it is down. */
  process: NodeProcess | undefined;
  /** Stopped by SIGSTOP. */
  paused = false;
  /** Ended otherwise than by us. */
  died: string | undefined;
  readonly #folder: string;
  readonly #place: Place;

  private constructor(folder: string, role: Role, place: Place) {
    this.#folder = folder;
    this.role = role;
    this.data = join(folder, String(role.number));
    this.#place = place;
  }

  static async open(folder: string, lab: Lab, role: Role): Promise<SoakNode> {
    const node = new SoakNode(folder, role, await lab.place(role.number, role.walled));
    await mkdir(node.data);
    return node;
  }

  get name(): string {
    return `node ${this.role.number}`;
  }

  /** Whether it can be asked anything now. */
  get answers(): boolean {
    return this.process !== undefined && !this.paused;
  }

  get figuresPath(): string {
    return join(this.#folder, `${this.role.number}.figures`);
  }

  async start(): Promise<NodeProcess> {
    const { skewMs, lifetimeMs, entries, ...role } = this.role;
    await rm(this.figuresPath, { force: true });
    const log = openSync(this.#logPath, 'a');
    const flags = [
      ...['--listen', this.#place.listen, '--http', this.#place.http, '--set', `list.lifetimeMs=${lifetimeMs}`],
      ...entries.flatMap(entry => ['--entry', entry]),
    ];
    try {
      const started = await startProcess(this.data, flags, {
        through: this.#place.through,
        options: ['--import', probe, '--heapsnapshot-signal=SIGUSR2', `--diagnostic-dir=${this.#folder}`],
        env: { SOAK_FIGURES: this.figuresPath, SOAK_SKEW_MS: String(skewMs), ...(role.givesBack ? givesBack : {}) },
        base: [...shared, ...quiet],
        stderr: log,
      });
      this.process = started;
      this.starts++;
      started.child.once('exit', (code, signal) => {
        // What we end is let go of before.
        if (this.process === started) this.died = `${this.name} ended by itself: ${signal ?? `exit code ${code}`}`;
      });
      return started;
    } catch (error) {
      throw new Error(`${this.name} did not start; it logged last: ${(await this.log()).slice(-3).join('\n')}`, {
        cause: error,
      });
    } finally {
      closeSync(log);
    }
  }

  /** Ends it. @throws Error when SIGTERM does not end it in an orderly way */
  async stop(signal: NodeJS.Signals): Promise<void> {
    const ended = this.process;
    this.process = undefined;
    if (!ended || this.died !== undefined) return;
    await ended.stop(signal);
    if (signal === 'SIGTERM' && ended.child.exitCode !== 0) {
      throw new Error(`${this.name} ended with ${ended.child.exitCode ?? ended.child.signalCode} upon SIGTERM`);
    }
  }

  pause(): void {
    this.paused = true;
    this.process?.child.kill('SIGSTOP');
  }

  resume(): void {
    this.process?.child.kill('SIGCONT');
    this.paused = false;
  }

  /** Lines that it logged, of all its runs. */
  async log(): Promise<string[]> {
    const text = await readFile(this.#logPath, 'utf8').catch(() => '');
    return text.split('\n').filter(line => line !== '');
  }

  get #logPath(): string {
    return join(this.#folder, `${this.role.number}.log`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.paused) this.resume();
    await this.stop('SIGKILL');
    await this.#place[Symbol.asyncDispose]();
  }
}

/**
 * Clocks of two nodes are wrong by this much, one ahead and one behind. The lists of the two differ while a server runs out
 * for one and not for the other.
 */
const skewMs = 10 * second;

/** Roles of the nodes that stay. Node 0 is where all the others begin; `door` is how a walled one gets there. */
export function rolesOf(count: number, lifetimeMs: number): Omit<Role, 'entries'>[] {
  return Array.from({ length: count }, (_, number) => ({
    number,
    mortal: number >= Math.ceil(count / 2) && number < count - 1,
    givesBack: number !== usualMemory,
    skewMs: number === 1 ? skewMs : number === count - 2 ? -skewMs : 0,
    walled: number === count - 1,
    lifetimeMs,
  }));
}
