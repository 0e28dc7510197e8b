// Where a server can be joined, parsed, with what rules and quotas ask of it.
import { type Address, networkOf, parseAddress, type Scope, scopeOf } from '../base/address.ts';
import { Shared } from '../base/shared.ts';
import type { Announcement } from '../records/announcement.ts';

/** An announced address; `network` is the unit that quotas count by. */
export type Place = Address & { readonly scope: Scope; readonly network: string };

/**
 * Each names groups in several tables, which find a text they know faster than another that is alike. As many as a list of
 * 200,000 servers has, unless each is in a network of its own.
 */
const networks = new Shared(65_536);

/** On its way into the list an announcement is asked about five times in a row. */
let last: { readonly of: Announcement; readonly places: readonly Place[] } | undefined;

/** Parsed, as every announcement's addresses once were. */
export function addressesOf(announcement: Announcement): readonly Place[] {
  if (last?.of !== announcement) last = { of: announcement, places: placesOf(announcement.addresses) };
  return last.places;
}

/** Whether a server that was announced again is where it was: nearly all are. */
export const sameAddresses = (before: Announcement, after: Announcement): boolean =>
  before.addresses.length === after.addresses.length &&
  before.addresses.every((address, i) => address === after.addresses[i]);

function placesOf(texts: readonly string[]): readonly Place[] {
  let places: readonly Place[] = [];
  for (const text of texts) {
    const read = parseAddress(text);
    if (!read.ok) continue;
    const { kind, host, port } = read.value;
    // A new array of just this length: one that grows, or is spread, keeps room for 16 more.
    places = places.concat([{ kind, host, port, scope: scopeOf(host), network: networks.of(networkOf(read.value)) }]);
  }
  return places;
}
