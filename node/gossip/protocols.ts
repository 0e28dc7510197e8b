// The two request protocols of anti-entropy, with strict parse and format for each side.
import { fromHex, fromUtf8, gitHash, hex, isOid, utf8 } from '../base/bytes.ts';
import { fault, type Parsed, parsed } from '../base/verdict.ts';
import type { GitObject } from '../history/objects.ts';
import { formatAnswer, formBytes, parseAnswer } from './answer-form.ts';
import { type Compact, type CompactForm, compact, expand } from './compact-tree.ts';

export const headProtocol = (list: string): string => `/rollcall/${list}/head/1`;
export const objectsProtocol = (list: string): string => `/rollcall/${list}/objects/2`;

/**
 * Where a node stands, as JSON:
 * `{"head":"2fb1…","tree":"9b35…","servers":12,"statement":{"sequence":3,"digest":"a1f0…"},"root":"ffff8c02…"}`; `head` is
 * null before the first commit, `tree` is the hash of `servers/` as the list stands, committed or not, `statement` the
 * latest that the node trusts, or null. `root` may be missing: it is that tree, compact and in hex, so that who compares
 * need not ask for it.
 */
export type Head = {
  readonly head: string | null;
  readonly tree: string;
  readonly servers: number;
  readonly statement: { readonly sequence: number; readonly digest: string } | null;
  /** Body of `tree`. */
  readonly root?: Uint8Array | undefined;
};

/** 16 hashes in the root take 644 of them. */
export const headBytesMax = 1_024;

export function formatHead({ head, tree, servers, statement, root }: Head): Uint8Array {
  const short = root && compact(root);
  return utf8(
    JSON.stringify({
      head,
      tree,
      servers,
      statement: statement && { sequence: statement.sequence, digest: statement.digest },
      ...(short?.form === 'folder' ? { root: hex(short.bytes) } : {}),
    }),
  );
}

export function parseHead(bytes: Uint8Array): Parsed<Head> {
  let raw: Partial<Omit<Head, 'root'> & { root: unknown }> | null;
  try {
    raw = JSON.parse(fromUtf8(bytes) ?? '') as typeof raw;
  } catch {
    return fault('BAD_HEAD', 'head', 'is not JSON');
  }
  const { head, tree, servers, statement, root } = raw ?? {};
  if (head !== null && !(typeof head === 'string' && isOid(head))) return fault('BAD_HEAD', 'head', 'is no hash');
  if (typeof tree !== 'string' || !isOid(tree)) return fault('BAD_HEAD', 'tree', 'is no hash');
  if (!Number.isSafeInteger(servers) || servers! < 0) return fault('BAD_HEAD', 'servers', 'is no number');
  if (statement !== null && !isStatement(statement))
    return fault('BAD_HEAD', 'statement', 'is no sequence with a digest');
  const known = { head, tree, servers: servers!, statement };
  if (root === undefined) return parsed(known);
  const body = typeof root === 'string' ? expand({ form: 'folder', bytes: fromHex(root) }) : undefined;
  if (!body || gitHash('tree', body) !== tree) return fault('BAD_HEAD', 'root', 'is not that tree');
  return parsed({ ...known, root: body });
}

const isStatement = (value: unknown): value is NonNullable<Head['statement']> => {
  const { sequence, digest } = (value ?? {}) as { sequence?: unknown; digest?: unknown };
  return (
    Number.isSafeInteger(sequence) &&
    (sequence as number) > 0 &&
    typeof digest === 'string' &&
    /^[0-9a-f]{64}$/.test(digest)
  );
};

/** Hashes asked for in one request. */
export const requestObjectsMax = 2_000;
export const objectsRequestBytesMax = requestObjectsMax * 20;
/** What one answer may hold, inflated: a fraction of a second on a slow line, and never much memory for one peer. */
const answerBodyBytesMax = 1024 * 1024;
export const objectsAnswerBytesMax = formBytes + answerBodyBytesMax;
/** Nothing is added to an answer that holds as much: deflating it takes 5 ms, in which the event loop stands still. */
const answerBodyBytesEnough = 640 * 1024;
/** Type and length before each object in an answer. */
const objectHeadBytes = 5;
/** No larger one can be had from a peer. */
export const objectBytesMax = answerBodyBytesMax - objectHeadBytes;

export const formatObjectsRequest = (oids: readonly string[]): Uint8Array => fromHex(oids.join(''));

export function parseObjectsRequest(bytes: Uint8Array): Parsed<string[]> {
  if (bytes.length === 0 || bytes.length % 20 !== 0) return fault('BAD_REQUEST', 'hashes', 'must be 20 bytes each');
  if (bytes.length > objectsRequestBytesMax)
    return fault('BAD_REQUEST', 'hashes', `must be at most ${requestObjectsMax}`);
  const text = hex(bytes);
  return parsed(Array.from({ length: bytes.length / 20 }, (_, i) => text.slice(i * 40, i * 40 + 40)));
}

/** An object found, or null for one that is not there. */
export type Answered = GitObject | null;

/**
 * Answers in the order of the request, each `<type, 1 byte><length, 4 bytes, big endian><body>`; type 0 is "not here". Trees
 * of a list are compact, and answers with anything else are deflated as a whole. Stops before the answer grows past its
 * limit: the asker asks again for the rest.
 */
export class ObjectsAnswer {
  readonly #parts: Uint8Array[] = [];
  #size = 0;
  #isText = false;

  /** Gives whether there was room. */
  add(object: Answered): boolean {
    const [type, body] = asTravelling(object);
    const size = this.#size + objectHeadBytes + body.length;
    if (this.#size >= answerBodyBytesEnough || size > answerBodyBytesMax) return false;
    const head = Buffer.alloc(objectHeadBytes);
    head.writeUInt8(typeCodes.indexOf(type), 0);
    head.writeUInt32BE(body.length, 1);
    this.#parts.push(head, body);
    this.#size = size;
    this.#isText ||= type === 'blob' || type === 'commit';
    return true;
  }

  bytes(): Uint8Array {
    return formatAnswer(Buffer.concat(this.#parts), this.#isText);
  }
}

function asTravelling(object: Answered): [type: (typeof typeCodes)[number], body: Uint8Array] {
  if (!object) return ['none', noBytes];
  const short = object.type === 'tree' ? compact(object.body) : undefined;
  return short ? [short.form, short.bytes] : [object.type, object.body];
}

/** Strict, and each object's hash must be the one that was asked for. Gives at most as many as were asked for. */
export function parseObjects(bytes: Uint8Array, asked: readonly string[]): Parsed<Answered[]> {
  const whole = parseAnswer(bytes, answerBodyBytesMax);
  if (!whole.ok) return whole;
  const { buffer, byteOffset, length } = whole.value;
  const answer = Buffer.from(buffer, byteOffset, length);
  const objects: Answered[] = [];
  for (let at = 0; at < answer.length; ) {
    const oid = asked[objects.length];
    if (oid === undefined) return fault('BAD_ANSWER', 'objects', 'are more than were asked for');
    if (at + objectHeadBytes > answer.length) return fault('BAD_ANSWER', oid, 'is cut short');
    const type = typeCodes[answer.readUInt8(at)];
    const end = at + objectHeadBytes + answer.readUInt32BE(at + 1);
    if (type === undefined || end > answer.length) return fault('BAD_ANSWER', oid, 'is malformed');
    if (type === 'none') {
      if (end !== at + objectHeadBytes) return fault('BAD_ANSWER', oid, 'is missing, yet has a body');
      objects.push(null);
    } else {
      // A view: who keeps a part of an answer copies it.
      const sent = new Uint8Array(buffer, byteOffset + at + objectHeadBytes, end - at - objectHeadBytes);
      const object = isCompact(type) ? treeOf({ form: type, bytes: sent }) : { type, body: sent };
      if (!object) return fault('BAD_ANSWER', oid, `is no ${type}`);
      if (gitHash(object.type, object.body) !== oid) return fault('WRONG_HASH', oid, 'does not hash to its name');
      objects.push(object);
    }
    at = end;
  }
  return objects.length > 0 ? parsed(objects) : fault('BAD_ANSWER', 'objects', 'are none');
}

const typeCodes = ['none', 'commit', 'tree', 'blob', 'folder', 'leaf'] as const;
const isCompact = (type: string): type is CompactForm => type === 'folder' || type === 'leaf';

function treeOf(short: Compact): Answered {
  const body = expand(short);
  return body ? { type: 'tree', body } : null;
}

const noBytes = new Uint8Array();
