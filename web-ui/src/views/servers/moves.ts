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

/** Reads the view as it is: a link that stands in a row has to follow what is typed. */
export const addressOf = (id: string): string => address(['servers', id], formatView(view.value));

export const closeDetail = (): void => go(address(['servers'], formatView(view.peek())));
