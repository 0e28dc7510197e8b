// Runs a node until its signal aborts.
import { RollcallError } from '../base/errors.ts';
import type { Clock, Monotonic } from '../base/time.ts';
import { readConfigFiles } from '../config/files.ts';
import { type LoadedConfig, loadConfig } from '../config/load.ts';
import { compose } from './compose.ts';

export type StartOptions = {
  readonly dataDir: string;
  readonly configPath?: string;
  /** Settings from flags, by path: `{ 'list.name': 'inexor' }`. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** `path=value`, as typed behind `--set`. */
  readonly sets: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborting it stops the node, or its start. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly monotonic: Monotonic;
  readonly random: () => number;
  /** Told to the commands that look for this node. */
  readonly pid: number;
  /** One line of the log. */
  readonly log: (line: string) => void;
};

export type Started = {
  readonly peerId: string;
  readonly addresses: readonly string[];
  readonly http: string;
  readonly list: string;
  /** Resolves when everything is stopped and stored. */
  readonly done: Promise<void>;
};

/**
 * Undefined: it was stopped before it was up.
 * @throws RollcallError when the configuration, the key, the store or a port does not let it start
 */
export async function startNode(options: StartOptions): Promise<Started | undefined> {
  try {
    return await start(options);
  } catch (error) {
    if (options.signal.aborted && error instanceof Error && error.name === 'AbortError') return undefined;
    throw error;
  }
}

async function start(options: StartOptions): Promise<Started> {
  const loaded = await configOf(options);
  // A failed start takes down again what already ran.
  await using resources = new AsyncDisposableStack();
  const started = await compose(options, loaded, resources);
  const running = resources.move();
  const done = new Promise<void>((resolve, reject) => {
    const stop = () => running.disposeAsync().then(resolve, reject);
    if (options.signal.aborted) void stop();
    else options.signal.addEventListener('abort', () => void stop(), { once: true });
  });
  return { ...started, done };
}

async function configOf({ dataDir, configPath, flags, sets, env }: StartOptions): Promise<LoadedConfig> {
  const given = Object.entries(flags).map(([path, value]) => ({
    path,
    value,
    origin: flagNames[path] ?? `--set ${path}`,
  }));
  const set = sets.map(text => {
    const at = text.indexOf('=');
    if (at < 1)
      throw new RollcallError('BAD_CONFIG', `--set ${text}: must be path=value, such as history.commitIntervalMs=5000`);
    return { path: text.slice(0, at), value: text.slice(at + 1), origin: '--set' };
  });
  return loadConfig({ ...(await readConfigFiles(dataDir, configPath)), flags: [...given, ...set], env });
}

const flagNames: Readonly<Record<string, string>> = {
  role: '--role',
  'list.name': '--list',
  'network.listen': '--listen',
  'network.entries': '--entry',
  'http.host': '--http',
  'http.port': '--http',
  'log.level': '--log-level',
};
