// Only this file makes a `Verified`: an announcement whose signature was checked.
import { gitHash } from '../base/bytes.ts';
import { RollcallError } from '../base/errors.ts';
import { Shared } from '../base/shared.ts';
import { type Signer, verifyBy } from '../identity/keys.ts';
import {
  type Announcement,
  announcementFault,
  formatAnnouncement,
  identityOf,
  parseAnnouncement,
  signAnnouncement,
  signedPart,
  sizeFault,
  type UnsignedAnnouncement,
} from './announcement.ts';

declare const checked: unique symbol;

/** A server's announcement that is known to be its announcer's own word. */
export type Verified = Candidate & { readonly [checked]: true };

/** Parsed and named, its signature not yet checked. */
export type Candidate = {
  readonly announcement: Announcement;
  /** Identity of the server, 40 hex digits. */
  readonly id: string;
  /** Git's hash of `bytes`. */
  readonly oid: string;
  /** The very bytes that came: no others parse to this announcement. */
  readonly bytes: Uint8Array;
};

/** Makes the bytes when asked, in 5 µs: those of 100,000 servers would take 90 MB. */
class Named implements Candidate {
  readonly announcement: Announcement;
  readonly id: string;
  readonly oid: string;

  constructor(announcement: Announcement, bytes: Uint8Array) {
    this.announcement = lean(announcement);
    this.id = identityOf(announcement.announcer, announcement.server);
    this.oid = gitHash('blob', bytes);
  }

  get bytes(): Uint8Array {
    return formatAnnouncement(this.announcement);
  }
}

/** Announcers, games, versions and tags of a list of 200,000 servers, most of them often. */
const texts = new Shared(65_536);
const noTags: readonly string[] = Object.freeze([]);
const noAttributes: Announcement['attributes'] = Object.freeze({});

/** With what many announcements say alike kept once: without that 100,000 servers take 25 MB more. */
const lean = ({
  announcer,
  server,
  game,
  name,
  addresses,
  state,
  version,
  tags,
  attributes,
  issuedAt,
  expiresAt,
  signature,
}: Announcement): Announcement => ({
  announcer: texts.of(announcer),
  server,
  game: texts.of(game),
  name,
  addresses,
  state,
  version: texts.of(version),
  tags: tags.length === 0 ? noTags : tags.map(tag => texts.of(tag)),
  attributes: Object.keys(attributes).length === 0 ? noAttributes : attributes,
  issuedAt,
  expiresAt,
  signature,
});

/** `bytes` are those that parsed to `announcement`. */
export const candidate = (announcement: Announcement, bytes: Uint8Array): Candidate => new Named(announcement, bytes);

/** Checks the announcer's signature for `list`: about 40 µs, so every cheaper check comes before it. `bytes` where they are at hand. */
export function verified(it: Candidate, list: string, bytes = it.bytes): Verified | undefined {
  const { signature, announcer } = it.announcement;
  // Its form was checked when it was read: all 64 bytes are written.
  signatureRoom.write(signature, 'base64url');
  return verifyBy(announcer, signedPart(bytes, list), signatureRoom) ? (it as Verified) : undefined;
}

/** Used again for each, so that checking leaves no garbage. */
const signatureRoom = Buffer.allocUnsafeSlow(64);

/**
 * Signs the fields as this node's own announcement.
 * @throws RollcallError with the fault's code when a field is out of bounds; nothing was signed then.
 */
export function announced(fields: Omit<UnsignedAnnouncement, 'announcer'>, list: string, signer: Signer): Verified {
  const blank = { ...fields, announcer: signer.peerId, signature: 'A'.repeat(86) };
  const wrong = announcementFault(blank);
  if (wrong) throw new RollcallError(wrong.code, wrong.message);
  const announcement = signAnnouncement(fields, list, signer);
  const bytes = formatAnnouncement(announcement);
  const large = sizeFault(bytes);
  if (large) throw new RollcallError(large.code, large.message);
  return candidate(announcement, bytes) as Verified;
}

/**
 * An announcement from this node's own store, where only verified ones are written, and those that a trusted statement
 * vouches for with its records digest (`app/vouched.ts` checks those behind it). The signature is not checked again;
 * `verify --full` does. Undefined when the bytes are no announcement: the store is damaged.
 */
export function restored(bytes: Uint8Array): Verified | undefined {
  const read = parseAnnouncement(bytes);
  return read.ok ? (candidate(read.value, bytes) as Verified) : undefined;
}
