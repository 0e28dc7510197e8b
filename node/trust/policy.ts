// `policy/deny.json` of a statement's tree: whom the maintainers bar from the list, why, and until when.
import { parseCidr } from '../base/address.ts';
import { fromUtf8, utf8 } from '../base/bytes.ts';
import { textFault } from '../base/text.ts';
import { fault, type Parsed, parsed } from '../base/verdict.ts';
import { isPeerId } from '../identity/keys.ts';

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
 * The file, canonical as announcements are: two-space indent, keys and rules in order, a final newline.
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

/** Where it lies in the tree. */
export const policyPath = 'policy/deny.json';
/** As many as a node's own configuration takes. */
export const rulesMax = 10_000;
export const policyBytesMax = 1_048_576;
export const reasonGraphemesMax = 200;

/** Rules are sorted here; their fields must be sound, which `parsePolicy` of the result tells. */
export const formatPolicy = ({ deny }: Policy): Uint8Array =>
  utf8(`${JSON.stringify({ deny: deny.map(inOrder).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)) }, null, 2)}\n`);

/** Accepts exactly what `formatPolicy` gives for sound rules. */
export function parsePolicy(bytes: Uint8Array): Parsed<Policy> {
  if (bytes.length > policyBytesMax) return fault('TOO_LARGE', 'policy', `is larger than ${policyBytesMax} bytes`);
  const text = fromUtf8(bytes);
  if (text === undefined) return fault('NOT_UTF8', 'policy', 'is not UTF-8');
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return fault('NOT_JSON', 'policy', 'is not JSON');
  }
  const deny = (raw as Policy | null)?.deny;
  if (!Array.isArray(deny)) return fault('BAD_FIELD', 'deny', 'must be a list of rules');
  if (deny.length > rulesMax) return fault('BAD_FIELD', 'deny', `holds more than ${rulesMax} rules`);
  for (const [i, rule] of deny.entries()) {
    const reason = ruleFault(rule);
    if (reason !== undefined) return fault('BAD_FIELD', `deny[${i}]`, reason);
  }
  const keys = deny.map(keyOf);
  const twice = keys.find((key, i) => key === keys[i + 1]);
  if (twice !== undefined) return fault('BAD_FIELD', 'deny', `holds two rules for ${twice}`);
  const policy = { deny: (deny as DenyRule[]).map(inOrder) };
  if (Buffer.compare(formatPolicy(policy), bytes) !== 0) {
    return fault(
      'NOT_CANONICAL',
      'policy',
      'is not in canonical form (order of keys and rules, indent, final newline)',
    );
  }
  return parsed(policy);
}

/** Why this is no rule; its reason and form are judged for people's input as well. */
export function ruleFault(raw: unknown): string | undefined {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return 'is not an object';
  const unknown = Object.keys(raw).find(name => !fieldNames.has(name));
  if (unknown !== undefined) return `has an unknown field "${unknown.slice(0, 40)}"`;
  const { announcer, address, game, reason, until } = raw as Record<string, unknown>;
  const barred = [announcer, address, game].filter(it => it !== undefined);
  if (barred.length !== 1 || typeof barred[0] !== 'string') return 'must bar exactly one of announcer, address, game';
  if (announcer !== undefined && !isPeerId(announcer as string)) return 'announcer must be an Ed25519 peer id';
  if (address !== undefined && !isRange(address as string)) return 'address must be a range such as 203.0.113.0/24';
  if (game !== undefined && !/^[a-z0-9][a-z0-9_.-]{0,63}$/.test(game as string)) return 'game must be the id of a game';
  if (typeof reason !== 'string' || reason === '') return 'reason must say why';
  const wrong = textFault(reason, reasonGraphemesMax);
  if (wrong !== undefined) return `reason ${wrong}`;
  if (until !== undefined && !(Number.isSafeInteger(until) && (until as number) > 0)) return 'until must be a time';
  return undefined;
}

const fieldNames = new Set(['announcer', 'address', 'game', 'reason', 'until']);

function isRange(text: string): boolean {
  const range = parseCidr(text);
  return range.ok && range.value.text === text && text === text.toLowerCase();
}

const inOrder = ({ announcer, address, game, reason, until }: DenyRule): DenyRule => ({
  ...(announcer === undefined ? {} : { announcer }),
  ...(address === undefined ? {} : { address }),
  ...(game === undefined ? {} : { game }),
  reason,
  ...(until === undefined ? {} : { until }),
});

const keyOf = ({ announcer, address, game }: DenyRule): string =>
  announcer !== undefined ? `announcer ${announcer}` : address !== undefined ? `address ${address}` : `game ${game}`;
