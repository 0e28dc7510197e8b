// Work that is done one after the other, in the order in which it was asked for.

/** Gives what the work gives, when its turn has come and it is done. That one fails does not stop the next. */
export type Serial = <T>(work: () => Promise<T>) => Promise<T>;

export function serial(): Serial {
  let last: Promise<unknown> = Promise.resolve();
  return work => {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  };
}
