// Deny rules out of what people ask for, of this node and of maintainers alike.
import type { DenyRequest } from '../api/port.ts';
import { RollcallError } from '../base/errors.ts';
import { parseRange } from '../base/range.ts';
import { isPeerId } from '../identity/keys.ts';
import type { DenyRule } from '../trust/policy.ts';

/** One for each that is named, ranges in canonical form. @throws RollcallError BAD_ANNOUNCER, BAD_RANGE */
export function rulesFor({ announcers = [], addresses = [], games = [], reason, until }: DenyRequest): DenyRule[] {
  const rest = { reason, ...(until === undefined ? {} : { until }) };
  return [
    ...announcers.map(announcer => {
      if (!isPeerId(announcer)) throw new RollcallError('BAD_ANNOUNCER', `"${announcer}" is no peer id (12D3KooW…)`);
      return { announcer, ...rest };
    }),
    ...addresses.map(text => {
      const range = parseRange(text);
      if (!range.ok) throw new RollcallError(range.code, range.message);
      return { address: range.value.text, ...rest };
    }),
    ...games.map(game => ({ game, ...rest })),
  ];
}
