// What can happen between nodes, and how many points it is worth here: the configured actions.
import { RollcallError } from '../base/errors.ts';
import { nearest } from '../config/nearest.ts';
import { actionForm } from '../records/opinion.ts';

export type Action = {
  readonly name: string;
  /** What one event of it adds: never 0, and at most `pointsMax` either way. */
  readonly points: number;
  /** Who does it as a rule: what a `server` does is about players, everything else is about servers. */
  readonly role?: 'server' | 'player';
  /** In words, for people. */
  readonly text: string;
};

/** `karma.actions` of the configuration, by name. */
export type ActionSettings = Readonly<Record<string, Partial<Omit<Action, 'name'>>>>;

/** An equivocation costs 50; twenty times that is as good as for ever. */
export const pointsMax = 1_000;

/**
 * Halves what is held against the subject so far: own events, and for a half-life what others say. Not configurable, worth
 * no points by itself.
 */
export const appeal: Action = { name: 'appeal', points: 0, text: 'was heard: what was held against it is halved' };
/** Cancels the same. */
export const forgive: Action = { name: 'forgive', points: 0, text: 'is forgiven what was held against it' };

const pardons = [appeal, forgive];

export class Actions implements Iterable<Action> {
  readonly #actions: ReadonlyMap<string, Action>;

  /** @throws RollcallError BAD_CONFIG that names the setting */
  constructor(settings: ActionSettings) {
    const own = Object.entries(settings).map(([name, action]) => actionOf(name, action));
    this.#actions = new Map([...own, ...pardons].map(action => [action.name, action]));
  }

  /** @throws RollcallError UNKNOWN_ACTION that says which one may have been meant */
  get(name: string): Action {
    const action = this.#actions.get(name);
    if (action) return action;
    const known = [...this.#actions.keys()];
    const near = nearest(name, known);
    const hint = near === undefined ? `known are ${known.join(', ')}` : `did you mean ${near}?`;
    throw new RollcallError('UNKNOWN_ACTION', `action: "${name.slice(0, 40)}" is no action; ${hint}`, {
      remedy: 'karma.actions in the configuration holds them; add your own there',
    });
  }

  /** Whether an event is about a player or a server; what was configured once and is no more counts as a server's. */
  kindOf(name: string): 'server' | 'player' {
    return this.#actions.get(name)?.role === 'server' ? 'player' : 'server';
  }

  [Symbol.iterator](): Iterator<Action> {
    return this.#actions.values();
  }
}

function actionOf(name: string, { points, role, text }: ActionSettings[string]): Action {
  const wrong = (reason: string) => new RollcallError('BAD_CONFIG', `karma.actions.${name}${reason}`);
  if (!actionForm.test(name))
    throw wrong(': is not a name (lower-case letters, digits, "-", a letter first, at most 40)');
  if (pardons.some(pardon => pardon.name === name)) throw wrong(': means a pardon, and has no points');
  if (points === undefined) throw wrong('.points: is missing');
  if (!Number.isInteger(points) || points === 0 || Math.abs(points) > pointsMax) {
    throw wrong(`.points: ${points} is not a whole number from -${pointsMax} to ${pointsMax} other than 0`);
  }
  return { name, points, ...(role === undefined ? {} : { role }), text: text ?? name.replaceAll('-', ' ') };
}
