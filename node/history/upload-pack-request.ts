// What stock git asks of `git-upload-pack`, version 0 of the protocol, stateless.
// Source: https://git-scm.com/docs/pack-protocol and https://git-scm.com/docs/http-protocol
import { fault, type Parsed, parsed } from '../base/verdict.ts';
import { parsePktLines } from './pkt-line.ts';

/**
 * As pkt-lines:
 *
 *     want 74730d410fcb6603ace96f1dc55ea6196122532d multi_ack_detailed no-done side-band-64k agent=git/2.39.5
 *     want 7d1665144a3a975c05f1f43902ddaf084e784dbe
 *     shallow 7e47fe2bd8d01d481f44d7af0531bd93d3b21c01
 *     deepen 1
 *     0000
 *     have 441b40d833fdfa93eb2908e52742248faf0ee993
 *     done
 */
export type UploadPackRequest = {
  readonly wants: readonly string[];
  readonly capabilities: ReadonlySet<string>;
  /** Commits whose parents the client does not have. */
  readonly shallow: readonly string[];
  readonly depth: number | undefined;
  readonly haves: readonly string[];
  /** `wants`: nothing follows them (the client asks for the shallow commits first). `flush`: the client has more to say. */
  readonly end: 'wants' | 'flush' | 'done';
};

/** The largest that stock git makes, 4,096 haves of 50 B, is 200 KB. */
export const requestBytesMax = 1024 * 1024;
/** A clone wants one or two; we advertise a handful of refs. */
export const wantsMax = 256;
/** Stock git sends 16, 32, 64 … a round and is told to stop long before. */
export const havesMax = 4_096;
/** What stock git sends for `--unshallow`: as deep as it goes. */
export const depthInfinite = 0x7fff_ffff;

export function parseUploadPackRequest(body: Uint8Array): Parsed<UploadPackRequest> {
  if (body.length > requestBytesMax) return bad('request', `is longer than ${requestBytesMax} bytes`);
  const lines = parsePktLines(body);
  if (!lines.ok) return lines;
  const flushAt = lines.value.indexOf(null);
  if (flushAt < 0) return bad('request', 'does not end its wants with a flush');
  const head = parseHead(lines.value.slice(0, flushAt) as string[]);
  if (!head.ok) return head;
  const rest = lines.value.slice(flushAt + 1);
  const done = rest.at(-1) === 'done';
  if (rest.length > 0 && !done && rest.at(-1) !== null) return bad('request', 'ends with neither a flush nor done');
  const haves = parseOids(
    'have',
    rest.slice(0, done ? -1 : rest.length).filter(line => line !== null),
    havesMax,
  );
  if (!haves.ok) return haves;
  return parsed({ ...head.value, haves: haves.value, end: done ? 'done' : rest.length > 0 ? 'flush' : 'wants' });
}

type Head = Pick<UploadPackRequest, 'wants' | 'capabilities' | 'shallow' | 'depth'>;

function parseHead(lines: readonly string[]): Parsed<Head> {
  const [, first, features] = /^(want [0-9a-f]{40})((?: [\x21-\x7e]+)*) ?$/.exec(lines[0] ?? '') ?? [];
  if (lines.length > 0 && first === undefined) return bad('want', `"${quoted(lines[0]!)}" is no first want line`);
  const plain = first === undefined ? [] : [first, ...lines.slice(1)];
  const wants = parseOids(
    'want',
    plain.filter(line => line.startsWith('want ')),
    wantsMax,
  );
  if (!wants.ok) return wants;
  const shallow = parseOids(
    'shallow',
    plain.filter(line => line.startsWith('shallow ')),
    havesMax,
  );
  if (!shallow.ok) return shallow;
  const others = plain.filter(line => !/^(?:want|shallow) /.test(line));
  const depth = /^deepen ([1-9][0-9]{0,9})$/.exec(others[0] ?? '')?.[1];
  if (others.length > (depth === undefined ? 0 : 1)) {
    return bad('request', `"${quoted(others.at(-1)!)}" is not understood here`);
  }
  const capabilities = new Set(features?.split(' ').filter(feature => feature !== ''));
  for (const feature of capabilities) {
    if (feature.startsWith('object-format=') && feature !== 'object-format=sha1') {
      return bad('object-format', 'is sha1 here');
    }
  }
  return parsed({
    wants: wants.value,
    capabilities,
    shallow: shallow.value,
    depth: depth === undefined ? undefined : Number(depth),
  });
}

function parseOids(keyword: string, lines: readonly string[], max: number): Parsed<string[]> {
  if (lines.length > max) return bad(keyword, `stands there more than ${max} times`);
  const oids: string[] = [];
  for (const line of lines) {
    const oid = line.startsWith(`${keyword} `) ? line.slice(keyword.length + 1) : '';
    if (!/^[0-9a-f]{40}$/.test(oid)) return bad(keyword, `"${quoted(line)}" does not name an object`);
    oids.push(oid);
  }
  return parsed(oids);
}

const bad = (field: string, message: string) => fault('BAD_REQUEST', field, message);

/** Only so much of what a stranger sent as tells him what is meant. */
const quoted = (line: string): string => line.slice(0, 60).replace(/[^\x20-\x7e]/g, '?');
