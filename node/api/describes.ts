// Ties a schema to the type that it describes.
import type { Static, TSchema } from 'typebox';

/** Compiles only when the schema and the port's type say the same, so that neither can drift. */
export const describes =
  <Shape>() =>
  <Schema extends TSchema>(schema: Schema & Same<Frozen<Shape>, Frozen<Static<Schema>>>): Schema =>
    schema;

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? unknown : never) : never;
type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;
