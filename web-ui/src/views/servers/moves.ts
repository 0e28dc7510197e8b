// What a person does to the view: each ends in the address.
import { formatView, initialView, type ViewState } from '../../lib/view-state.ts';
import { address, go, place } from '../../state/place.ts';
import { view } from '../../state/servers.ts';

/** A choice can be gone back from; typing is one step, however many keys it took. */
export function change(changes: Partial<ViewState>, { typing = false } = {}): void {
  go(address(['servers', ...place.peek().path.slice(1)], formatView({ ...view.peek(), ...changes })), {
    replace: typing,
  });
}

/** Filters go, the order stays. */
export const resetView = (): void => change({ ...initialView, sort: view.peek().sort });

export const addressOf = (id: string): string => address(['servers', id], formatView(view.peek()));

export const closeDetail = (): void => go(address(['servers'], formatView(view.peek())));
