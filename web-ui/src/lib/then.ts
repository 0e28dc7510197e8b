// The list as it was at some time, made of the list at another time and what differs between them. Pure.
import type { CommitServer, ServersDiff } from '../api/types.ts';

export type Announced = CommitServer;
/** By id. */
export type Listed = ReadonlyMap<string, Announced>;
/** What one commit did. */
export type Step = {
  readonly joined: readonly Announced[];
  readonly left: readonly Announced[];
  /** Ids. */
  readonly changed: readonly string[];
};

export const noStep: Step = { joined: [], left: [], changed: [] };

/** In the order in which rows are shown: later lists are made of it, and are then in order but for what changed, which sorts quickly. */
export const listedOf = (servers: readonly Announced[]): Listed =>
  new Map(servers.toSorted(byName).map(server => [server.id, server]));

/** In the order of code units: quick for any list. */
const byName = (a: Announced, b: Announced): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1;

/** The same list when nothing differs. */
export function withDiff(listed: Listed, { added, removed, changed }: ServersDiff): Listed {
  if (added.length + removed.length + changed.length === 0) return listed;
  const result = new Map(listed);
  for (const { id } of removed) result.delete(id);
  for (const server of added) result.set(server.id, server);
  for (const { id, fields } of changed) {
    const held = result.get(id);
    if (held)
      result.set(id, { ...held, ...Object.fromEntries(Object.entries(fields).map(([k, [, now]]) => [k, now])) });
  }
  return result;
}

export const stepOf = ({ added, removed, changed }: ServersDiff): Step => ({
  joined: added,
  left: removed,
  changed: changed.map(({ id }) => id),
});

export const showNames = ['all', 'joined', 'left'] as const;
export type ShowName = (typeof showNames)[number];
export type RowThen = { readonly server: Announced; readonly change: 'joined' | 'left' | 'changed' | null };

/** Also who left in this very step, so that it is seen who it was. By name. */
export function rowsThen(listed: Listed, step: Step, show: ShowName, announcer: string | null): RowThen[] {
  const [joined, changed] = [new Set(step.joined.map(({ id }) => id)), new Set(step.changed)];
  const rows: RowThen[] = [];
  const add = (server: Announced, change: RowThen['change']) => {
    if (announcer === null || server.announcer === announcer) rows.push({ server, change });
  };
  if (show !== 'joined') for (const server of step.left) add(server, 'left');
  if (show !== 'left') {
    for (const server of listed.values()) {
      if (joined.has(server.id)) add(server, 'joined');
      else if (show === 'all') add(server, changed.has(server.id) ? 'changed' : null);
    }
  }
  return rows.sort((a, b) => byName(a.server, b.server));
}

export type Share = {
  readonly announcer: string;
  readonly count: number;
  readonly joined: number;
  readonly left: number;
};

/** Who has how many, the largest first; with those who lost all of theirs in this step. */
export function byAnnouncer(listed: Listed, step: Step): Share[] {
  const shares = new Map<string, { count: number; joined: number; left: number }>();
  const shareOf = (announcer: string) => {
    const held = shares.get(announcer) ?? { count: 0, joined: 0, left: 0 };
    shares.set(announcer, held);
    return held;
  };
  for (const { announcer } of listed.values()) shareOf(announcer).count++;
  for (const { announcer } of step.joined) shareOf(announcer).joined++;
  for (const { announcer } of step.left) shareOf(announcer).left++;
  return [...shares]
    .map(([announcer, share]) => ({ announcer, ...share }))
    .sort((a, b) => b.count + b.left - (a.count + a.left) || (a.announcer < b.announcer ? -1 : 1));
}
