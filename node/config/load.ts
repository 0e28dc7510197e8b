// A configuration is layers laid on each other, checked, and frozen. Nothing is read here: texts and variables come from outside.
import { RollcallError } from '../base/errors.ts';
import { faultsOf } from './check.ts';
import {
  type ConfigFile,
  type Environment,
  envLayers,
  type Flag,
  fileLayer,
  flagLayers,
  type Layer,
} from './layers.ts';
import { leaves, merged } from './paths.ts';
import { type Config, schema } from './schema.ts';

export type ConfigSources = {
  readonly flags: readonly Flag[];
  readonly env: Environment;
  /** The highest first: `--config`, then `<data>/config.json`. */
  readonly files: readonly ConfigFile[];
  /** `config.default.json`: complete, and the lowest. */
  readonly defaults: ConfigFile;
};

export type LoadedConfig = {
  /** Frozen all through. */
  readonly config: Config;
  /** Where each setting comes from: a file, a variable or a flag, by path. */
  readonly origins: ReadonlyMap<string, string>;
};

/**
 * Flags over environment over files over defaults.
 * @throws RollcallError BAD_CONFIG whose message names every fault of every layer, one a line:
 * `http.port: 70000 is not a port from 0 to 65535 (from --set)`
 */
export function loadConfig({ flags, env, files, defaults }: ConfigSources): LoadedConfig {
  const layers = [
    ...[defaults, ...[...files].reverse()].map(fileLayer),
    ...envLayers(schema, env),
    ...flagLayers(schema, flags),
  ];
  const faults = layers.flatMap((layer, i) => faultLines(layer, { partial: i > 0 }));
  if (faults.length > 0) {
    throw new RollcallError('BAD_CONFIG', faults.join('\n'), {
      remedy: 'config.default.json holds every setting; `rollcall config print --origin` shows those in force',
    });
  }
  // Each layer is sound by itself, settings are judged one by one, and the lowest has them all: so is the whole.
  const sound = layers.filter(layer => 'value' in layer);
  const config = sound.map(({ value }) => value).reduce(merged) as Config;
  const origins = new Map(sound.flatMap(({ origin, value }) => [...leaves(value)].map(([path]) => [path, origin])));
  return { config: deepFreeze(config), origins };
}

function faultLines(layer: Layer, options: { partial: boolean }): string[] {
  if ('broken' in layer) return [`${layer.origin}: ${layer.broken}`];
  return faultsOf(schema, layer.value, options).map(
    ({ path, message }) => `${path || 'the whole'}: ${message} (from ${layer.origin})`,
  );
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
