// Long work in slices, so that keys, scrolling and frames come in between.

/** Half of what a frame of 60 a second has. */
const sliceMs = 8;
/** Looking at the clock costs more than a row. */
const rowsBetweenLooks = 500;

/** Lets the page do what is due. */
export const rest = (): Promise<void> =>
  'scheduler' in globalThis && 'yield' in scheduler
    ? scheduler.yield()
    : new Promise(resolve => setTimeout(resolve, 0));

/** Does work that says where it may rest. Undefined when it was stopped. */
export async function finish<T>(work: Generator<undefined, T>, stopped: () => boolean): Promise<T | undefined> {
  let begin = performance.now();
  let step = work.next();
  for (let count = 1; !step.done; count++, step = work.next()) {
    if (count % rowsBetweenLooks !== 0 || performance.now() - begin < sliceMs) continue;
    await rest();
    if (stopped()) return undefined;
    begin = performance.now();
  }
  return step.value;
}

/** Does `work` for each index below `count`, and rests between slices. False when it was stopped. */
export async function inSlices(
  count: number,
  work: (index: number) => void,
  { stopped, onRest }: { readonly stopped: () => boolean; readonly onRest?: () => void },
): Promise<boolean> {
  let begin = performance.now();
  for (let index = 0; index < count; index++) {
    work(index);
    if (index % rowsBetweenLooks !== 0 || performance.now() - begin < sliceMs) continue;
    onRest?.();
    await rest();
    if (stopped()) return false;
    begin = performance.now();
  }
  return true;
}
