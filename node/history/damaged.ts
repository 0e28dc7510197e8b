// What is said of a store that does not hold what this node once wrote into it.
import { RollcallError } from '../base/errors.ts';

/** What to do then: the store also holds what this node's own people said. */
export const moveAway = (store = '<data>/store'): string =>
  `stop the node and move ${store} away: the list comes back from other nodes; announce your servers, add keys and deny rules, and rate again`;

export const damaged = (what: string): RollcallError =>
  new RollcallError('STORE_DAMAGED', `the store is damaged: ${what}`, {
    remedy: moveAway(),
  });
