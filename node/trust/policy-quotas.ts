// `policy/quotas.json` of a statement's tree: who has more places in the list than others, or fewer, why, and until when.
import { networkFault, placesMax } from '../base/networks.ts';
import type { Parsed } from '../base/verdict.ts';
import { isPeerId } from '../identity/keys.ts';
import { fieldsFault, formatRules, parseRules, type RuleForm, whyFault } from './policy-rules.ts';

/** Exactly one of `announcer` and `network`. */
export type QuotaRule = {
  readonly announcer?: string;
  /** A domain, or a range of whole networks, an IPv4 /24 or IPv6 /48 or wider: each network in it gets the places. */
  readonly network?: string;
  /** Places, instead of those that everybody has. */
  readonly servers: number;
  readonly reason: string;
  /** Unix milliseconds; without it the rule has no end. */
  readonly until?: number;
};

/**
 * The file:
 *
 *     {
 *       "quotas": [
 *         {
 *           "network": "203.0.113.0/24",
 *           "servers": 200,
 *           "reason": "a hoster, known since 2019"
 *         }
 *       ]
 *     }
 */
export const formatQuotas = (rules: readonly QuotaRule[]): Uint8Array => formatRules(form, rules);

/** Accepts exactly what `formatQuotas` gives for sound rules. */
export const parseQuotas = (bytes: Uint8Array): Parsed<readonly QuotaRule[]> => parseRules(form, bytes);

/** Hosters whom a maintainer knows by name are few; a list of 1,000 takes 150 KB. */
export const quotaRulesMax = 1_000;
function ruleFault(raw: unknown): string | undefined {
  const wrong = fieldsFault(raw, ['announcer', 'network', 'servers', 'reason', 'until']);
  if (wrong !== undefined) return wrong;
  const { announcer, network, servers, ...why } = raw as Record<string, unknown>;
  const meant = [announcer, network].filter(it => it !== undefined);
  if (meant.length !== 1 || typeof meant[0] !== 'string') return 'must speak of exactly one of announcer, network';
  if (announcer !== undefined && !isPeerId(announcer as string)) return 'announcer must be an Ed25519 peer id';
  const range = network === undefined ? undefined : networkFault(network as string);
  if (range !== undefined) return `network: ${range}`;
  if (!Number.isSafeInteger(servers) || (servers as number) < 1 || (servers as number) > placesMax)
    return `servers must be a whole number from 1 to ${placesMax}`;
  return whyFault(why);
}

const form: RuleForm<QuotaRule> = {
  name: 'quotas',
  rulesMax: quotaRulesMax,
  fault: ruleFault,
  keyOf: ({ announcer, network }) => (announcer === undefined ? `network ${network}` : `announcer ${announcer}`),
  inOrder: ({ announcer, network, servers, reason, until }) => ({
    ...(announcer === undefined ? {} : { announcer }),
    ...(network === undefined ? {} : { network }),
    servers,
    reason,
    ...(until === undefined ? {} : { until }),
  }),
};
