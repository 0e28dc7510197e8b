// Gathers all objects of a statement's tree that are not here yet, from several peers at once. Each object is checked by its
// hash and its shape; what comes is handed on in pieces, so that a large list is never held in memory twice.
import { messageOf } from '../base/errors.ts';
import { fault, type Parsed, parsed } from '../base/verdict.ts';
import { batches } from '../history/diff.ts';
import type { GitObject } from '../history/objects.ts';
import type { ObjectSource } from '../history/source.ts';
import { type Attachment, emptyTree } from '../history/tree.ts';
import { announcementBytesMax } from '../records/announcement.ts';
import type { Answered } from './protocols.ts';
import { childrenOf, fileOf, leafDepth, rootOf } from './shape.ts';

export type GatherDeps = {
  /** Objects that are here. */
  readonly held: ObjectSource;
  /** Which of the hashes are of objects that are not here. */
  readonly lacking: (oids: readonly string[]) => Promise<string[]>;
  /** Peers that may have the rest. */
  readonly peers: () => readonly string[];
  /** Asks a peer; answers for a first part of the hashes. @throws RollcallError */
  readonly fetch: (peer: string, oids: readonly string[]) => Promise<Answered[]>;
  /** Keeps what was fetched. */
  readonly keep: (objects: readonly Gathered[]) => Promise<void>;
  readonly serversMax: number;
};

export type Gathered = GitObject & { readonly oid: string };

/** What a statement's tree holds: the blob of each server in path order, and the files beside. */
export type StatementTree = {
  readonly root: string;
  readonly servers: string;
  readonly blobs: ReadonlyMap<string, string>;
  readonly files: Partial<Record<Attachment, Uint8Array>>;
  /** Hashes of the folders that hold those files. */
  readonly attachments: Partial<Record<Attachment, string>>;
};

/** Hashes asked of one peer in one request: small enough that several peers have work. */
const askMax = 250;
/** Peers asked at once. */
const peersMax = 4;
/** `policy/deny.json` of 10,000 rules. */
const fileBytesMax = 1024 * 1024;

/** Code OBJECTS_MISSING when no peer has all of them now, BAD_TREE when the tree is none of a list. */
export async function gather(root: string, deps: GatherDeps): Promise<Parsed<StatementTree>> {
  const read = (oids: readonly string[], type: GitObject['type'], bytesMax: number) => take(oids, type, bytesMax, deps);
  const top = await read([root], 'tree', bodyMax);
  if (!top.ok) return top;
  const folders = rootOf(top.value.get(root)!);
  if (typeof folders === 'string') return fault('BAD_TREE', 'tree', folders);

  const files: Partial<Record<Attachment, Uint8Array>> = {};
  for (const folder of ['content', 'policy'] as const) {
    const oid = folders[folder];
    if (oid === undefined) continue;
    const trees = await read([oid], 'tree', bodyMax);
    if (!trees.ok) return trees;
    const file = fileOf(trees.value.get(oid)!, folder);
    if (typeof file === 'string') return fault('BAD_TREE', 'tree', file);
    const bodies = await read([file.oid], 'blob', fileBytesMax);
    if (!bodies.ok) return bodies;
    files[folder] = bodies.value.get(file.oid)!;
  }

  const servers = folders.servers ?? emptyTree;
  let level: [digits: string[], oid: string][] = servers === emptyTree ? [] : [[[], servers]];
  const blobs = new Map<string, string>();
  for (let depth = 0; depth <= leafDepth && level.length > 0; depth++) {
    const trees = await read(
      level.map(([, oid]) => oid),
      'tree',
      bodyMax,
    );
    if (!trees.ok) return trees;
    const next: typeof level = [];
    for (const [digits, oid] of level) {
      const entries = childrenOf(trees.value.get(oid)!, digits);
      if (typeof entries === 'string') return fault('BAD_TREE', 'tree', entries);
      for (const { name, oid } of entries) {
        if (depth < leafDepth) next.push([[...digits, name], oid]);
        else blobs.set(name.slice(0, -'.json'.length), oid);
      }
    }
    level = next;
    if (blobs.size > deps.serversMax) return fault('BAD_TREE', 'tree', `lists more than ${deps.serversMax} servers`);
  }
  const missing = await deps.lacking([...new Set(blobs.values())]);
  const fetched = await fetchAll(
    missing,
    object => object.type === 'blob' && object.body.length <= announcementBytesMax,
    deps,
  );
  if (!fetched.ok) return fetched;
  const { servers: _, ...attachments } = folders;
  return parsed({ root, servers, blobs, files, attachments });
}

/** A leaf of 8,192 servers takes 550 KB. */
const bodyMax = fileBytesMax;

/** Bodies by hash: those that are here, and the others from peers. */
async function take(
  oids: readonly string[],
  type: GitObject['type'],
  bytesMax: number,
  deps: GatherDeps,
): Promise<Parsed<ReadonlyMap<string, Uint8Array>>> {
  const bodies = new Map<string, Uint8Array>([[emptyTree, new Uint8Array()]]);
  const wanted = oids.filter(oid => oid !== emptyTree);
  const accept = (object: GitObject, oid: string) => {
    if (object.type !== type || object.body.length > bytesMax) return false;
    bodies.set(oid, object.body);
    return true;
  };
  for (const [i, object] of (await deps.held(wanted)).entries()) {
    if (object && !accept(object, wanted[i]!)) return fault('BAD_TREE', 'tree', `${wanted[i]} is no ${type} of a list`);
  }
  const fetched = await fetchAll(
    wanted.filter(oid => !bodies.has(oid)),
    accept,
    deps,
  );
  return fetched.ok ? parsed(bodies) : fetched;
}

/** Fetches objects from several peers at once and keeps them; what one peer lacks the others are asked for. */
async function fetchAll(
  missing: readonly string[],
  accept: (object: GitObject, oid: string) => boolean,
  { peers, fetch, keep }: GatherDeps,
): Promise<Parsed<undefined>> {
  let queue = [...batches(missing, askMax)];
  let wrong: string | undefined;
  let why = 'no peer is connected';
  const work = async (peer: string, left: string[][]) => {
    for (let chunk = queue.shift(); chunk && wrong === undefined; chunk = queue.shift()) {
      const answers = await fetch(peer, chunk).catch(error => {
        why = messageOf(error);
      });
      if (!answers) return void left.push(chunk);
      const fresh = answers.flatMap((answer, i) => (answer ? [{ ...answer, oid: chunk![i]! }] : []));
      wrong ??= fresh.find(object => !accept(object, object.oid))?.oid;
      if (wrong === undefined && fresh.length > 0) await keep(fresh);
      const lacking = chunk.filter((_, i) => answers[i] === null);
      if (lacking.length > 0) {
        why = `${peer} lacks ${lacking[0]}`;
        left.push(lacking);
      }
      if (answers.length < chunk.length) queue.push(chunk.slice(answers.length));
    }
  };
  for (let before = Infinity; queue.length > 0 && wrong === undefined && countOf(queue) < before; ) {
    before = countOf(queue);
    for (const some of batches(peers(), peersMax)) {
      const left: string[][] = [];
      await Promise.all(some.map(peer => work(peer, left)));
      queue = [...queue, ...left];
    }
  }
  if (wrong !== undefined) return fault('BAD_TREE', 'tree', `${wrong} is no object of a list`);
  return queue.length > 0 ? fault('OBJECTS_MISSING', 'tree', `cannot be had yet: ${why}`) : parsed(undefined);
}

const countOf = (queue: readonly (readonly string[])[]) => queue.reduce((sum, chunk) => sum + chunk.length, 0);
