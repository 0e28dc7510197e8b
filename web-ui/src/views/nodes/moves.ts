// What a person does to the view: each ends in the address.
import { formatNodesView, initialNodesView, type NodesView } from '../../lib/nodes-view.ts';
import { address, go, place } from '../../state/place.ts';
import { view } from './data.ts';

/** A choice can be gone back from; typing is one step, however many keys it took. */
export function change(changes: Partial<NodesView>, { typing = false } = {}): void {
  const path = ['nodes', ...place.peek().path.slice(1)];
  go(address(path, formatNodesView({ ...view.peek(), ...changes })), { replace: typing });
}

/** Filters go; the order stays, and so does the drawing. */
export function resetView(): void {
  const { sort, graph } = view.peek();
  change({ ...initialNodesView, sort, graph });
}

/** Reads the view as it is: a link that stands in a row has to follow what is typed. */
export const addressOf = (peer: string): string => address(['nodes', peer], formatNodesView(view.value));

export const closeNode = (): void => go(address(['nodes'], formatNodesView(view.peek())));
