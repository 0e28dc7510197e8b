// What schemas are made of.
import Type, { type TSchema } from 'typebox';

export const closed = { additionalProperties: false } as const;
export const orNull = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);
export const time = Type.Integer({ minimum: 0, description: 'Unix milliseconds' });
export const count = Type.Integer({ minimum: 0 });
export const oid = Type.String({ pattern: '^[0-9a-f]{40}$', description: 'git object id' });
/** What a request has to carry in a certain form, in words that finish "must be …": whoever gets it wrong is told them. */
export const shaped = (pattern: string, description: string, more: { readonly default?: string } = {}) =>
  Type.String({ pattern, description, ...more });
export const id = Type.String({ pattern: '^[0-9a-f]{40}$', description: 'identity of a server' });
export const texts = Type.Array(Type.String());
export const record = Type.Record(Type.String(), Type.String());
export const tier = Type.Enum(['green', 'yellow', 'red']);
export const serverChange = Type.Enum(['joined', 'left', 'changed', 'renewed', 'gone', 'forgotten']);
export const statementKind = Type.Enum(['checkpoint', 'rollback']);
export const fingerprint = Type.String({ description: 'of an OpenPGP key: 40 hex digits' });
export const why = Type.Object(
  { code: Type.String(), values: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])) },
  { ...closed, description: 'a reason as a code, with the numbers and names that it speaks of' },
);
export const cut = Type.Optional(
  Type.Literal(true, { description: 'what came before it is not kept: the history begins with it' }),
);
