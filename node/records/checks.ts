// Checks of single fields, shared by the formats of observations and opinions: what is wrong, in words, or undefined.
import { textFault } from '../base/text.ts';
import { fault, type ParseFault } from '../base/verdict.ts';
import { isPeerId } from '../identity/keys.ts';

export type Check = (value: unknown) => string | undefined;
export type Checks = Readonly<Record<string, Check>>;

export const matching =
  (pattern: RegExp, form: string): Check =>
  value =>
    typeof value === 'string' && pattern.test(value) ? undefined : `must be ${form}`;

/** Text with at least one character: what is not known is null, never empty. */
export const textOf =
  (graphemesMax: number): Check =>
  value => {
    if (typeof value !== 'string') return 'is not text';
    return value === '' ? 'is empty' : textFault(value, graphemesMax);
  };

export const wholeUpTo =
  (max: number): Check =>
  value =>
    Number.isInteger(value) && (value as number) >= 0 && (value as number) <= max
      ? undefined
      : `must be a whole number from 0 to ${max}`;

export const orNull =
  (check: Check): Check =>
  value =>
    value === null ? undefined : check(value);

export const oneOf =
  (...values: readonly unknown[]): Check =>
  value =>
    values.includes(value) ? undefined : `must be ${values.map(it => JSON.stringify(it)).join(' or ')}`;

export const peerId: Check = value =>
  typeof value === 'string' && isPeerId(value) ? undefined : 'must be an Ed25519 peer id (12D3KooW…)';

export const time: Check = value =>
  Number.isSafeInteger(value) && (value as number) > 0 ? undefined : 'must be a positive whole number of milliseconds';

export const signature = matching(/^[A-Za-z0-9_-]{85}[AQgw]$/, '64 bytes in base64url');

export const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Exactly the fields that `checks` names, each sound. `within` is put before a field's name: `entries[3].`. */
export function fieldsFault(raw: unknown, checks: Checks, name: string, within = ''): ParseFault | undefined {
  if (!isPlain(raw)) return fault('NOT_AN_OBJECT', name, 'is not an object');
  const unknown = Object.keys(raw).find(key => !Object.hasOwn(checks, key));
  if (unknown !== undefined) return fault('UNKNOWN_FIELD', `${within}${unknown.slice(0, 40)}`, 'is not a field');
  for (const [key, check] of Object.entries(checks)) {
    const reason = Object.hasOwn(raw, key) ? check(raw[key]) : 'is missing';
    if (reason !== undefined) return fault('BAD_FIELD', `${within}${key}`, reason);
  }
  return undefined;
}

/**
 * A list of objects in ascending order of one of their fields, none twice: one set has one form.
 * `relation` judges fields against each other.
 */
export function entriesFault(
  raw: unknown,
  { checks, key, min, max, relation }: { checks: Checks; key: string; min: number; max: number; relation: Relation },
): ParseFault | undefined {
  if (!Array.isArray(raw) || raw.length < min || raw.length > max) {
    return fault('BAD_FIELD', 'entries', `must hold ${min} to ${max} entries`);
  }
  for (const [i, entry] of raw.entries()) {
    const name = `entries[${i}]`;
    const wrong = fieldsFault(entry, checks, name, `${name}.`) ?? relation(entry, `${name}.`);
    if (wrong) return wrong;
    if (i > 0 && raw[i - 1][key] >= entry[key]) {
      return fault('BAD_FIELD', `${name}.${key}`, 'is not in ascending order, or there twice');
    }
  }
  return undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: its fields were checked one by one just before
type Relation = (entry: any, within: string) => ParseFault | undefined;
