// The list as it stood at a commit: page by page for people, and byte for byte for whoever checks a statement himself.
import type { CommitServers, CommitServersQuery } from '../api/port.ts';
import { utf8 } from '../base/bytes.ts';
import { RollcallError } from '../base/errors.ts';
import { batches } from '../history/diff.ts';
import { type History, stored } from '../history/history.ts';
import { blobsOf } from '../history/records.ts';
import { readAnnouncements, readBodies } from '../history/source.ts';
import type { Store } from '../history/store.ts';
import { parseFilter } from '../list/filter.ts';
import type { Announcement } from '../records/announcement.ts';
import type { Verified } from '../records/verified.ts';
import { announcementJson } from './rows.ts';

export type PastListsDeps = {
  readonly store: Pick<Store, 'getMany'>;
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
    const { resolve, history, pause } = this.#deps;
    const { limit = limitDefault, offset = 0, game } = query;
    const filter = parseFilter(query.filter ?? '');
    if (!filter.ok) throw new RollcallError(filter.code, filter.message);
    const oid = await resolve(revision);
    const servers: CommitServers['servers'] = [];
    let total = 0;
    for (const batch of batches([...(await blobsOf(this.#source, await history.serversOf(oid)))], sliceMax)) {
      const announcements = await this.#announcements(batch);
      for (const [i, [id]] of batch.entries()) {
        const announcement = announcements[i]!;
        if (announcement.state === 'left' || (game !== undefined && announcement.game !== game)) continue;
        if (!filter.value({ id, ...announcement, ...unknown })) continue;
        if (total >= offset && servers.length < limit) servers.push(announcementJson(id, announcement));
        total++;
      }
      await pause();
    }
    return { oid, total, servers };
  }

  /**
   * One line of JSON an announcement, in the order of paths. What its blobs hold, one after the other, is what
   * `Rollcall-Records` is the SHA-256 of. @throws RollcallError NO_SUCH_COMMIT, AMBIGUOUS_COMMIT
   */
  async *records(revision: string): AsyncGenerator<Uint8Array> {
    const { resolve, history } = this.#deps;
    const blobs = await blobsOf(this.#source, await history.serversOf(await resolve(revision)));
    for (const batch of batches([...blobs], sliceMax)) {
      const oids = batch.map(([, oid]) => oid);
      const bodies = await readBodies(this.#source, oids, 'blob');
      const lines = batch.map(([id], i) => `{"id":"${id}","blob":"${Buffer.from(bodies[i]!).toString('base64')}"}\n`);
      yield utf8(lines.join(''));
    }
  }

  get #source() {
    return stored(this.#deps.store);
  }

  async #announcements(blobs: readonly [id: string, oid: string][]): Promise<Announcement[]> {
    const held = blobs.map(([id, oid]) => {
      const item = this.#deps.held(id);
      return item?.oid === oid ? item.announcement : undefined;
    });
    const others = blobs.filter((_, i) => !held[i]).map(([, oid]) => oid);
    const read = await readAnnouncements(this.#source, others);
    return held.map(announcement => announcement ?? read.shift()!);
  }
}
