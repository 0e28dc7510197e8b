// Both sides of a server in a comparison: announcements that were judged before they were stored, or listed. They are not
// judged again, and of a renewal only the end is read, for all before it is what it was.
import { fromUtf8 } from '../base/bytes.ts';
import type { Announcement } from '../records/announcement.ts';

export type Sides = { readonly before: Announcement | undefined; readonly after: Announcement | undefined };

/** Undefined when one is no announcement. */
export function readSides(before: Buffer | undefined, after: Buffer | undefined): Sides | undefined {
  try {
    const first = before && read(before);
    return { before: first, after: after && (first ? readNext(before!, first, after) : read(after)) };
  } catch {
    return undefined;
  }
}

/**
 * What a renewal changes stands last: `issuedAt`, `expiresAt` and `signature`. No text can hold these bytes, for a line break in it is
 * escaped. Digits and base64url follow.
 */
const renewedFrom = Buffer.from(',\n  "issuedAt": ');

function readNext(before: Buffer, known: Announcement, after: Buffer): Announcement {
  const at = before.lastIndexOf(renewedFrom);
  const end = at + renewedFrom.length;
  if (at < 0 || before.compare(after, 0, end, 0, end) !== 0) return read(after);
  const { issuedAt, expiresAt, signature } = parse(`{${after.toString('latin1', at + 1)}`);
  return { ...known, issuedAt, expiresAt, signature };
}

const read = (bytes: Buffer): Announcement => parse(fromUtf8(bytes)!);
const parse = (json: string): Announcement => JSON.parse(json) as Announcement;
