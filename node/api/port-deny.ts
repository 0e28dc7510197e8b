// Deny rules as HTTP has them: those of statements are asked for in the same words as a node's own.

/** `until`: Unix milliseconds; without it the rules have no end. */
export type DenyRequest = {
  announcers?: string[];
  addresses?: string[];
  games?: string[];
  reason: string;
  until?: number;
};

/** `force`: also what bars this node itself, or every address there is. */
export type DenyAddRequest = DenyRequest & { force?: boolean };

/** Exactly one of them, as `deny()` tells it. */
export type DenySubject = { announcer?: string; address?: string; game?: string };

export type DenyRuleJson = {
  /** All but one are null. */
  announcer: string | null;
  address: string | null;
  game: string | null;
  reason: string;
  until: number | null;
  origin: 'node' | 'configuration' | 'maintainers';
  /** The same in words: which file, or which statement and who signed it. */
  from: string;
};
