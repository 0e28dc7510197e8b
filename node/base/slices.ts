// Long work in slices, so that the event loop turns in between: a node that stands still looks dead to its peers.

/** Work that hands back after each slice; whoever writes one sees to it that a slice takes a few milliseconds. */
export type Sliced<T> = Generator<void, T, void>;

export type Pause = () => Promise<void>;

export function atOnce<T>(work: Sliced<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

export async function inSlices<T>(work: Sliced<T>, pause: Pause): Promise<T> {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    await pause();
  }
}

/** Whoever pauses goes on when all who paused before him have: however many works there are, one slice fits in a turn of the event loop. */
export function inTurns(pause: Pause): Pause {
  let last = Promise.resolve();
  return () => {
    last = last.then(pause);
    return last;
  };
}
