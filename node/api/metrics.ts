// Prometheus text, by hand: a few gauges. Never a label with a peer id or a server, for those grow without bound.
import type { Status } from './port.ts';

export type MetricsInput = {
  readonly status: Status;
  readonly nowMs: number;
  readonly memoryBytes: number;
  readonly eventClients: number;
};

export const metricsType = 'text/plain; version=0.0.4; charset=utf-8';

export function formatMetrics({ status, nowMs, memoryBytes, eventClients }: MetricsInput): string {
  const { statement, freshness } = status;
  const refused = Object.entries(status.refused).map(([code, count]): Sample => [`{code="${label(code)}"}`, count]);
  return [
    metric('rollcall_servers', 'gauge', 'Servers listed.', [['', status.servers]]),
    metric('rollcall_announced', 'gauge', 'Servers that this node announces.', [['', status.announced]]),
    metric('rollcall_peers', 'gauge', 'Connected peers.', [['', status.peers]]),
    metric(
      'rollcall_connections_refused_total',
      'counter',
      'Connections refused or ended, by reason.',
      Object.entries(status.turnedAway).map(([reason, count]): Sample => [`{reason="${reason}"}`, count]),
    ),
    metric('rollcall_in_sync_peers', 'gauge', 'Peers that hold the same list.', [['', status.sync.inSyncWith]]),
    metric('rollcall_statement_sequence', 'gauge', 'The latest trusted statement; none at all while there is none.', [
      ...(statement ? [['', statement.sequence] as const] : []),
    ]),
    metric('rollcall_statement_age_seconds', 'gauge', 'Its age.', [
      ...(statement ? [['', statement.ageMs / 1_000] as const] : []),
    ]),
    metric('rollcall_peers_ahead', 'gauge', 'Peers that claim a newer statement.', [['', freshness.peersAhead]]),
    metric('rollcall_uncommitted', 'gauge', 'Changes of the list that no commit holds yet.', [
      ['', status.uncommitted],
    ]),
    metric('rollcall_refused_total', 'counter', 'Announcements not listed, by reason.', refused),
    metric('rollcall_event_clients', 'gauge', 'Clients that follow the events.', [['', eventClients]]),
    metric('rollcall_uptime_seconds', 'gauge', 'Time since the node started.', [
      ['', Math.max(0, nowMs - status.startedAt) / 1_000],
    ]),
    metric('process_resident_memory_bytes', 'gauge', 'Memory of the process.', [['', memoryBytes]]),
  ].join('');
}

type Sample = readonly [labels: string, value: number];

function metric(name: string, type: 'gauge' | 'counter', help: string, samples: readonly Sample[]): string {
  const lines = samples.map(([labels, value]) => `${name}${labels} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

const label = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
