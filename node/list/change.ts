// A change of the list, and what people call it.
import type { Announcement } from '../records/announcement.ts';
import type { Verified } from '../records/verified.ts';

/** One server before and after. Both are there, or at least one of them. */
export type Change = {
  readonly id: string;
  readonly before: Verified | undefined;
  readonly after: Verified | undefined;
};

/**
 * joined: players see it now · left: they no longer do · changed: they see something else of it ·
 * renewed: only its times moved · gone: it left before anybody noted that it had joined · forgotten: the note that it had
 * left ran out.
 */
export type ChangeKind = 'joined' | 'left' | 'changed' | 'renewed' | 'gone' | 'forgotten';

export function kindOf(before: Announcement | undefined, after: Announcement | undefined): ChangeKind {
  const wasUp = before?.state === 'up';
  const isUp = after?.state === 'up';
  if (isUp && !wasUp) return 'joined';
  if (wasUp && !isUp) return 'left';
  if (!after) return 'forgotten';
  if (!before) return 'gone';
  return isUp && changedFields(before, after).length > 0 ? 'changed' : 'renewed';
}

const told = ['game', 'name', 'addresses', 'version', 'tags', 'attributes'] as const;

/** What differs between two announcements of one server, apart from times and signature. */
export const changedFields = (before: Announcement, after: Announcement): (typeof told)[number][] =>
  told.filter(field => !isSame(before[field], after[field]));

type Told = Announcement[(typeof told)[number]];

/** Asked of each renewal: to write down both takes ten times as long as to compare lists of texts. */
function isSame(before: Told, after: Told): boolean {
  if (before === after) return true;
  if (Array.isArray(before) && Array.isArray(after)) {
    return before.length === after.length && before.every((text, i) => text === after[i]);
  }
  return JSON.stringify(before) === JSON.stringify(after);
}
