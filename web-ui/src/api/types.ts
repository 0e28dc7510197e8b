// The API's shapes, as the node defines them: types only, nothing of the node gets into the page.

export type {
  AnnouncerDetail,
  AnnouncerRow,
  AnnouncersPage,
  CommitDetail,
  CommitKind,
  CommitSummary,
  DenyRuleJson,
  DenySubject,
  EffectServer,
  GraphCommit,
  GraphLink,
  GraphNode,
  HistoryGraph,
  KarmaGroup,
  KarmaJson,
  KarmaPage,
  KarmaSummary,
  KeyJson,
  NodeEvent,
  NodesGraph,
  Observed,
  Series,
  SeriesSpan,
  ServerDetail,
  ServerRow,
  ServersDiff,
  ServersPage,
  StatementEffect,
  StatementJson,
  Status,
  Why,
} from '../../../node/api/port.ts';
export type { CommitServer, CommitServersPage } from '../../../node/api/port-history.ts';
export type { GatewayStatus } from '../../../node/gateways/family.ts';
export type { Peer } from '../../../node/network/port.ts';
