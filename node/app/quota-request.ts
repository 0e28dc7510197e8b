// Quota rules of a statement to be signed: those in force that have not ended, and what the maintainer asks for.
import type { QuotaRequest } from '../api/port.ts';
import { RollcallError } from '../base/errors.ts';
import { networkFault } from '../base/networks.ts';
import { isPeerId } from '../identity/keys.ts';
import { formatQuotas, parseQuotas, type QuotaRule } from '../trust/policy-quotas.ts';

/** A new rule takes the place of the one for the same announcer or network. @throws RollcallError BAD_ANNOUNCER, BAD_RANGE, BAD_FIELD */
export function quotasFor(
  request: QuotaRequest | undefined,
  inForce: readonly QuotaRule[],
  now: number,
): readonly QuotaRule[] {
  const fresh = request ? rulesFor(request) : [];
  const key = ({ announcer, network }: QuotaRule) => announcer ?? network;
  const replaced = new Set(fresh.map(key));
  const kept = inForce.filter(rule => (rule.until ?? Infinity) > now && !replaced.has(key(rule)));
  const read = parseQuotas(formatQuotas([...kept, ...fresh]));
  if (!read.ok) throw new RollcallError(read.code, read.message);
  return read.value;
}

function rulesFor({ announcers = [], networks = [], reason, until }: QuotaRequest): QuotaRule[] {
  const rest = { reason, ...(until === undefined ? {} : { until }) };
  return [
    ...announcers.map(({ announcer, servers }) => {
      if (!isPeerId(announcer)) throw new RollcallError('BAD_ANNOUNCER', `"${announcer}" is no peer id (12D3KooW…)`);
      return { announcer, servers, ...rest };
    }),
    ...networks.map(({ network, servers }) => {
      const wrong = networkFault(network.toLowerCase());
      if (wrong !== undefined) throw new RollcallError('BAD_RANGE', wrong);
      return { network: network.toLowerCase(), servers, ...rest };
    }),
  ];
}
