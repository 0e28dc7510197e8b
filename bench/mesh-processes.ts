// Members of a mesh in as many processes as there are cores: nodes have machines of their own, and here at least a share of this one.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Kind } from './mesh.ts';
import type { Answers, Question } from './mesh-process.ts';

type Answer = { readonly id: number; readonly value?: unknown; readonly error?: string };
type Waiting = { readonly resolve: (value: never) => void; readonly reject: (error: Error) => void };

/** A process that runs some members. */
class MeshProcess {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;

  constructor(kind: Kind) {
    this.#child = fork(new URL('./mesh-process.ts', import.meta.url), [kind]);
    this.#child.on('message', (answer: Answer) => this.#answered(answer));
    this.#child.on('exit', code => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`a process of members ended with ${code}`));
    });
  }

  ask<What extends keyof Answers>(question: Question & { readonly what: What }): Promise<Answers[What]> {
    const id = ++this.#asked;
    const { promise, resolve, reject } = Promise.withResolvers<Answers[What]>();
    this.#waiting.set(id, { resolve, reject });
    this.#child.send({ id, ...question });
    return promise;
  }

  async end(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }

  #answered({ id, value, error }: Answer): void {
    const waiting = this.#waiting.get(id)!;
    this.#waiting.delete(id);
    if (error === undefined) waiting.resolve(value as never);
    else waiting.reject(new Error(error));
  }
}

export class MeshProcesses implements AsyncDisposable {
  readonly #all: readonly MeshProcess[];
  #members = 0;

  constructor(kind: Kind, processes: number) {
    this.#all = Array.from({ length: processes }, () => new MeshProcess(kind));
  }

  /** Opens one more member, which dials those entries. */
  async open(entries: readonly string[]): Promise<string> {
    const member = this.#members++;
    return this.#processOf(member).ask({ what: 'open', member, entries });
  }

  say(member: number, count: number): Promise<Answers['say']> {
    return this.#processOf(member).ask({ what: 'say', member, count });
  }

  /** Of each member in turn. */
  async peers(): Promise<number[]> {
    const all = await Promise.all(this.#all.map(it => it.ask({ what: 'peers' })));
    return Array.from({ length: this.#members }, (_, member) => all[member % all.length]![member]!);
  }

  /** What was heard since it was asked last. */
  async heard(): Promise<Answers['heard']> {
    return (await Promise.all(this.#all.map(it => it.ask({ what: 'heard' })))).flat();
  }

  /** CPU time of all processes, their garbage collectors included. */
  async cpuMs(): Promise<number> {
    const all = await Promise.all(this.#all.map(it => it.ask({ what: 'cpuMs' })));
    return all.reduce((sum, ms) => sum + ms, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#all.map(it => it.end()));
  }

  #processOf(member: number): MeshProcess {
    return this.#all[member % this.#all.length]!;
  }
}
