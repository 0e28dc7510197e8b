// Walks a value along the schema and names everything that is wrong with it, not only the first.
import Type, { type TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { printable } from '../base/text.ts';
import { nearest } from './nearest.ts';
import { isPlain, leaves, partOf, settingPaths, under } from './paths.ts';

export type Fault = { readonly path: string; readonly message: string };

/** Longer values are cut: the path finds them. */
const shownLengthMax = 60;

/** A layer is `partial`: it may leave out any setting, yet no part of an entry in a list. */
export function faultsOf(schema: TSchema, value: unknown, { partial = false } = {}): Fault[] {
  const known = settingPaths(schema);
  return [...walk(schema, value, '', partial)].map(fault => {
    const near = fault.beside && nearest(fault.path, [...fault.beside, ...known]);
    return {
      path: fault.path,
      message: near === undefined ? fault.message : `${fault.message}; did you mean ${near}?`,
    };
  });
}

/** Of a setting that there is not: those of the group where it stands. */
type Found = Fault & { readonly beside?: readonly string[] };

function* walk(schema: TSchema, value: unknown, path: string, partial: boolean): Generator<Found> {
  const faults = [...within(schema, value, path, partial)];
  yield* faults;
  // What is sound in its parts may still be wrong as a whole: a list too long, a rule that bars nothing.
  const whole = faults.length === 0 && !(partial && isSection(schema) && isPlain(value));
  if (whole && !Value.Check(schema, value)) yield { path, message: `${shown(value)} is not ${nameOf(schema)}` };
}

function* within(schema: TSchema, value: unknown, path: string, partial: boolean): Generator<Found> {
  if (Type.IsArray(schema) && Array.isArray(value)) {
    for (const [i, entry] of value.entries()) yield* walk(schema.items, entry, `${path}[${i}]`, false);
  }
  if (!isSection(schema) || !isPlain(value)) return;
  for (const [key, part] of Object.entries(value)) {
    const known = partOf(schema, key);
    if (known) yield* walk(known, part, under(path, key), partial);
    else yield* strays(part, under(path, key), Type.IsObject(schema) ? settingPaths(schema, path) : []);
  }
  if (partial || !Type.IsObject(schema)) return;
  for (const key of schema.required as string[]) {
    if (!Object.hasOwn(value, key)) yield { path: under(path, key), message: 'is missing' };
  }
}

/** Each leaf is named, so that a mistyped section shows which settings went astray. */
function* strays(value: unknown, path: string, beside: readonly string[]): Generator<Found> {
  for (const [leaf, part] of leaves(value, path)) {
    yield { path: leaf, message: `${shown(part)} is not a setting`, beside };
  }
}

const isSection = (schema: TSchema): boolean => Type.IsObject(schema) || Type.IsRecord(schema);

const nameOf = (schema: TSchema): string => (schema as { is?: string }).is ?? 'a group of settings';

function shown(value: unknown): string {
  const text = printable(JSON.stringify(value) ?? String(value));
  return text.length > shownLengthMax ? `${text.slice(0, shownLengthMax)}…` : text;
}
