// What a statement did on this node: who left the list by it, who came, and whom it bars.
import type { EffectServer, StatementEffect, StatementJson } from '../api/port.ts';
import { diffServers } from '../history/diff.ts';
import { type History, stored } from '../history/history.ts';
import { entryAt, heightOf, wasListedBelow } from '../history/log.ts';
import { readBodies, readTrees } from '../history/source.ts';
import type { Store } from '../history/store.ts';
import { emptyTree } from '../history/tree.ts';
import { kindOf } from '../list/change.ts';
import { type DenyRule, parsePolicy, ruleKey } from '../trust/policy.ts';
import { denyRuleJson } from './deny.ts';

export type EffectsDeps = {
  readonly store: Store;
  readonly history: Pick<History, 'commit' | 'serversOf'>;
};

/** Servers, rules and announcers named in one answer. */
const namedMax = 1_000;
/** Answers kept: what a statement did here never changes. One takes 0.5 MB at most. */
const keptMax = 8;

type Effect = Omit<StatementEffect, 'statement'>;

export class Effects {
  readonly #deps: EffectsDeps;
  /** By the merge; promises, so that many who ask at once have it worked out once. */
  readonly #kept = new Map<string, Promise<Effect>>();

  constructor(deps: EffectsDeps) {
    this.#deps = deps;
  }

  async of(statement: StatementJson): Promise<StatementEffect> {
    const merge = await this.#mergeOf(statement.oid);
    if (!merge) return { statement, ...nothing };
    const kept = this.#kept.get(merge.oid) ?? this.#keep(merge.oid, this.#effect(merge, statement));
    return { statement, ...(await kept) };
  }

  #keep(merge: string, effect: Promise<Effect>): Promise<Effect> {
    this.#kept.set(merge, effect);
    effect.catch(() => this.#kept.delete(merge));
    if (this.#kept.size > keptMax) this.#kept.delete(this.#kept.keys().next().value!);
    return effect;
  }

  /** The first one: a statement enters the log together with it, one below. */
  async #mergeOf(statement: string) {
    const { store } = this.#deps;
    const height = await heightOf(store, statement);
    const merge = height === undefined ? undefined : await entryAt(store, height + 1);
    return merge?.parents[0] === statement ? { ...merge, height: height! + 1 } : undefined;
  }

  async #effect(
    { oid, parents: [, before], height }: { oid: string; parents: readonly string[]; height: number },
    { kind, sequence, signer }: StatementJson,
  ): Promise<Effect> {
    const { store, history } = this.#deps;
    const from = before === undefined ? emptyTree : await history.serversOf(before);
    const [lost, returned, joined]: EffectServer[][] = [[], [], []];
    const losers = new Map<string, number>();
    for (const diff of await diffServers(stored(store), from, await history.serversOf(oid))) {
      const change = kindOf(diff.before, diff.after);
      if (change !== 'left' && change !== 'joined') continue;
      const { name, announcer } = (change === 'left' ? diff.before : diff.after)!;
      const server = { id: diff.id, name, announcer };
      if (change === 'left') {
        lost!.push(server);
        losers.set(announcer, (losers.get(announcer) ?? 0) + 1);
      } else if (before !== undefined && (await wasListedBelow(store, diff.id, height))) returned!.push(server);
      else joined!.push(server);
    }
    const known = new Set((await this.#rules(before)).map(ruleKey));
    const rules = (await this.#rules(oid)).filter(rule => !known.has(ruleKey(rule)));
    const word = `${kind} ${sequence} by ${signer}`;
    return {
      before: before ?? null,
      after: oid,
      counts: { lost: lost!.length, returned: returned!.length, joined: joined!.length, denied: rules.length },
      lost: lost!.slice(0, namedMax),
      returned: returned!.slice(0, namedMax),
      joined: joined!.slice(0, namedMax),
      denied: rules.slice(0, namedMax).map(rule => denyRuleJson({ ...rule, from: word }, 'maintainers')),
      lostByAnnouncer: [...losers]
        .map(([announcer, count]) => ({ announcer, count }))
        .sort((a, b) => b.count - a.count || (a.announcer < b.announcer ? -1 : 1))
        .slice(0, namedMax),
    };
  }

  /** `policy/deny.json` of a commit. It was examined before it came into force. */
  async #rules(commit: string | undefined): Promise<readonly DenyRule[]> {
    if (commit === undefined) return [];
    const source = stored(this.#deps.store);
    let oid: string | undefined = (await this.#deps.history.commit(commit)).tree;
    for (const name of ['policy', 'deny.json']) {
      if (oid === undefined || oid === emptyTree) return [];
      const [entries] = await readTrees(source, [oid]);
      oid = entries!.find(entry => entry.name === name)?.oid;
    }
    if (oid === undefined) return [];
    const policy = parsePolicy((await readBodies(source, [oid], 'blob'))[0]!);
    return policy.ok ? policy.value.deny : [];
  }
}

const nothing: Effect = {
  before: null,
  after: null,
  counts: { lost: 0, returned: 0, joined: 0, denied: 0 },
  lost: [],
  returned: [],
  joined: [],
  denied: [],
  lostByAnnouncer: [],
};
