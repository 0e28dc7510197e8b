// Announcements that come into the list on a statement's word alone. A few are checked before; of many the records digest
// vouches for each, so that a newcomer shows a large list at once, and their signatures are checked behind.
import { type Verified, verified } from '../records/verified.ts';

/** Checked before: 40 ms of work. */
export const checkedFirstMax = 1_000;
/** Signatures checked before the event loop gets a turn: 40 µs each. */
const sliceMax = 32;

/** Those that their announcers never signed. */
export async function forgedAmong(
  items: readonly Verified[],
  listName: string,
  pause: () => Promise<void>,
): Promise<Verified[]> {
  const forged: Verified[] = [];
  for (const [i, item] of items.entries()) {
    if (!verified(item, listName)) forged.push(item);
    if ((i + 1) % sliceMax === 0) await pause();
  }
  return forged;
}

export const forgery = ({ id, announcement }: Verified): string =>
  `the announcement of ${id} in its tree was not signed by ${announcement.announcer}`;
