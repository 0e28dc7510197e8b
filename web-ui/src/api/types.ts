// The API's shapes, as the node defines them: types only, nothing of the node gets into the page.
import type * as port from '../../../node/api/port.ts';

export type {
  CommitDetail,
  CommitSummary,
  Flag,
  KarmaJson,
  KarmaSummary,
  KeyJson,
  NodeEvent,
  Observed,
  ServersDiff,
  StatementJson,
  Status,
} from '../../../node/api/port.ts';

/** What the node may say beside: since when a server is listed, and why it is hidden. */
type Later = { readonly since?: number | null; readonly hidden?: string | null };

export type ServerRow = port.ServerRow & Later;
export type ServerDetail = port.ServerDetail & Later;
export type ServersPage = Omit<port.ServersPage, 'servers'> & {
  servers: ServerRow[];
  /** How many are left out, and why. */
  readonly hidden?: { readonly total: number };
};
