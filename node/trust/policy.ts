// `policy/deny.json` of a statement's tree: whom the maintainers bar from the list, why, and until when.
import { parseCidr } from '../base/address.ts';
import { type Parsed, parsed } from '../base/verdict.ts';
import { isPeerId } from '../identity/keys.ts';
import { fieldsFault, formatRules, parseRules, type RuleForm, whyFault } from './policy-rules.ts';

/** Exactly one of `announcer`, `address` (a CIDR range) and `game`. */
export type DenyRule = {
  readonly announcer?: string;
  readonly address?: string;
  readonly game?: string;
  readonly reason: string;
  /** Unix milliseconds; without it the rule has no end. */
  readonly until?: number;
};

/**
 * The file:
 *
 *     {
 *       "deny": [
 *         {
 *           "address": "203.0.113.0/24",
 *           "reason": "500 fake servers",
 *           "until": 1766000000000
 *         }
 *       ]
 *     }
 */
export type Policy = { readonly deny: readonly DenyRule[] };

/** As many as a node's own configuration takes. */
export const rulesMax = 10_000;

/** Rules are sorted here; their fields must be sound, which `parsePolicy` of the result tells. */
export const formatPolicy = ({ deny }: Policy): Uint8Array => formatRules(form, deny);

/** Accepts exactly what `formatPolicy` gives for sound rules. */
export function parsePolicy(bytes: Uint8Array): Parsed<Policy> {
  const deny = parseRules(form, bytes);
  return deny.ok ? parsed({ deny: deny.value }) : deny;
}

/** Why this is no rule; its reason and form are judged for people's input as well. */
export function ruleFault(raw: unknown): string | undefined {
  const wrong = fieldsFault(raw, ['announcer', 'address', 'game', 'reason', 'until']);
  if (wrong !== undefined) return wrong;
  const { announcer, address, game, ...why } = raw as Record<string, unknown>;
  const barred = [announcer, address, game].filter(it => it !== undefined);
  if (barred.length !== 1 || typeof barred[0] !== 'string') return 'must bar exactly one of announcer, address, game';
  if (announcer !== undefined && !isPeerId(announcer as string)) return 'announcer must be an Ed25519 peer id';
  if (address !== undefined && !isRange(address as string)) return 'address must be a range such as 203.0.113.0/24';
  if (game !== undefined && !/^[a-z0-9][a-z0-9_.-]{0,63}$/.test(game as string)) return 'game must be the id of a game';
  return whyFault(why);
}

function isRange(text: string): boolean {
  const range = parseCidr(text);
  return range.ok && range.value.text === text && text === text.toLowerCase();
}

/** Whom a rule bars, as text: `address 203.0.113.0/24`. No two rules bar the same. */
export const ruleKey = ({ announcer, address, game }: Omit<DenyRule, 'reason'>): string =>
  announcer !== undefined ? `announcer ${announcer}` : address !== undefined ? `address ${address}` : `game ${game}`;

const form: RuleForm<DenyRule> = {
  name: 'deny',
  rulesMax,
  fault: ruleFault,
  keyOf: ruleKey,
  inOrder: ({ announcer, address, game, reason, until }) => ({
    ...(announcer === undefined ? {} : { announcer }),
    ...(address === undefined ? {} : { address }),
    ...(game === undefined ? {} : { game }),
    reason,
    ...(until === undefined ? {} : { until }),
  }),
};
