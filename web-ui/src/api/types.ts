// The API's shapes, as the node defines them: types only, nothing of the node gets into the page.
export type {
  CommitDetail,
  CommitSummary,
  KarmaJson,
  KarmaSummary,
  KeyJson,
  NodeEvent,
  Observed,
  ServerDetail,
  ServerRow,
  ServersDiff,
  ServersPage,
  StatementJson,
  Status,
} from '../../../node/api/port.ts';
