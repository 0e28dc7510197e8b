// Input is checked with the schemas that OpenAPI shows. Nothing is converted but the text of a query, and nothing dropped.
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import type { TLocalizedValidationError } from 'typebox/error';
import { RollcallError } from '../base/errors.ts';

/** Compiled when it is asked for: all at once they kept a start waiting, and most are never asked for. */
const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  let compiled: Validator | undefined;
  return (data: unknown) => {
    compiled ??= Compile(schema);
    const check = compiled;
    // Fastify gives null where there was no body.
    const value = httpPart === 'querystring' ? fromText(schema, data) : (data ?? {});
    if (check.Check(value)) return { value };
    return { error: new RollcallError('BAD_INPUT', explained(check.Errors(value), httpPart ?? 'body', schema)) };
  };
};

/**
 * Answers are written by `JSON.stringify`: to compile each schema kept a start waiting, and they have nothing that is not
 * described, which tests see to.
 */
export const compilersFactory: object = {
  buildValidator: () => validatorCompiler,
  buildSerializer: () => () => JSON.stringify,
};

/** Query values that look like what the schema wants; the rest stays text, for the schema to refuse. */
function fromText(schema: TSchema, data: unknown): unknown {
  const { properties = {} } = schema as { properties?: Record<string, { type?: string }> };
  return Object.fromEntries(
    Object.entries(data as Record<string, unknown>).map(([name, text]) => {
      const type = properties[name]?.type;
      if (type === 'number' && typeof text === 'string' && /^-?[0-9]{1,15}(\.[0-9]{1,15})?$/.test(text)) {
        return [name, Number(text)];
      }
      if (type === 'integer' && typeof text === 'string' && /^-?[0-9]{1,15}$/.test(text)) return [name, Number(text)];
      if (type === 'boolean' && typeof text === 'string') return [name, flags[text] ?? text];
      return [name, text];
    }),
  );
}

/** `?all`, `?all=1` and `?all=true` are the same. */
const flags: Readonly<Record<string, boolean>> = { '': true, '1': true, true: true, '0': false, false: false };

/** The first error as `field: what is wrong`, the form that problem documents take their field from. */
function explained(errors: TLocalizedValidationError[], part: string, schema: TSchema): string {
  const error = errors[0]!;
  const path = error.instancePath.slice(1).replaceAll('/', '.');
  if (error.keyword === 'required') return `${name(error.params.requiredProperties[0]!, part)}: is missing`;
  if (error.keyword === 'boolean') return `${name(path, part)}: is not known here`;
  if (error.keyword === 'enum') return `${name(path, part)}: must be one of ${error.params.allowedValues.join(', ')}`;
  return `${name(path, part)}: ${wanted(schema, path) ?? error.message}`;
}

type Property = {
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly description?: string;
};

/** What a number or a text in a certain form has to be, whatever is wrong with what came; undefined for all else. */
function wanted(schema: TSchema, path: string): string | undefined {
  const { properties = {} } = schema as { properties?: Record<string, Property> };
  const { type, minimum, maximum, pattern, description } = properties[path] ?? {};
  if (pattern !== undefined) return `must be ${description}`;
  if (type !== 'integer' && type !== 'number') return undefined;
  const kind = type === 'integer' ? 'a whole number' : 'a number';
  if (minimum !== undefined && maximum !== undefined) return `must be ${kind} from ${minimum} to ${maximum}`;
  return minimum === undefined ? `must be ${kind}` : `must be ${kind}, at least ${minimum}`;
}

/** The name of a field, unless a stranger made it up to look like something else. */
const name = (path: string, part: string): string => (/^[A-Za-z_][\w.-]{0,63}$/.test(path) ? path : part);
