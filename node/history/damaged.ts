// What is said of a store that does not hold what this node once wrote into it.
import { RollcallError } from '../base/errors.ts';

export const damaged = (what: string): RollcallError =>
  new RollcallError('STORE_DAMAGED', `the store is damaged: ${what}`, {
    remedy: 'stop the node and move <data>/store away; the list comes back from the other nodes',
  });
