// The list as it stands together with its tree: one change moves both, and everyone who wants to know hears of it.
import type { GitObject } from '../history/objects.ts';
import { ServersTree } from '../history/servers-tree.ts';
import type { ObjectSource } from '../history/source.ts';
import type { Change } from '../list/change.ts';
import type { ServerList } from '../list/server-list.ts';
import type { Verified } from '../records/verified.ts';

export type ChangeListener = (changes: readonly Change[]) => void;

export class Live {
  readonly list: ServerList;
  readonly tree = new ServersTree();
  readonly #blobs = new Map<string, Verified>();
  readonly #listeners: ChangeListener[] = [];
  #up = 0;

  constructor(list: ServerList) {
    this.list = list;
  }

  /** Servers that players see: listed and not withdrawn. */
  get up(): number {
    return this.#up;
  }

  onChange(listener: ChangeListener): void {
    this.#listeners.push(listener);
  }

  changed(changes: readonly Change[]): void {
    if (changes.length === 0) return;
    for (const { id, before, after } of changes) {
      if (before) this.#blobs.delete(before.oid);
      if (after) this.#blobs.set(after.oid, after);
      this.#up += (after?.announcement.state === 'up' ? 1 : 0) - (before?.announcement.state === 'up' ? 1 : 0);
      this.tree.set(id, after?.oid);
    }
    for (const listener of this.#listeners) listener(changes);
  }

  /** Who is listed with this blob now. */
  blob(oid: string): Verified | undefined {
    return this.#blobs.get(oid);
  }

  /** Objects of the list as it stands, committed or not. */
  readonly objects: ObjectSource = async oids => oids.map(oid => this.#object(oid));

  #object(oid: string): GitObject | undefined {
    const blob = this.#blobs.get(oid);
    if (blob) return { type: 'blob', body: blob.bytes };
    const body = this.tree.body(oid);
    return body && { type: 'tree', body };
  }
}
