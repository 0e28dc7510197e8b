// A deny rule as a node tells it.
import type { DenyRuleJson } from '../../node/api/port.ts';

export const denyRule: DenyRuleJson = {
  announcer: null,
  address: '198.51.100.0/24',
  game: null,
  reason: 'bots',
  until: 1_763_600_000_001,
  origin: 'node',
  from: "this node's own rules",
};
