// The one level store of a node: git objects, the head, indexes over the history, and small records of the other parts.

import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setImmediate as pause } from 'node:timers/promises';
import { Level } from 'level';
import { messageOf, RollcallError } from '../base/errors.ts';
import { damaged, moveAway } from './damaged.ts';
import { type GitObject, readEntry } from './objects.ts';

/** One write inside an atomic batch. `space` is a sublevel's name. */
export type Write =
  | { readonly put: string; readonly space: Space; readonly value: Uint8Array }
  | { readonly del: string; readonly space: Space };

/**
 * objects: git objects by hash · refs: `main`, and marks · commits: height by commit hash · log: one entry a commit, by height ·
 * servers, announcers: which commits touched one, `<id>/<height>` · changes: blobs that a commit replaced, by height ·
 * lists: the whole list at some commits, `<height>/<first digit>`, and who said something new since the one before, `<height>` ·
 * floors: lowest `issuedAt` still welcome, by id ·
 * own: this node's announcements, by server · peers: addresses that worked, by peer id ·
 * signed: heights of statements · cuts: commits whose parents are not here · statements: those kept, by digest ·
 * going: commits that are history no more while some of their objects are still here, by height ·
 * keys: maintainers' keys added or removed here, by fingerprint ·
 * karma: what is remembered of a peer, by peer id · deny: this node's own deny rules, by what they bar ·
 * ages: since when a server has been listed here, by id · series: what was seen over time, `<span>/<step>` ·
 * slots: which server has which place in a column of the series
 */
export type Space =
  | 'objects'
  | 'refs'
  | 'commits'
  | 'log'
  | 'servers'
  | 'announcers'
  | 'changes'
  | 'lists'
  | 'signed'
  | 'cuts'
  | 'going'
  | 'floors'
  | 'own'
  | 'peers'
  | 'statements'
  | 'keys'
  | 'karma'
  | 'deny'
  | 'ages'
  | 'series'
  | 'slots';

export type Range = {
  gt?: string;
  gte?: string;
  lt?: string;
  lte?: string;
  reverse?: boolean;
  limit?: number;
  /** Read in one go; level's own 16 KiB unless told. */
  highWaterMarkBytes?: number;
};

/** Writes handed to level before the event loop gets a turn: about 10 ms. */
const sliceMax = 4_000;

/** Level maps each file it has open, 2 MiB as a rule, and what is mapped counts as memory of the node. */
const maxOpenFiles = 64;

/** Threads that read at a time: as many as Node has for files, names and zlib. Each goes through files of its own. */
const lanes = 4;
/** Fewer keys a thread are read as fast by one. */
const laneMin = 100;
/** Keys read, and worked on, in one go: 3 ms of the event loop. */
const partMax = 1_024;

/** `folder`: in the data folder of a node. @throws RollcallError STORE_BUSY when another process holds the store, STORE_UNREADABLE for anything else */
export async function openStore(folder: string): Promise<Store> {
  await refuseHalfLost(folder);
  const db = new Level<string, Uint8Array>(folder, { keyEncoding: 'utf8', valueEncoding: 'view', maxOpenFiles });
  try {
    await db.open();
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    if ((cause as { code?: string }).code === 'LEVEL_LOCKED') {
      throw new RollcallError('STORE_BUSY', `another node is running on ${dirname(folder)}`, {
        remedy: 'stop it first, or give this one its own --data folder',
      });
    }
    throw unreadable(folder, messageOf(cause), cause);
  }
  return new Store(db);
}

/** Level makes a new, empty store where the file is missing that names the others: all that was there would be forgotten. */
async function refuseHalfLost(folder: string): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  if (!names.includes('CURRENT') && names.some(name => /^MANIFEST-|\.(?:ldb|log)$/.test(name))) {
    throw unreadable(folder, 'its file CURRENT is missing, though others are there');
  }
}

const unreadable = (folder: string, why: string, cause?: unknown) =>
  new RollcallError('STORE_UNREADABLE', `cannot open the store in ${folder}: ${why}`, {
    remedy: why.includes('No space left')
      ? 'make room on its disk, and start again: it need not be damaged'
      : `if it is damaged, ${moveAway(folder)}`,
    cause,
  });

export class Store {
  readonly #db: Level<string, Uint8Array>;
  /**
   * Why a write failed. Level's log ends within an entry from then on: it would take what comes behind that, and pass over it at the
   * next start. So nothing more is written until then, when level cuts the log there.
   */
  #failure: unknown;

  constructor(db: Level<string, Uint8Array>) {
    this.#db = db;
  }

  /** All or nothing, and on disk when it resolves. @throws RollcallError STORE_UNWRITABLE, from the first on until it is opened anew */
  async write(writes: readonly Write[]): Promise<void> {
    if (this.#failure !== undefined) unwritable(this.#failure);
    const batch = this.#db.batch();
    for (const write of writes) {
      if ('put' in write) batch.put(keyIn(write.space, write.put), write.value);
      else batch.del(keyIn(write.space, write.del));
      if (batch.length % sliceMax === 0) await pause();
    }
    await batch.write({ sync: true }).catch(error => {
      this.#failure ??= error;
    });
    // Also when it was another's that failed meanwhile: this one may have come behind it.
    if (this.#failure !== undefined) unwritable(this.#failure);
  }

  get(space: Space, key: string): Promise<Uint8Array | undefined> {
    return this.#db.get(keyIn(space, key)).catch(unsound);
  }

  getMany(space: Space, keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    return this.#readMany(space, keys, value => value);
  }

  /** @throws RollcallError STORE_DAMAGED when one is there but not sound */
  objects(oids: readonly string[]): Promise<(GitObject | undefined)[]> {
    return this.#readMany('objects', oids, entry => entry && readEntry(entry));
  }

  /**
   * Read in key order, whatever order they are asked in: a thousand then take a third of the time. Many are read by all lanes, as of
   * one moment, and what one part of them gives is worked on while others are read.
   */
  async #readMany<T>(space: Space, keys: readonly string[], work: (value: Uint8Array | undefined) => T): Promise<T[]> {
    const found = new Array<T>(keys.length);
    const readPart = async (part: readonly number[], options: object): Promise<void> => {
      const values = await this.#db.getMany(
        part.map(i => keyIn(space, keys[i]!)),
        options,
      );
      for (const [at, i] of part.entries()) found[i] = work(values[at]);
    };
    const order = keyOrder(keys);
    if (keys.length < laneMin * lanes) {
      await readPart(order, {}).catch(unsound);
      return found;
    }
    const size = Math.min(Math.ceil(keys.length / lanes), partMax);
    const snapshot = this.#db.snapshot();
    try {
      const parts = Array.from({ length: Math.ceil(keys.length / size) }, (_, i) =>
        order.slice(i * size, (i + 1) * size),
      );
      // So many blocks would drive all others out of the cache, and themselves: keeping them takes a fifth of the time.
      await Promise.all(parts.map(part => readPart(part, { snapshot, fillCache: false }))).catch(unsound);
      return found;
    } finally {
      await snapshot.close();
    }
  }

  /** Entries in key order, without the space's prefix. */
  async *entries(space: Space, range: Range = {}): AsyncGenerator<[key: string, value: Uint8Array]> {
    const prefix = keyIn(space, '');
    const bounds = {
      ...(range.gt === undefined ? { gte: prefix + (range.gte ?? '') } : { gt: prefix + range.gt }),
      // ';' follows ':' in ASCII: the first key past the space.
      ...(range.lte === undefined
        ? { lt: range.lt === undefined ? `${space};` : prefix + range.lt }
        : { lte: prefix + range.lte }),
    };
    const { reverse = false, limit = -1, highWaterMarkBytes = 16_384 } = range;
    const iterator = this.#db.iterator({ ...bounds, reverse, limit, highWaterMarkBytes });
    try {
      for (let next = await read(iterator); next; next = await read(iterator)) {
        yield [next[0].slice(prefix.length), next[1]];
      }
    } finally {
      await iterator.close();
    }
  }

  /** Nothing is read for it but the keys. */
  hasMany(space: Space, keys: readonly string[]): Promise<boolean[]> {
    return this.#db.hasMany(keys.map(key => keyIn(space, key))).catch(unsound);
  }

  /** @throws RollcallError STORE_DAMAGED when the object is there but not sound */
  async object(oid: string): Promise<GitObject | undefined> {
    const entry = await this.get('objects', oid);
    return entry && readEntry(entry);
  }

  async close(): Promise<void> {
    await this.#db.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** Where the keys stand when they are in order. */
const keyOrder = (keys: readonly string[]): number[] => [...keys.keys()].sort((a, b) => (keys[a]! < keys[b]! ? -1 : 1));

const keyIn = (space: Space, key: string): string => `${space}:${key}`;

const read = (iterator: { next(): Promise<[string, Uint8Array] | undefined> }) => iterator.next().catch(unsound);

/** What level says of a file of its own, without the path: these words may go out over HTTP. */
const inWords = (error: unknown): string => messageOf(error).replaceAll(/[^\s:]*[\\/]([^\s:/\\]+)/g, '$1');

/** @throws RollcallError STORE_DAMAGED when it is level's word that a file does not hold what was written */
function unsound(error: unknown): never {
  const { code } = error as { code?: string };
  if (code !== 'LEVEL_CORRUPTION' && code !== 'LEVEL_IO_ERROR') throw error;
  throw damaged(`a file of it does not hold what was written (${inWords(error)})`);
}

/** @throws RollcallError STORE_UNWRITABLE, or STORE_DAMAGED */
function unwritable(error: unknown): never {
  const { code } = error as { code?: string };
  if (code !== 'LEVEL_IO_ERROR') unsound(error);
  throw new RollcallError(
    'STORE_UNWRITABLE',
    `cannot write to the store until the node is started again: ${inWords(error)}`,
    {
      remedy: 'see whether the disk is full or gone, then start the node again; nothing was written by halves',
      cause: error,
    },
  );
}
