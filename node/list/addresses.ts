// Where a server can be joined, parsed, with what rules and quotas ask of it.
import { type Address, networkOf, parseAddress, type Scope, scopeOf } from '../base/address.ts';
import type { Announcement } from '../records/announcement.ts';

/** An announced address; `network` is the unit that quotas count by. */
export type Place = Address & { readonly scope: Scope; readonly network: string };

/** On its way into the list an announcement is asked about five times in a row. */
let last: { readonly of: Announcement; readonly places: readonly Place[] } | undefined;

/** Parsed, as every announcement's addresses once were. */
export function addressesOf(announcement: Announcement): readonly Place[] {
  if (last?.of !== announcement) last = { of: announcement, places: announcement.addresses.flatMap(placeOf) };
  return last.places;
}

function placeOf(text: string): Place[] {
  const read = parseAddress(text);
  return read.ok ? [{ ...read.value, scope: scopeOf(read.value.host), network: networkOf(read.value) }] : [];
}
