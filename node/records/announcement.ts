// An announcement says that a game server is there. It is a git blob: canonical JSON, signed by the announcing node.
import { addressLengthMax, parseAddress } from '../base/address.ts';
import { base64url, fromUtf8, sha256Hex, utf8, Workspace } from '../base/bytes.ts';
import { textFault } from '../base/text.ts';
import { day } from '../base/time.ts';
import { fault, type Parsed, type ParseFault, parsed } from '../base/verdict.ts';
import { isPeerId, type Signer } from '../identity/keys.ts';
import { readUsual } from './usual-form.ts';

/**
 * One announcement as parsed. On the wire and in git it is these keys in this order, as `JSON.stringify(…, null, 2)`
 * prints them, with a final newline:
 *
 *     {
 *       "announcer": "12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X",
 *       "server": "eu-1",
 *       "game": "sauerbraten",
 *       "name": "Bob's instagib",
 *       "addresses": [
 *         "203.0.113.7:28785"
 *       ],
 *       "state": "up",
 *       "version": "2020.12.27",
 *       "tags": [],
 *       "attributes": {
 *         "country": "de"
 *       },
 *       "issuedAt": 1763600000123,
 *       "expiresAt": 1763643200123,
 *       "signature": "…86 characters of base64url…"
 *     }
 */
export type Announcement = {
  /** libp2p peer id of the node that signed it. */
  readonly announcer: string;
  /** The announcer's own name for the server: with `announcer` its identity. */
  readonly server: string;
  /** Game id, lower case: `openarena`. */
  readonly game: string;
  /** What players see; may be empty, as in real lists. */
  readonly name: string;
  /** Canonical `host:port`, one to eight, the best first. */
  readonly addresses: readonly string[];
  /** `left` withdraws the server. */
  readonly state: 'up' | 'left';
  readonly version: string;
  readonly tags: readonly string[];
  /** Free facts, keys in ascending order. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Unix milliseconds; grows with every announcement of one server, so it is the sequence number too. */
  readonly issuedAt: number;
  /** Unix milliseconds, at most `lifetimeMaxMs` after `issuedAt`. */
  readonly expiresAt: number;
  /** Ed25519, base64url. */
  readonly signature: string;
};

/** What is signed: an announcement without its signature. */
export type UnsignedAnnouncement = Omit<Announcement, 'signature'>;

/** The whole blob. Ten times this still fits one UDP-sized burst; real ones take 471 B. */
export const announcementBytesMax = 2_048;
/** A server that its announcer forgot is gone after a day. */
export const lifetimeMaxMs = day;
/** Names of real lists stay under 60 characters. */
export const nameGraphemesMax = 64;
export const versionGraphemesMax = 32;
export const addressesMax = 8;
export const tagsMax = 16;
export const tagGraphemesMax = 32;
export const attributesMax = 16;
export const attributeGraphemesMax = 128;

/** The identity of a server: the first 20 bytes of SHA-256 over `announcer/server`, in hex. */
export const identityOf = (announcer: string, server: string): string => sha256Hex(`${announcer}/${server}`, 20);

/** Where a server's blob lies in the tree: `servers/a/b/c/<id>.json`. Part of every hash, so it never changes. */
export const pathOf = (id: string): string => `servers/${id[0]}/${id[1]}/${id[2]}/${id}.json`;

/** The canonical bytes of an announcement. `parseAnnouncement` accepts exactly what this gives. */
export const formatAnnouncement = (announcement: Announcement): Uint8Array => utf8(textOf(inOrder(announcement)));

const textOf = (inOrder: UnsignedAnnouncement): string => `${JSON.stringify(inOrder, null, 2)}\n`;

/** The bytes that the signature covers: bound to the list's name, so that no other list can take them. */
export function signedBytes(announcement: UnsignedAnnouncement, list: string): Uint8Array {
  const { signature: _, ...unsigned } = inOrder({ ...announcement, signature: '' });
  return utf8(headText(list) + textOf(unsigned));
}

/** The same, cut out of canonical bytes: the signature stands last in them. Good until the next call. */
export function signedPart(canonical: Uint8Array, list: string): Uint8Array {
  const { head, workspace } = roomFor(list);
  const whole = workspace.first(head.length + canonical.length);
  whole.set(head);
  whole.set(canonical, head.length);
  const part = workspace.first(whole.length - signatureEnd.length + unsignedEnd.length);
  part.set(unsignedEnd, part.length - unsignedEnd.length);
  return part;
}

type Room = { readonly list: string; readonly head: Uint8Array; readonly workspace: Workspace };
let lastRoom: Room | undefined;

/** As a rule a node knows one list. */
function roomFor(list: string): Room {
  if (lastRoom?.list === list) return lastRoom;
  const head = utf8(headText(list));
  lastRoom = { list, head, workspace: new Workspace(head.length + announcementBytesMax) };
  return lastRoom;
}

const headText = (list: string): string => `rollcall/announcement/1\n${list}\n`;
const signatureEnd = `,\n  "signature": "${'A'.repeat(86)}"\n}\n`;
const unsignedEnd = utf8('\n}\n');

export const sizeFault = (bytes: Uint8Array): ParseFault | undefined =>
  bytes.length > announcementBytesMax
    ? fault('TOO_LARGE', 'announcement', `${bytes.length} bytes, at most ${announcementBytesMax} are allowed`)
    : undefined;

/** Reads canonical bytes; the fault names the first field that is wrong. Signature and time are judged elsewhere. */
export function parseAnnouncement(bytes: Uint8Array): Parsed<Announcement> {
  const large = sizeFault(bytes);
  if (large) return large;
  const usual = readUsual(bytes);
  if (usual && valuesFault(usual) === undefined) return parsed(usual);
  return parseAny(bytes);
}

/** The same for any bytes, and what is wrong with them. */
export function parseAny(bytes: Uint8Array): Parsed<Announcement> {
  const text = fromUtf8(bytes);
  if (text === undefined) return fault('NOT_UTF8', 'announcement', 'is not UTF-8');
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return fault('NOT_JSON', 'announcement', 'is not JSON');
  }
  const wrong = announcementFault(raw);
  if (wrong) return wrong;
  const announcement = inOrder(raw as Announcement);
  if (textOf(announcement) !== text) {
    return fault(
      'NOT_CANONICAL',
      'announcement',
      'is not in canonical form (key order, two-space indent, final newline)',
    );
  }
  return parsed(announcement);
}

/** The first thing wrong with the fields of an announcement, whoever wrote them: a peer, or a person at the API. */
export function announcementFault(raw: unknown): ParseFault | undefined {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return fault('NOT_AN_OBJECT', 'announcement', 'is not an object');
  }
  const fields = raw as Record<string, unknown>;
  const unknownKey = Object.keys(fields).find(key => !Object.hasOwn(checks, key));
  if (unknownKey !== undefined)
    return fault('UNKNOWN_FIELD', unknownKey.slice(0, 40), 'is not a field of announcements');
  return valuesFault(fields);
}

/** The same for an object without unknown fields. */
function valuesFault(fields: Readonly<Record<string, unknown>>): ParseFault | undefined {
  for (const [name, check] of checkList) {
    const reason = Object.hasOwn(fields, name) ? check(fields[name]) : 'is missing';
    if (reason !== undefined) return fault('BAD_FIELD', name, reason);
  }
  const { issuedAt, expiresAt } = fields as { issuedAt: number; expiresAt: number };
  if (expiresAt <= issuedAt) return fault('BAD_LIFETIME', 'expiresAt', 'must be later than issuedAt');
  if (expiresAt - issuedAt > lifetimeMaxMs)
    return fault('BAD_LIFETIME', 'expiresAt', 'is more than 24 h after issuedAt');
  return undefined;
}

/** What is wrong with one field, for those who are told less than all of them. */
export const fieldFault = (name: keyof Announcement, value: unknown): string | undefined => checks[name](value);

type Check = (value: unknown) => string | undefined;

const bounded =
  (graphemesMax: number): Check =>
  value =>
    typeof value === 'string' ? textFault(value, graphemesMax) : 'is not text';

const matching =
  (pattern: RegExp, form: string): Check =>
  value =>
    typeof value === 'string' && pattern.test(value) ? undefined : `must be ${form}`;

const listOf =
  (min: number, max: number, item: Check): Check =>
  value => {
    if (!Array.isArray(value) || value.length < min || value.length > max) return `must hold ${min} to ${max} entries`;
    if (value.some((entry, i) => value.indexOf(entry) < i)) return 'names one entry twice';
    for (const entry of value) {
      const reason = item(entry);
      if (reason !== undefined) return reason;
    }
    return undefined;
  };

const time: Check = value =>
  Number.isSafeInteger(value) && (value as number) > 0 ? undefined : 'must be a positive whole number of milliseconds';

const addressCheck: Check = value => {
  if (typeof value !== 'string' || value.length > addressLengthMax) return 'must be host:port';
  const read = parseAddress(value);
  return read.ok ? undefined : read.message.slice(`${read.field}: `.length);
};

const tag = bounded(tagGraphemesMax);
const attributeValue = bounded(attributeGraphemesMax);
// A letter first: JavaScript would move a key that looks like a number to the front.
const attributeKey = /^[a-z][a-z0-9_.-]{0,31}$/;

const attributesCheck: Check = value => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'must be an object';
  const keys = Object.keys(value);
  if (keys.length > attributesMax) return `must hold at most ${attributesMax} entries`;
  for (const key of keys) {
    if (!attributeKey.test(key))
      return `key "${key.slice(0, 40)}" must be lower-case letters, digits, "_", "." or "-", a letter first, at most 32`;
    const reason = attributeValue((value as Record<string, unknown>)[key]);
    if (reason !== undefined) return `"${key}" ${reason}`;
  }
  return undefined;
};

const slugForm = 'lower-case letters, digits, "_", "." or "-", a letter or digit first, at most 64';
const slug = /^[a-z0-9][a-z0-9_.-]{0,63}$/;

const checks: Record<keyof Announcement, Check> = {
  announcer: value =>
    typeof value === 'string' && isPeerId(value) ? undefined : 'must be an Ed25519 peer id (12D3KooW…)',
  server: matching(slug, slugForm),
  game: matching(slug, slugForm),
  name: bounded(nameGraphemesMax),
  addresses: listOf(1, addressesMax, addressCheck),
  state: value => (value === 'up' || value === 'left' ? undefined : 'must be "up" or "left"'),
  version: bounded(versionGraphemesMax),
  tags: listOf(0, tagsMax, value => tag(value) ?? (value === '' ? 'holds an empty tag' : undefined)),
  attributes: attributesCheck,
  issuedAt: time,
  expiresAt: time,
  signature: matching(/^[A-Za-z0-9_-]{85}[AQgw]$/, '64 bytes in base64url'),
};
const checkList = Object.entries(checks);

function inOrder(announcement: Announcement): Announcement {
  const { announcer, server, game, name, addresses, state, version, tags, issuedAt, expiresAt, signature } =
    announcement;
  const attributes = Object.fromEntries(Object.entries(announcement.attributes).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { announcer, server, game, name, addresses, state, version, tags, attributes, issuedAt, expiresAt, signature };
}

/** Signs the fields for one list. The fields must have passed `announcementFault`; the caller sees to it. */
export const signAnnouncement = (
  fields: Omit<UnsignedAnnouncement, 'announcer'>,
  list: string,
  signer: Signer,
): Announcement => {
  const unsigned = { ...fields, announcer: signer.peerId };
  return inOrder({ ...unsigned, signature: base64url(signer.sign(signedBytes(unsigned, list))) });
};
