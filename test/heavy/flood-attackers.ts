// The hostile peers of the flood: one process each, told over IPC.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Order, Progress } from './flood-peer.ts';

const program = fileURLToPath(new URL('./flood-peer.ts', import.meta.url));

export class Attackers implements AsyncDisposable {
  readonly #children: ChildProcess[];
  readonly #sent: number[];
  readonly #signed: Promise<void>[];
  readonly #finished: Promise<void>[];

  /** They begin to sign at once. */
  constructor(peers: number, order: Omit<Order, 'peer' | 'peers'>) {
    this.#sent = Array.from({ length: peers }, () => 0);
    this.#children = this.#sent.map(() => fork(program, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }));
    const stages = this.#children.map((child, peer) => {
      const signed = Promise.withResolvers<void>();
      const finished = Promise.withResolvers<void>();
      child.on('message', ({ state, fakes }: Progress) => {
        if (state === 'signed') return signed.resolve();
        this.#sent[peer] = fakes;
        if (state === 'sent') finished.resolve();
      });
      child.once('exit', code => signed.reject(new Error(`a hostile peer ended with ${code}`)));
      signed.promise.catch(() => {});
      child.send({ ...order, peer, peers } satisfies Order);
      return { signed: signed.promise, finished: finished.promise };
    });
    this.#signed = stages.map(({ signed }) => signed);
    this.#finished = stages.map(({ finished }) => finished);
  }

  /** Resolves when all fakes are signed. */
  async signed(): Promise<void> {
    await Promise.all(this.#signed);
  }

  /** Sends; resolves when the last fake has left. */
  async attack(): Promise<void> {
    for (const child of this.#children) child.send('begin');
    await Promise.all(this.#finished);
  }

  /** What has not left yet does not. */
  stop(): void {
    for (const child of this.#children) child.send('stop');
  }

  /** Fakes that were handed to the connections so far. */
  get sent(): number {
    return this.#sent.reduce((sum, sent) => sum + sent, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL');
  }
}
