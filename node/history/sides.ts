// Both sides of a server in a comparison: announcements that were judged before they were stored, or listed. They are not
// judged again, and renewals are told by their bytes.
import { asBuffer, fromUtf8 } from '../base/bytes.ts';
import type { Announcement } from '../records/announcement.ts';

export type Sides = { readonly before: Announcement | undefined; readonly after: Announcement | undefined };

/** As it was stored, or as it is listed: then nobody has to read it. */
export type Side = { readonly bytes: Uint8Array; readonly announcement?: Announcement };

/** Undefined when one is no announcement. */
export function readSides(before: Side | undefined, after: Side | undefined): Sides | undefined {
  try {
    return { before: before && read(before), after: after && read(after) };
  } catch {
    return undefined;
  }
}

/**
 * What a renewal changes stands last: `issuedAt`, `expiresAt` and `signature`. No text can hold these bytes, for a line break in it is
 * escaped. Digits and base64url follow.
 */
const renewedFrom = Buffer.from(',\n  "issuedAt": ');

/** Whether two announcements of one server say the same, but for their times. */
export function isRenewal({ bytes: before }: Side, { bytes: after }: Side): boolean {
  const [left, right] = [asBuffer(before), asBuffer(after)];
  const at = left.lastIndexOf(renewedFrom);
  const end = at + renewedFrom.length;
  return at >= 0 && left.compare(right, 0, end, 0, end) === 0;
}

const read = ({ bytes, announcement }: Side): Announcement =>
  announcement ?? (JSON.parse(fromUtf8(bytes)!) as Announcement);
