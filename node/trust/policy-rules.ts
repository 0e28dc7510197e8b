// What the files in `policy/` of a statement's tree have in common: rules in a list under one name, each with its reason,
// canonical as announcements are: two-space indent, keys and rules in order, a final newline.
import { fromUtf8, utf8 } from '../base/bytes.ts';
import { textFault } from '../base/text.ts';
import { fault, type Parsed, parsed } from '../base/verdict.ts';

export type RuleForm<Rule> = {
  /** Of the list in the file. */
  readonly name: string;
  readonly rulesMax: number;
  /** Why this is no rule. */
  readonly fault: (raw: unknown) => string | undefined;
  /** Of whom a rule speaks: no two speak of the same. */
  readonly keyOf: (rule: Rule) => string;
  /** The rule with its keys in order. */
  readonly inOrder: (rule: Rule) => Rule;
};

export const policyBytesMax = 1_048_576;
export const reasonGraphemesMax = 200;

/** Rules are sorted here; their fields must be sound, which `parseRules` of the result tells. */
export function formatRules<Rule>({ name, inOrder, keyOf }: RuleForm<Rule>, rules: readonly Rule[]): Uint8Array {
  const sorted = rules.map(inOrder).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return utf8(`${JSON.stringify({ [name]: sorted }, null, 2)}\n`);
}

/** Accepts exactly what `formatRules` gives for sound rules. */
export function parseRules<Rule>(form: RuleForm<Rule>, bytes: Uint8Array): Parsed<readonly Rule[]> {
  const { name, rulesMax, keyOf, inOrder } = form;
  if (bytes.length > policyBytesMax) return fault('TOO_LARGE', 'policy', `is larger than ${policyBytesMax} bytes`);
  const text = fromUtf8(bytes);
  if (text === undefined) return fault('NOT_UTF8', 'policy', 'is not UTF-8');
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return fault('NOT_JSON', 'policy', 'is not JSON');
  }
  const list = (raw as Record<string, unknown> | null)?.[name];
  if (!Array.isArray(list)) return fault('BAD_FIELD', name, 'must be a list of rules');
  if (list.length > rulesMax) return fault('BAD_FIELD', name, `holds more than ${rulesMax} rules`);
  for (const [i, rule] of list.entries()) {
    const reason = form.fault(rule);
    if (reason !== undefined) return fault('BAD_FIELD', `${name}[${i}]`, reason);
  }
  const rules = list as Rule[];
  const keys = rules.map(keyOf);
  const twice = keys.find((key, i) => key === keys[i + 1]);
  if (twice !== undefined) return fault('BAD_FIELD', name, `holds two rules for ${twice}`);
  if (Buffer.compare(formatRules(form, rules), bytes) !== 0) {
    return fault(
      'NOT_CANONICAL',
      'policy',
      'is not in canonical form (order of keys and rules, indent, final newline)',
    );
  }
  return parsed(rules.map(inOrder));
}

/** What is wrong with the reason and the end of a rule. */
export function whyFault({ reason, until }: Record<string, unknown>): string | undefined {
  if (typeof reason !== 'string' || reason === '') return 'reason must say why';
  const wrong = textFault(reason, reasonGraphemesMax);
  if (wrong !== undefined) return `reason ${wrong}`;
  if (until !== undefined && !(Number.isSafeInteger(until) && (until as number) > 0)) return 'until must be a time';
  return undefined;
}

/** What is wrong with a rule whatever it says: it is no object, or has other fields than these. */
export function fieldsFault(raw: unknown, names: readonly string[]): string | undefined {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return 'is not an object';
  const unknown = Object.keys(raw).find(name => !names.includes(name));
  return unknown === undefined ? undefined : `has an unknown field "${unknown.slice(0, 40)}"`;
}
