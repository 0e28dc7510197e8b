// The announcements topic: batches come in through the door, and what this node has to say goes out in batches.
import { messageOf } from '../base/errors.ts';
import type { Monotonic } from '../base/time.ts';
import { reject } from '../base/verdict.ts';
import type { Network } from '../network/port.ts';
import type { Allowance } from './allowance.ts';
import { batchItemsMax, formatBatch, parseBatch } from './batch.ts';
import { type Door, verdictOf } from './door.ts';
import { announcementsTopic } from './topics.ts';
import { Turns } from './turns.ts';

/** Own announcements waiting to be sent. A gateway that registers 10,000 servers at once still fits. */
const outboxMax = 20_000;

/**
 * How long one is passed on later at most, so that fewer copies cross: as many milliseconds as it waits for company, and a third of the copies less where
 * nodes are near each other. Longer waits save little more there, and half as much on long lines. Source: bench/README.md, Spreading.
 */
export const holdMs = 20;

export type AnnouncementsDeps = {
  readonly network: Pick<Network, 'join' | 'publish'>;
  readonly door: Pick<Door, 'receive'>;
  readonly allowance: Allowance;
  readonly listName: string;
  /** How long an announcement may wait for company. */
  readonly batchMs: number;
  readonly batchMax: number;
  readonly monotonic: Monotonic;
  readonly later: (delayMs: number, task: () => void) => void;
  readonly pause: () => Promise<void>;
  readonly log: (message: string) => void;
};

export class Announcements {
  readonly #deps: AnnouncementsDeps;
  readonly #topic: string;
  #outbox: Uint8Array[] = [];
  #scheduled = false;

  constructor(deps: AnnouncementsDeps) {
    this.#deps = deps;
    this.#topic = announcementsTopic(deps.listName);
    const turns = new Turns(deps);
    const judge = async (data: Uint8Array) => {
      const batch = parseBatch(data);
      if (!batch.ok) return reject(batch.code);
      return verdictOf(await deps.door.receive(batch.value, deps.allowance));
    };
    deps.network.join(this.#topic, (data, from) => turns.take(from, data.length, () => judge(data)), holdMs);
  }

  /** Gossips an announcement with those that come within the next moment. Anti-entropy brings what finds no room. */
  send(blob: Uint8Array): void {
    if (this.#outbox.length >= outboxMax) return;
    this.#outbox.push(blob);
    if (this.#outbox.length >= this.#deps.batchMax) this.#flush();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      this.#deps.later(this.#deps.batchMs, () => {
        this.#scheduled = false;
        this.#flush();
      });
    }
  }

  #flush(): void {
    const blobs = this.#outbox;
    this.#outbox = [];
    const size = Math.min(this.#deps.batchMax, batchItemsMax);
    for (let at = 0; at < blobs.length; at += size) {
      this.#deps.network
        .publish(this.#topic, formatBatch(blobs.slice(at, at + size)))
        .catch(error => this.#deps.log(`an announcement could not be gossiped: ${messageOf(error)}`));
    }
  }
}
