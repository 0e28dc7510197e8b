// Gathers all objects of a statement's tree: those that are not here come from peers and are kept, level by level, each
// checked by its hash and its shape before anything below it is asked for.
import { fault, type Parsed, parsed } from '../base/verdict.ts';
import { batches } from '../history/diff.ts';
import type { ObjectType } from '../history/objects.ts';
import type { ObjectSource } from '../history/source.ts';
import { type AttachedFile, type Attachment, emptyTree } from '../history/tree.ts';
import { announcementBytesMax } from '../records/announcement.ts';
import { type FetchingDeps, fetchAll } from './fetching.ts';
import { objectBytesMax } from './protocols.ts';
import { childrenOf, filesOf, leafDepth, rootOf } from './shape.ts';

export type GatherDeps = FetchingDeps & {
  /** Objects that are here. */
  readonly held: ObjectSource;
  /** Which of the hashes are of objects that are not here. */
  readonly lacking: (oids: readonly string[]) => Promise<string[]>;
  readonly pause: () => Promise<void>;
  readonly serversMax: number;
};

/** What a statement's tree holds: the blob of each server in path order, and the files beside. */
export type StatementTree = {
  readonly root: string;
  readonly servers: string;
  readonly blobs: ReadonlyMap<string, string>;
  readonly files: Partial<Record<AttachedFile, Uint8Array>>;
  /** Hashes of the folders that hold those files. */
  readonly attachments: Partial<Record<Attachment, string>>;
};

type Kind = { readonly type: ObjectType; readonly bytesMax: number };

/** A leaf of 8,192 servers takes 550 KB. */
const trees: Kind = { type: 'tree', bytesMax: objectBytesMax };
const files: Kind = { type: 'blob', bytesMax: objectBytesMax };
const announcements: Kind = { type: 'blob', bytesMax: announcementBytesMax };
/** Trees read before the event loop gets a turn: a leaf of 100,000 servers takes 30 µs. */
const sliceMax = 200;

/** Code OBJECTS_MISSING when no peer has all of them now, BAD_TREE when the tree is none of a list. */
export async function gather(root: string, deps: GatherDeps): Promise<Parsed<StatementTree>> {
  const top = await one(root, trees, deps);
  if (!top.ok) return top;
  const folders = rootOf(top.value);
  if (typeof folders === 'string') return badTree(folders);
  const { servers = emptyTree, ...attachments } = folders;
  const found: Partial<Record<AttachedFile, Uint8Array>> = {};
  for (const [folder, oid] of Object.entries(attachments) as [Attachment, string][]) {
    const inside = await one(oid, trees, deps);
    if (!inside.ok) return inside;
    const within = filesOf(inside.value, folder);
    if (typeof within === 'string') return badTree(within);
    for (const { name, oid } of within) {
      const body = await one(oid, files, deps);
      if (!body.ok) return body;
      found[name] = body.value;
    }
  }
  const blobs = await blobsBelow(servers, deps);
  if (!blobs.ok) return blobs;
  const brought = await bring([...blobs.value.values()], announcements, deps);
  return brought.ok ? parsed({ root, servers, blobs: blobs.value, files: found, attachments }) : brought;
}

async function blobsBelow(servers: string, deps: GatherDeps): Promise<Parsed<Map<string, string>>> {
  const blobs = new Map<string, string>();
  let level: [digits: string[], oid: string][] = servers === emptyTree ? [] : [[[], servers]];
  for (let depth = 0; depth <= leafDepth; depth++) {
    const oids = level.map(([, oid]) => oid);
    const brought = await bring(oids, trees, deps);
    if (!brought.ok) return brought;
    const next: typeof level = [];
    for (const batch of batches(level, sliceMax)) {
      const bodies = await bodiesOf(
        batch.map(([, oid]) => oid),
        trees,
        deps,
      );
      if (!bodies.ok) return bodies;
      for (const [i, [digits]] of batch.entries()) {
        const entries = childrenOf(bodies.value[i]!, digits);
        if (typeof entries === 'string') return badTree(entries);
        for (const { name, oid } of entries) {
          if (depth < leafDepth) next.push([[...digits, name], oid]);
          else blobs.set(name.slice(0, -'.json'.length), oid);
        }
      }
      if (blobs.size > deps.serversMax) return badTree(`more than ${deps.serversMax} servers`);
      await deps.pause();
    }
    level = next;
  }
  return parsed(blobs);
}

async function one(oid: string, kind: Kind, deps: GatherDeps): Promise<Parsed<Uint8Array>> {
  const brought = await bring([oid], kind, deps);
  if (!brought.ok) return brought;
  const bodies = await bodiesOf([oid], kind, deps);
  return bodies.ok ? parsed(bodies.value[0]!) : bodies;
}

/** Sees to it that objects are here. */
async function bring(oids: readonly string[], { type, bytesMax }: Kind, deps: GatherDeps): Promise<Parsed<undefined>> {
  const missing = await deps.lacking([...new Set(oids)]);
  // Everybody knows it, and not everybody has it.
  if (missing.includes(emptyTree)) await deps.keep([{ type: 'tree', body: new Uint8Array(), oid: emptyTree }]);
  return fetchAll(
    missing.filter(oid => oid !== emptyTree),
    object => object.type === type && object.body.length <= bytesMax,
    deps,
  );
}

/** Bodies of objects that are here. They may have been kept for another reason than this tree, so they are checked too. */
async function bodiesOf(
  oids: readonly string[],
  { type, bytesMax }: Kind,
  { held }: GatherDeps,
): Promise<Parsed<Uint8Array[]>> {
  const bodies: Uint8Array[] = [];
  for (const [i, object] of (await held(oids)).entries()) {
    if (!object) return fault('OBJECTS_MISSING', 'tree', `${oids[i]} is not here any more`);
    if (object.type !== type || object.body.length > bytesMax) return badTree(`${oids[i]} is no ${type} of a list`);
    bodies.push(object.body);
  }
  return parsed(bodies);
}

const badTree = (what: string) => fault('BAD_TREE', 'tree', what);
