// The two request protocols of anti-entropy, with strict parse and format for each side.
import { fromHex, fromUtf8, gitHash, hex, isOid, utf8 } from '../base/bytes.ts';
import { fault, type Parsed, parsed } from '../base/verdict.ts';
import type { ObjectType } from '../history/objects.ts';

export const headProtocol = (list: string): string => `/rollcall/${list}/head/1`;
export const objectsProtocol = (list: string): string => `/rollcall/${list}/objects/1`;

/**
 * Where a node stands, as JSON:
 * `{"head":"2fb1…","tree":"9b35…","servers":12,"statement":{"sequence":3,"digest":"a1f0…"}}`; `head` is null before the
 * first commit, `tree` is the hash of `servers/` as the list stands, committed or not, `statement` the latest that the node
 * trusts, or null.
 */
export type Head = {
  readonly head: string | null;
  readonly tree: string;
  readonly servers: number;
  readonly statement: { readonly sequence: number; readonly digest: string } | null;
};

export const headBytesMax = 1_024;

export const formatHead = ({ head, tree, servers, statement }: Head): Uint8Array =>
  utf8(
    JSON.stringify({
      head,
      tree,
      servers,
      statement: statement && { sequence: statement.sequence, digest: statement.digest },
    }),
  );

export function parseHead(bytes: Uint8Array): Parsed<Head> {
  let raw: Partial<Head> | null;
  try {
    raw = JSON.parse(fromUtf8(bytes) ?? '') as Partial<Head> | null;
  } catch {
    return fault('BAD_HEAD', 'head', 'is not JSON');
  }
  const { head, tree, servers, statement } = raw ?? {};
  if (head !== null && !(typeof head === 'string' && isOid(head))) return fault('BAD_HEAD', 'head', 'is no hash');
  if (typeof tree !== 'string' || !isOid(tree)) return fault('BAD_HEAD', 'tree', 'is no hash');
  if (!Number.isSafeInteger(servers) || servers! < 0) return fault('BAD_HEAD', 'servers', 'is no number');
  if (statement !== null && !isStatement(statement))
    return fault('BAD_HEAD', 'statement', 'is no sequence with a digest');
  return parsed({ head, tree, servers: servers!, statement });
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
/** What one answer may hold: a fraction of a second on a slow line, and never much memory for one peer. */
export const objectsAnswerBytesMax = 1024 * 1024;
/** Type and length before each object in an answer. */
const objectHeadBytes = 5;
/** No larger one can be had from a peer. */
export const objectBytesMax = objectsAnswerBytesMax - objectHeadBytes;

export const formatObjectsRequest = (oids: readonly string[]): Uint8Array => fromHex(oids.join(''));

export function parseObjectsRequest(bytes: Uint8Array): Parsed<string[]> {
  if (bytes.length === 0 || bytes.length % 20 !== 0) return fault('BAD_REQUEST', 'hashes', 'must be 20 bytes each');
  if (bytes.length > objectsRequestBytesMax)
    return fault('BAD_REQUEST', 'hashes', `must be at most ${requestObjectsMax}`);
  const text = hex(bytes);
  return parsed(Array.from({ length: bytes.length / 20 }, (_, i) => text.slice(i * 40, i * 40 + 40)));
}

/** An object found, or null for one that is not there. */
export type Answered = { readonly type: ObjectType; readonly body: Uint8Array } | null;

/**
 * Answers in the order of the request, each `<type, 1 byte><length, 4 bytes, big endian><body>`; type 0 is "not here".
 * Stops before the answer grows past its limit: the asker asks again for the rest.
 */
export function formatObjects(objects: Iterable<Answered>): Uint8Array {
  const parts: Uint8Array[] = [];
  let size = 0;
  for (const object of objects) {
    const length = object?.body.length ?? 0;
    if (size + objectHeadBytes + length > objectsAnswerBytesMax) break;
    const head = Buffer.alloc(objectHeadBytes);
    head.writeUInt8(object ? typeCodes.indexOf(object.type) : 0, 0);
    head.writeUInt32BE(length, 1);
    parts.push(head, ...(object ? [object.body] : []));
    size += objectHeadBytes + length;
  }
  return Buffer.concat(parts);
}

/** Strict, and each object's hash must be the one that was asked for. Gives at most as many as were asked for. */
export function parseObjects(bytes: Uint8Array, asked: readonly string[]): Parsed<Answered[]> {
  const answer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const objects: Answered[] = [];
  for (let at = 0; at < answer.length; ) {
    const oid = asked[objects.length];
    if (oid === undefined) return fault('BAD_ANSWER', 'objects', 'are more than were asked for');
    if (at + 5 > answer.length) return fault('BAD_ANSWER', oid, 'is cut short');
    const type = typeCodes[answer.readUInt8(at)];
    const end = at + 5 + answer.readUInt32BE(at + 1);
    if (type === undefined || end > answer.length) return fault('BAD_ANSWER', oid, 'is malformed');
    if (type === 'none') {
      if (end !== at + 5) return fault('BAD_ANSWER', oid, 'is missing, yet has a body');
      objects.push(null);
    } else {
      const body = Uint8Array.from(answer.subarray(at + 5, end));
      if (gitHash(type, body) !== oid) return fault('WRONG_HASH', oid, 'does not hash to its name');
      objects.push({ type, body });
    }
    at = end;
  }
  return objects.length > 0 ? parsed(objects) : fault('BAD_ANSWER', 'objects', 'are none');
}

const typeCodes = ['none', 'commit', 'tree', 'blob'] as const;
