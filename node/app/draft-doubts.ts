// What a maintainer should look at before he signs: servers that the statement would vouch for, and that look bad from here.
import type { Draft, DraftDoubts, ServerRow } from '../api/port.ts';

/** A screenful is not read by anybody; `list --all` has them all. */
const firstMax = 5;

/** `rows`: all that is listed now. */
export function doubtsOf(rows: readonly ServerRow[], { leaves }: Pick<Draft, 'leaves'>): DraftDoubts {
  const gone = new Set(leaves.map(({ id }) => id));
  const stay = rows.filter(({ id }) => !gone.has(id));
  const doubtful = stay.filter(row => isRed(row) || isSilent(row) || isHidden(row));
  return {
    total: doubtful.length,
    red: doubtful.filter(isRed).length,
    silent: doubtful.filter(isSilent).length,
    hidden: doubtful.filter(isHidden).length,
    first: doubtful
      .slice(0, firstMax)
      .map(({ id, announcer, name, addresses }) => ({ id, announcer, name, addresses })),
  };
}

const isRed = ({ karma }: ServerRow): boolean => karma.tier === 'red';
const isSilent = ({ observed }: ServerRow): boolean => observed?.up === false;
const isHidden = ({ hidden }: ServerRow): boolean => hidden !== null;
