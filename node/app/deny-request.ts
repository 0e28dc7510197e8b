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

/** What nobody wants who did not mean it. `list`: what whom it bars would leave. @throws RollcallError BARS_ITSELF, BARS_EVERYBODY */
export function refuseSlip({ announcer, address }: DenyRule, self: string, list: string): void {
  const remedy = 'if it is what you want, say so with --force (over HTTP: "force": true)';
  if (announcer === self) {
    const message = `${self} is this node itself: its own servers would leave ${list}, and it would announce no more`;
    throw new RollcallError('BARS_ITSELF', message, { remedy });
  }
  const range = address === undefined ? undefined : parseRange(address);
  if (range?.ok && range.value.all) {
    const family = address!.includes(':') ? 'IPv6' : 'IPv4';
    const message = `${address} is every ${family} address there is: all servers that have one would leave ${list}`;
    throw new RollcallError('BARS_EVERYBODY', message, { remedy });
  }
}
