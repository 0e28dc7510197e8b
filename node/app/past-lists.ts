// The list as it stood at a commit: as rows for people, and byte for byte for whoever checks a statement himself.
import type { CommitServersQuery } from '../api/port.ts';
import type { CommitServer, CommitServers } from '../api/port-history.ts';
import { RollcallError } from '../base/errors.ts';
import { batches } from '../history/diff.ts';
import { type History, stored } from '../history/history.ts';
import { blobsOf } from '../history/records.ts';
import { readAnnouncements, readBodies } from '../history/source.ts';
import type { Store } from '../history/store.ts';
import { type Filter, parseFilter } from '../list/filter.ts';
import type { Verified } from '../records/verified.ts';
import { announcementJson } from './rows.ts';

export type PastListsDeps = {
  readonly store: Pick<Store, 'objects'>;
  readonly history: Pick<History, 'serversOf'>;
  /** @throws RollcallError NO_SUCH_COMMIT, AMBIGUOUS_COMMIT */
  readonly resolve: (revision: string) => Promise<string>;
  /** What is held of a server now: as a rule it is what most lists of the past hold, and need not be read again. */
  readonly held: (id: string) => Verified | undefined;
  readonly pause: () => Promise<void>;
};

/** Announcements read before the event loop gets a turn: 10 ms when none of them is held. */
const sliceMax = 250;
const limitDefault = 1_000;

/** Nobody knows today what was thought and seen of it then. */
const unknown = {
  standing: 'unknown',
  hidden: null,
  karma: { value: Number.NaN, tier: 'unknown' },
  observed: null,
} as const;

export class PastLists {
  readonly #deps: PastListsDeps;

  constructor(deps: PastListsDeps) {
    this.#deps = deps;
  }

  /** @throws RollcallError NO_SUCH_COMMIT, AMBIGUOUS_COMMIT, BAD_FILTER */
  async servers(revision: string, query: CommitServersQuery): Promise<CommitServers> {
    const filter = parseFilter(query.filter ?? '');
    if (!filter.ok) throw new RollcallError(filter.code, filter.message);
    const oid = await this.#deps.resolve(revision);
    return { oid, servers: this.#servers(oid, filter.value, query) };
  }

  /**
   * Announcements as they are, in the order of their paths and with nothing between them: `Rollcall-Records` is the SHA-256
   * of it all. @throws RollcallError NO_SUCH_COMMIT, AMBIGUOUS_COMMIT
   */
  async *records(revision: string): AsyncGenerator<Uint8Array> {
    for await (const slice of this.#slices(await this.#deps.resolve(revision))) {
      const unheld = slice.filter(({ held }) => !held).map(({ blob }) => blob);
      const read = await readBodies(this.#source, unheld, 'blob');
      yield Buffer.concat(slice.map(({ held }) => held?.bytes ?? read.shift()!));
    }
  }

  async *#servers(oid: string, passes: Filter, query: CommitServersQuery): CommitServers['servers'] {
    const { limit = limitDefault, offset = 0, game } = query;
    let total = 0;
    for await (const slice of this.#slices(oid)) {
      const unheld = slice.filter(({ held }) => !held).map(({ blob }) => blob);
      const read = await readAnnouncements(this.#source, unheld);
      const rows: CommitServer[] = [];
      for (const { id, held } of slice) {
        const announcement = held?.announcement ?? read.shift()!;
        if (announcement.state === 'left' || (game !== undefined && announcement.game !== game)) continue;
        if (!passes({ id, ...announcement, ...unknown })) continue;
        if (total >= offset && total < offset + limit) rows.push(announcementJson(id, announcement));
        total++;
      }
      if (rows.length > 0) yield rows;
    }
    return total;
  }

  /** What is listed at a commit, in the order of ids, with what is held now where it is the same. */
  async *#slices(oid: string): AsyncGenerator<{ id: string; blob: string; held: Verified | undefined }[]> {
    const { history, held, pause } = this.#deps;
    const blobs = await blobsOf(this.#source, await history.serversOf(oid));
    for (const batch of batches([...blobs], sliceMax)) {
      yield batch.map(([id, blob]) => {
        const item = held(id);
        return { id, blob, held: item?.oid === blob ? item : undefined };
      });
      await pause();
    }
  }

  get #source() {
    return stored(this.#deps.store);
  }
}
