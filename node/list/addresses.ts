// Where a server can be joined, parsed.
import { type Address, parseAddress } from '../base/address.ts';
import type { Announcement } from '../records/announcement.ts';

/** Parsed, as every announcement's addresses once were. */
export const addressesOf = ({ addresses }: Announcement): Address[] =>
  addresses.flatMap(text => {
    const read = parseAddress(text);
    return read.ok ? [read.value] : [];
  });
