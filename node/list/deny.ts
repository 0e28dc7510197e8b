// Who is barred from the list: deny rules made ready to be asked.
import { type Address, CidrTable } from '../base/address.ts';
import type { Announcement } from '../records/announcement.ts';
import { type DenyRule, ruleKey } from '../trust/policy.ts';

/** `from`: whose word it is, in words for people; without it, this node's own. */
export type ListRule = DenyRule & { readonly from?: string };

export type Denial = (announcement: Announcement, addresses: readonly Address[], now: number) => ListRule | undefined;

/** `barred by rollback 2 by Ada Quist (address 198.51.100.0/24, until 2027-01-31): bots`. */
export function barredWords(rule: ListRule): string {
  const { from = "this node's own rules", reason, until } = rule;
  const end = until === undefined ? '' : `, until ${momentWords(until)}`;
  return `barred by ${from} (${ruleKey(rule)}${end}): ${reason}`;
}

/** `2027-01-31 18:00 UTC`. */
export const momentWords = (atMs: number): string =>
  `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** Rules with a range that does not parse bar nobody; configuration and policy refuse them before. */
export function denials(rules: readonly ListRule[]): Denial {
  const announcers = new Map<string, ListRule[]>();
  const games = new Map<string, ListRule[]>();
  const ranges = new CidrTable<ListRule>();
  for (const rule of rules) {
    if (rule.announcer !== undefined) announcers.set(rule.announcer, [...(announcers.get(rule.announcer) ?? []), rule]);
    if (rule.game !== undefined) games.set(rule.game, [...(games.get(rule.game) ?? []), rule]);
    if (rule.address !== undefined) ranges.add(rule.address, rule);
  }
  if (rules.length === 0) return () => undefined;
  return ({ announcer, game }, addresses, now) => {
    const barring = [
      ...(announcers.get(announcer) ?? []),
      ...(games.get(game) ?? []),
      ...addresses.flatMap(({ host }) => ranges.get(host)),
    ];
    return barring.find(rule => (rule.until ?? Infinity) > now);
  };
}
