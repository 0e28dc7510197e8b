// Which view belongs to which address. To add one: a folder in views/, a line here, its name in lib/view-names.ts, in texts,
// and in `views` of node/api/web.ts, so that the node answers its addresses with the page.
import type { ComponentType } from 'preact';
import type { ViewName } from '../lib/view-names.ts';
import { Servers } from '../views/servers/servers.tsx';
import { lazily } from './lazily.tsx';

export type Route = {
  /** First part of the address. */
  readonly name: ViewName;
  /** What the navigation shows as the place of it; a view that names itself stands there. */
  readonly under: ViewName;
  /** All but the first view use `lazily(() => import(…))`, so that the first one is small. */
  readonly view: ComponentType;
};

export const routes: readonly Route[] = [
  { name: 'servers', under: 'servers', view: Servers },
  {
    name: 'history',
    under: 'history',
    view: lazily(async () => (await import('../views/history/history.tsx')).History),
  },
  { name: 'commit', under: 'history', view: lazily(async () => (await import('../views/commit/commit.tsx')).Commit) },
  {
    name: 'compare',
    under: 'history',
    view: lazily(async () => (await import('../views/compare/compare.tsx')).Compare),
  },
  {
    name: 'rollbacks',
    under: 'rollbacks',
    view: lazily(async () => (await import('../views/rollbacks/rollbacks.tsx')).Rollbacks),
  },
  { name: 'series', under: 'series', view: lazily(async () => (await import('../views/series/series.tsx')).Series) },
  { name: 'nodes', under: 'nodes', view: lazily(async () => (await import('../views/nodes/nodes.tsx')).Nodes) },
  {
    name: 'status',
    under: 'status',
    view: lazily(async () => (await import('../views/status/status.tsx')).StatusView),
  },
];

export const routeOf = (path: readonly string[]): Route | undefined =>
  path.length === 0 ? routes[0] : routes.find(({ name }) => name === path[0]);
