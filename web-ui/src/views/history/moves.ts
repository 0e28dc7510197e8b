// What a person does to the history: each ends in the address.
import { formatHistory, type HistoryView, initialHistory } from '../../lib/history-view.ts';
import { address, go } from '../../state/place.ts';
import { view } from './commits.ts';

export const historyAddress = (changes: Partial<HistoryView>): string =>
  address(['history'], formatHistory({ ...initialHistory, ...changes }));

export const change = (changes: Partial<HistoryView>, { replace = false } = {}): void =>
  go(historyAddress({ ...view.peek(), ...changes }), { replace });

export const commitAddress = (oid: string): string => address(['commit', oid]);
export const compareAddress = (a: string, b: string): string => address(['compare', `${a}...${b}`]);

/** The first of two commits is kept in the address, the second one shows the difference; the older one goes to the left. */
export function pick(oid: string, isOlder: (a: string, b: string) => boolean): void {
  const { base } = view.peek();
  if (base === '') change({ base: oid }, { replace: true });
  else if (base === oid) change({ base: '' }, { replace: true });
  else go(isOlder(oid, base) ? compareAddress(oid, base) : compareAddress(base, oid));
}
