// When what runs out: ids in buckets of one second, so that a tick costs only what is due.
import { second } from '../base/time.ts';
import { Crowd } from './crowd.ts';

export class Expiry {
  readonly #buckets = new Map<number, Crowd<string>>();
  #done = Number.NEGATIVE_INFINITY;

  add(id: string, atMs: number): void {
    const bucket = Math.max(Math.ceil(atMs / second), this.#done + 1);
    const held = this.#buckets.get(bucket);
    const ids = held ?? new Crowd<string>();
    ids.add(id);
    if (!held) this.#buckets.set(bucket, ids);
  }

  delete(id: string, atMs: number): void {
    const bucket = Math.ceil(atMs / second);
    const ids = this.#buckets.get(bucket);
    if (ids?.delete(id) && ids.size === 0) this.#buckets.delete(bucket);
  }

  /** Takes out what is due: up to a second late, never early. */
  due(now: number): string[] {
    const last = Math.floor(now / second);
    const buckets =
      last - this.#done < this.#buckets.size
        ? Array.from({ length: Math.max(0, last - this.#done) }, (_, i) => this.#done + 1 + i)
        : [...this.#buckets.keys()].filter(bucket => bucket <= last).sort((a, b) => a - b);
    const ids = buckets.flatMap(bucket => [...(this.#buckets.get(bucket) ?? [])]);
    for (const bucket of buckets) this.#buckets.delete(bucket);
    this.#done = Math.max(this.#done, last);
    return ids;
  }
}
