// Settings by their paths: `history.commitIntervalMs`. Lists are leaves; their entries are `list.deny[0]`.
import Type, { type TSchema } from 'typebox';

export const under = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

export const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The leaves of nested settings with their paths; an empty group is a leaf too. */
export function* leaves(value: unknown, path = ''): Generator<[path: string, value: unknown]> {
  const parts = isPlain(value) ? Object.entries(value) : [];
  if (parts.length === 0 && path !== '') yield [path, value];
  for (const [key, part] of parts) yield* leaves(part, under(path, key));
}

/** `history.commitIntervalMs`, 1000 → `{ history: { commitIntervalMs: 1000 } }` */
export const nested = (path: readonly string[], value: unknown): unknown =>
  path.reduceRight<unknown>((inner, key) => Object.fromEntries([[key, inner]]), value);

/** `over` laid on `base`: groups are merged, anything else replaces. */
export function merged(base: unknown, over: unknown): unknown {
  if (!isPlain(base) || !isPlain(over)) return over;
  const both = new Map(Object.entries(base));
  for (const [key, part] of Object.entries(over)) both.set(key, both.has(key) ? merged(both.get(key), part) : part);
  return Object.fromEntries(both);
}

/** The paths of all settings that the schema names, those of entries in lists as `list.deny[].reason`. */
export function settingPaths(schema: TSchema, path = ''): string[] {
  if (Type.IsArray(schema) && Type.IsObject(schema.items)) return [path, ...settingPaths(schema.items, `${path}[]`)];
  if (!Type.IsObject(schema)) return [path];
  return Object.entries(schema.properties).flatMap(([key, part]) => settingPaths(part, under(path, key)));
}

/** What the schema says of the value at `path`; undefined where it knows no such setting. */
export function schemaAt(schema: TSchema, path: readonly string[]): TSchema | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return schema;
  const part = partOf(schema, key);
  return part && schemaAt(part, rest);
}

export function partOf(schema: TSchema, key: string): TSchema | undefined {
  if (Type.IsObject(schema)) return Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
  if (!Type.IsRecord(schema)) return undefined;
  return Object.entries(schema.patternProperties).find(([pattern]) => new RegExp(pattern).test(key))?.[1];
}
