// Deny rules in words, for people.
import type { DenyRuleJson } from '../api/port.ts';

export type DenyRules = { rules: DenyRuleJson[] };

/** What one bars, without its kind: `203.0.113.0/24`. */
export const barredBy = ({ announcer, address, game }: DenyRuleJson): string => announcer ?? address ?? game ?? '';

/** `address 203.0.113.0/24`. */
export const subjectWords = (rule: DenyRuleJson): string => {
  const kind = rule.announcer !== null ? 'announcer' : rule.address !== null ? 'address' : 'game';
  return `${kind} ${barredBy(rule)}`;
};
