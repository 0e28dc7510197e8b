// This node's own deny rules: kept in the store, in force at once, beside those of its configuration and the maintainers'.
import type { DenyAddRequest, DenyRequest, DenyRuleJson, DenySubject } from '../api/port.ts';
import { fromUtf8, utf8 } from '../base/bytes.ts';
import { messageOf, RollcallError } from '../base/errors.ts';
import { serial } from '../base/serial.ts';
import type { Clock } from '../base/time.ts';
import type { Store } from '../history/store.ts';
import type { ListRule } from '../list/deny.ts';
import { type DenyRule, ruleFault, ruleKey, rulesMax } from '../trust/policy.ts';
import { refuseSlip, rulesFor } from './deny-request.ts';

export type DenyDeps = {
  readonly store: Pick<Store, 'entries' | 'write'>;
  /** This node's peer id. */
  readonly self: string;
  /** `list.deny`, and where it is set. */
  readonly configured: { readonly rules: readonly DenyRule[]; readonly origin: string };
  /** Those of the statement in force. */
  readonly maintainers: () => readonly ListRule[];
  /** Puts the rules in force as they are now; gives how many servers players no longer see. */
  readonly enforce: () => Promise<number>;
  /** Some rule has ended: whom it barred may come back. */
  readonly ended: () => void;
  readonly clock: Clock;
  readonly log: (level: 'warn', message: string) => void;
};

export class OwnDenies {
  readonly #deps: DenyDeps;
  /** By what they bar. */
  readonly #kept: Map<string, ListRule>;
  readonly #configured: readonly ListRule[];
  /** Of two synced writes at once either may land last, and the store has to end with the newer. */
  readonly #inTurn = serial();
  #lookedAt: number;

  private constructor(deps: DenyDeps, kept: Map<string, ListRule>) {
    this.#deps = deps;
    this.#kept = kept;
    const from = `this node's configuration (list.deny in ${deps.configured.origin})`;
    this.#configured = deps.configured.rules.map(rule => ({ ...rule, from }));
    this.#lookedAt = deps.clock();
  }

  static async open(deps: DenyDeps): Promise<OwnDenies> {
    const kept = new Map<string, ListRule>();
    for await (const [key, value] of deps.store.entries('deny')) {
      const rule = parsed(value);
      if (typeof rule === 'string') deps.log('warn', `the deny rule for ${key} in the store is of no use: ${rule}`);
      else kept.set(key, rule);
    }
    return new OwnDenies(deps, kept);
  }

  /** Those of this node: the ones kept and the configuration's. */
  rules(): readonly ListRule[] {
    return [...this.#kept.values(), ...this.#configured];
  }

  list(): DenyRuleJson[] {
    return [
      ...this.#inForce(this.#kept.values()).map(rule => denyRuleJson(rule, 'node')),
      ...this.#inForce(this.#configured).map(rule => denyRuleJson(rule, 'configuration')),
      ...this.#inForce(this.#deps.maintainers()).map(rule => denyRuleJson(rule, 'maintainers')),
    ];
  }

  counts(): { own: number; maintainers: number } {
    return {
      own: this.#inForce(this.rules()).length,
      maintainers: this.#inForce(this.#deps.maintainers()).length,
    };
  }

  /** A statement keeps rules that have ended, and so does a configuration: they bar nobody. */
  #inForce(rules: Iterable<ListRule>): ListRule[] {
    const now = this.#deps.clock();
    return [...rules].filter(({ until = Number.POSITIVE_INFINITY }) => until > now);
  }

  /**
   * One for what is barred already takes its place.
   * @throws RollcallError BAD_ANNOUNCER, BAD_RANGE, BAD_RULE, TOO_MANY_RULES; without `force` BARS_ITSELF, BARS_EVERYBODY
   */
  add({ force = false, ...request }: DenyAddRequest): Promise<{ rules: DenyRuleJson[]; left: number }> {
    return this.#inTurn(async () => {
      const rules = soundRules(request, this.#deps.clock());
      if (!force) for (const rule of rules) refuseSlip(rule, this.#deps.self, "this node's list");
      const keys = new Set([...this.#kept.keys(), ...rules.map(ruleKey)]);
      if (keys.size > rulesMax) {
        throw new RollcallError('TOO_MANY_RULES', `a node keeps at most ${rulesMax} deny rules of its own`, {
          remedy: 'bar a whole range instead of its addresses, or remove some: rollcall deny list',
        });
      }
      await this.#deps.store.write(
        rules.map(rule => ({ space: 'deny', put: ruleKey(rule), value: utf8(JSON.stringify(rule)) })),
      );
      for (const rule of rules) this.#kept.set(ruleKey(rule), rule);
      return { rules: rules.map(rule => denyRuleJson(rule, 'node')), left: await this.#deps.enforce() };
    });
  }

  /** @throws RollcallError NO_SUCH_RULE, which says whose rule it is when it is somebody else's */
  remove(subject: DenySubject): Promise<DenyRuleJson> {
    return this.#inTurn(async () => {
      const key = ruleKey(subject);
      const rule = this.#kept.get(key);
      if (!rule) throw this.#noSuchRule(key);
      await this.#deps.store.write([{ space: 'deny', del: key }]);
      this.#kept.delete(key);
      await this.#deps.enforce();
      this.#deps.ended();
      return denyRuleJson(rule, 'node');
    });
  }

  /** Forgets rules of this node that have ended, and says when one of any has. */
  async tick(): Promise<void> {
    const { clock, maintainers, store, ended } = this.#deps;
    const [before, now] = [this.#lookedAt, clock()];
    this.#lookedAt = now;
    const over = ({ until = Number.POSITIVE_INFINITY }: DenyRule) => until <= now;
    if ([...this.rules(), ...maintainers()].some(rule => over(rule) && rule.until! > before)) ended();
    await this.#inTurn(async () => {
      const keys = [...this.#kept].filter(([, rule]) => over(rule)).map(([key]) => key);
      if (keys.length > 0) await store.write(keys.map(del => ({ space: 'deny', del })));
      for (const key of keys) this.#kept.delete(key);
    });
  }

  #noSuchRule(key: string): RollcallError {
    const other = [...this.#configured, ...this.#deps.maintainers()].find(rule => ruleKey(rule) === key);
    const message = `this node has no deny rule of its own for ${key}`;
    const remedy = other ? `it is barred by ${other.from}, and stays so` : 'see "rollcall deny list"';
    return new RollcallError('NO_SUCH_RULE', message, { remedy });
  }
}

/** @throws RollcallError as `add` does */
function soundRules(request: DenyRequest, now: number): DenyRule[] {
  const rules = rulesFor(request);
  if (rules.length === 0) throw new RollcallError('BAD_RULE', 'rule: bars nobody; name an announcer, address or game');
  if ((request.until ?? Number.POSITIVE_INFINITY) <= now)
    throw new RollcallError('BAD_RULE', 'until: is in the past; without it a rule has no end');
  for (const rule of rules) {
    const wrong = ruleFault(rule);
    if (wrong !== undefined) throw new RollcallError('BAD_RULE', `rule: ${wrong}`);
  }
  return rules;
}

function parsed(value: Uint8Array): ListRule | string {
  try {
    const rule = JSON.parse(fromUtf8(value) ?? '');
    return ruleFault(rule) ?? (rule as DenyRule);
  } catch (error) {
    return messageOf(error);
  }
}

export function denyRuleJson(rule: ListRule, origin: DenyRuleJson['origin']): DenyRuleJson {
  const { announcer = null, address = null, game = null, reason, until = null, from = "this node's own rules" } = rule;
  return { announcer, address, game, reason, until, origin, from };
}
