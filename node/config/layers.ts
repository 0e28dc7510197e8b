// The layers that a configuration is made of: each file, each variable and each flag is one, with its origin.
import type { TSchema } from 'typebox';
import { jsonFault } from './json.ts';
import { nested, schemaAt } from './paths.ts';

/** Nested settings, as many as it likes to give, and what to call the place that they come from. */
export type Layer = { readonly origin: string; readonly value: unknown } | Broken;

/** A file that could not be read as JSON, and why. */
export type Broken = { readonly origin: string; readonly broken: string };

/** A file's name and its text. */
export type ConfigFile = { readonly origin: string; readonly text: string };

/** One setting from the command line: `{ path: 'list.name', value: 'lan', origin: '--list' }`. */
export type Flag = { readonly path: string; readonly value: unknown; readonly origin: string };

export type Environment = Readonly<Record<string, string | undefined>>;

const prefix = 'ROLLCALL_';
/** Variables that stand for the command line's global flags, not for settings. */
const globals = new Set(['ROLLCALL_DATA', 'ROLLCALL_CONFIG', 'ROLLCALL_JSON', 'ROLLCALL_LOG_LEVEL']);

export function fileLayer({ origin, text }: ConfigFile): Layer {
  // Some editors begin a file with a byte order mark; it means nothing here.
  const json = text.replace(/^\ufeff/, '');
  const fault = jsonFault(json);
  if (!fault) return { origin, value: JSON.parse(json) };
  return { origin, broken: `is not JSON at line ${fault.line}, column ${fault.column}: ${fault.message}` };
}

/**
 * `ROLLCALL_HISTORY__COMMIT_INTERVAL_MS=1000` sets `history.commitIntervalMs`: two underscores lead into a group, one
 * begins a new word. In order of name, so that `ROLLCALL_HTTP__PORT` is laid on `ROLLCALL_HTTP`.
 */
export function envLayers(schema: TSchema, env: Environment): Layer[] {
  const names = Object.keys(env).filter(name => name.startsWith(prefix) && !globals.has(name));
  return names.sort().flatMap(name => {
    const text = env[name];
    const path = name.slice(prefix.length).split('__').map(camelCase);
    return text === undefined ? [] : [{ origin: name, value: nested(path, fromText(schema, path, text)) }];
  });
}

/** Later flags are laid on earlier ones. Text is read as the setting wants it. */
export function flagLayers(schema: TSchema, flags: readonly Flag[]): Layer[] {
  return flags.map(({ path: dotted, value, origin }) => {
    const path = dotted.split('.');
    return { origin, value: nested(path, typeof value === 'string' ? fromText(schema, path, value) : value) };
  });
}

/** Text where the setting is text; elsewhere JSON, if it is that. Whether it fits is judged later, with everything else. */
function fromText(schema: TSchema, path: readonly string[], text: string): unknown {
  const wanted = schemaAt(schema, path) as { type?: string } | undefined;
  if (wanted?.type === 'string') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const camelCase = (name: string): string =>
  name.toLowerCase().replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
