// Who is barred from the list: deny rules made ready to be asked.
import { type Address, CidrTable } from '../base/address.ts';
import type { Announcement } from '../records/announcement.ts';
import type { DenyRule } from '../trust/policy.ts';

export type Denial = (announcement: Announcement, addresses: readonly Address[], now: number) => DenyRule | undefined;

/** Rules with a range that does not parse bar nobody; configuration and policy refuse them before. */
export function denials(rules: readonly DenyRule[]): Denial {
  const announcers = new Map<string, DenyRule[]>();
  const games = new Map<string, DenyRule[]>();
  const ranges = new CidrTable<DenyRule>();
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
