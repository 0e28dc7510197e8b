// What maintainers say as HTTP has it: statements, drafts of them, and the keys that sign.
import type { Why } from './port.ts';
import type { DenyAddRequest } from './port-deny.ts';

/** The latest trusted statement. `cutOff`: several peers know a newer one that this node cannot get or does not trust. */
export type StatementAge = {
  sequence: number;
  ageMs: number;
  kind: 'checkpoint' | 'rollback';
  signer: string;
  fingerprint: string;
  oid: string;
};

/** How sure a node can be that nothing newer is kept from it. */
export type Freshness = {
  /** Peers that claim a newer statement, and the highest sequence they claim. */
  peersAhead: number;
  highestClaimed: number | null;
  /** In words, when something is wrong. */
  warning: string | null;
};

export type StatementJson = {
  digest: string;
  oid: string;
  sequence: number;
  kind: 'checkpoint' | 'rollback';
  rollbackTo: string | null;
  subject: string;
  message: string;
  atMs: number;
  signer: string;
  fingerprint: string;
  /** Whether the key counts now. */
  trusted: boolean;
  /** `adopted`: the one in force; `pending`: the latest, but some of its objects cannot be had yet; `refused`: see `reason`. */
  state: 'adopted' | 'pending' | 'superseded' | 'refused';
  reason: string;
  /** Its code is the state, or `untrusted`. */
  why: Why;
  /** Digest of another statement of the same key with the same sequence. */
  equivocation: string | null;
};

/** What the node says of a statement's signature. `why`: as in `StatementJson`, or `replaced` by newer ones of its key. */
export type SignatureWord = { status: string; reason: string; why: Why };

export type DraftRequest = {
  kind: 'checkpoint' | 'rollback';
  /** Who signs, for the commit's author line. */
  author: { name: string; email: string };
  /** Free text below the subject; the reason of a rollback. */
  message?: string;
  /** A rollback's commit, as `commit()` takes it. */
  to?: string;
  deny?: DenyAddRequest;
  quotas?: QuotaRequest;
};

/** Places for those whom it names, instead of what everybody has; a range gives them to each network in it. `until`: as above. */
export type QuotaRequest = {
  announcers?: { announcer: string; servers: number }[];
  networks?: { network: string; servers: number }[];
  reason: string;
  until?: number;
};

export type QuotaRuleJson = {
  /** One of them is null. */
  announcer: string | null;
  network: string | null;
  servers: number;
  reason: string;
  until: number | null;
};

export type Draft = {
  /** The bytes to sign, base64: a commit without its signature. */
  payload: string;
  tree: string;
  parents: string[];
  /** Subject, text and trailers: also for `git commit -S -F -`. */
  message: string;
  sequence: number;
  servers: number;
  /** Listed now and not afterwards, listed afterwards and not now, and who would be barred. */
  leaves: DraftServer[];
  returns: DraftServer[];
  barred: DraftServer[];
  /** Quota rules of the statement, those of the one before included. */
  quotas: QuotaRuleJson[];
};

/** As the person who is about to sign sees it. */
export type ShownDraft = Draft & { doubts: DraftDoubts };

/** Of the servers that are listed now and would be listed by the statement, those that look bad from this node. */
export type DraftDoubts = {
  total: number;
  /** Whose announcer's karma is red; that nobody reaches; that players are not shown by default. One may be all three. */
  red: number;
  silent: number;
  hidden: number;
  /** The first few, for people. */
  first: DraftServer[];
};

export type DraftServer = { id: string; announcer: string; name: string; addresses: readonly string[] };

export type PublishRequest = { commit: string; objects?: { type: 'tree' | 'blob'; body: string }[] };

export type KeyJson = {
  fingerprint: string;
  userIds: readonly string[];
  algorithm: string;
  createdAt: number;
  expiresAt: number | null;
  revoked: boolean;
  /** Fingerprints of the subkeys that may sign now. */
  signingSubkeys: readonly string[];
  state: 'good' | 'expired' | 'revoked' | 'cannot sign' | 'weak';
  reason: string;
  why: Why;
  /** In `keys/` of the release, not added here. */
  shipped: boolean;
  /** The public key itself, so that anybody can check what the node says of a signature. */
  armored: string;
};
