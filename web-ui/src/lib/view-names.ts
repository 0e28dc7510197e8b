// Names of the views that there are: for links between views, without loading them.
export const viewNames = ['servers', 'history', 'commit', 'compare', 'rollbacks', 'series', 'nodes', 'status'] as const;

export const hasView = (name: string): boolean => (viewNames as readonly string[]).includes(name);

export type ViewName = (typeof viewNames)[number];
