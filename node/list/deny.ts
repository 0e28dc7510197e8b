// Deny rules: who is barred from the list, why, and until when.
import { type Address, parseCidr } from '../base/address.ts';
import type { Announcement } from '../records/announcement.ts';
import type { DenyRule } from '../trust/policy.ts';

export type { DenyRule };

export type Denial = (announcement: Announcement, addresses: readonly Address[], now: number) => DenyRule | undefined;

/** The rules made ready to be asked. Rules with a range that does not parse are left out; configuration refuses them before. */
export function denials(rules: readonly DenyRule[]): Denial {
  const announcers = new Map(rules.flatMap(rule => (rule.announcer === undefined ? [] : [[rule.announcer, rule]])));
  const games = new Map(rules.flatMap(rule => (rule.game === undefined ? [] : [[rule.game, rule]])));
  const ranges = rules.flatMap(rule => {
    const range = rule.address === undefined ? undefined : parseCidr(rule.address);
    return range?.ok ? [{ rule, match: range.value.match }] : [];
  });
  return (announcement, addresses, now) => {
    const live = (rule: DenyRule | undefined) => (rule && (rule.until ?? Infinity) > now ? rule : undefined);
    return (
      live(announcers.get(announcement.announcer)) ??
      live(games.get(announcement.game)) ??
      ranges.find(({ rule, match }) => live(rule) && addresses.some(({ host }) => match(host)))?.rule
    );
  };
}
