// A player of the demo: follows the events of its node and says what it sees happen.
import type { NodeEvent, ServerRow } from '../api/port.ts';
import { RollcallError } from '../base/errors.ts';
import type { StreamEvent } from './event-stream.ts';
import type { NodeClient } from './node-client.ts';
import { type Sighting, sightings } from './sightings.ts';

export type PlayerDeps = {
  readonly client: Pick<NodeClient, 'servers' | 'events'>;
  /** Something was announced of the server with this id, and has arrived. */
  readonly heard: (id: string) => void;
  readonly saw: (sighting: Sighting) => void;
  /** The node tells no more. */
  readonly failed: (error: unknown) => void;
};

export class Player {
  readonly #deps: PlayerDeps;
  #rows: readonly ServerRow[] = [];
  #looking = false;
  #stale = false;

  constructor(deps: PlayerDeps) {
    this.#deps = deps;
  }

  /** The list when it was last looked at. */
  get rows(): readonly ServerRow[] {
    return this.#rows;
  }

  /** Resolves once it notices all that happens from then on. */
  async follow(): Promise<void> {
    const events = await this.#deps.client.events();
    this.#rows = (await this.#deps.client.servers()).servers;
    this.#read(events).catch(this.#deps.failed);
  }

  async #read(events: AsyncIterable<StreamEvent>): Promise<void> {
    for await (const { type, data } of events) {
      if (type === 'servers') {
        const { changes } = JSON.parse(data) as Extract<NodeEvent, { type: 'servers' }>;
        for (const { id } of changes) this.#deps.heard(id);
      }
      // Not waited for: the next announcement's arrival is to be noticed when it comes.
      if (type === 'servers' || type === 'observed' || type === 'resync') this.#look().catch(this.#deps.failed);
    }
    throw new RollcallError('STREAM_ENDED', 'the event stream of a player has ended');
  }

  /** Events that come while it looks are answered by one more look. */
  async #look(): Promise<void> {
    this.#stale = true;
    if (this.#looking) return;
    this.#looking = true;
    while (this.#stale) {
      this.#stale = false;
      const { servers } = await this.#deps.client.servers();
      const seen = sightings(this.#rows, servers);
      this.#rows = servers;
      for (const sighting of seen) this.#deps.saw(sighting);
    }
    this.#looking = false;
  }
}
