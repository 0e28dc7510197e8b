// Karma as the API tells it: the shapes of `port.ts` that are about what this node thinks of others.

export type KarmaSummary = { subject: string; value: number; tier: 'green' | 'yellow' | 'red'; events: number };

/** The formulas are those of docs/karma.md. */
export type KarmaJson = {
  subject: string;
  /** K, from −1 to 1. */
  value: number;
  tier: 'green' | 'yellow' | 'red';
  /** When this node's own settings decide. */
  own: 'preferred' | 'blocked' | null;
  direct: { positive: number; negative: number; value: number; confidence: number };
  hearsay: {
    value: number;
    /** Σw of the groups that count. */
    weight: number;
    groups: readonly KarmaGroup[];
  };
  /** Newest first. */
  events: {
    id: string;
    action: string;
    points: number;
    atMs: number;
    source: 'player' | 'game' | 'probe' | 'validator' | 'proof';
    note: string | null;
    evidence: string | null;
  }[];
};

/** Raters of one network, who count as one. `why`: why it does not count, null when it does. */
export type KarmaGroup = {
  group: string;
  weight: number;
  value: number;
  counts: boolean;
  why: string | null;
  raters: readonly {
    rater: string;
    /** D of the rater, what it says, and that scaled to its budget. */
    direct: number;
    value: number;
    scaled: number;
    vouched: number;
    weight: number;
    why: string | null;
  }[];
};

export type RateRequest = {
  subject: string;
  action: string;
  note?: string;
  /** Of the sender's making, so that a repeated request counts once. */
  id?: string;
  /** `player` through the CLI and the web, `game` from a game server. */
  source?: 'player' | 'game';
};
