// Work that is asked for more often than it should be done.

/** Runs `work` when asked, never twice at once, and rests after each run; the last wish is always met. */
export function gently(work: () => Promise<void>, restMs: (tookMs: number) => number): () => void {
  let wanted = false;
  let busy = false;
  const run = async () => {
    busy = true;
    while (wanted) {
      wanted = false;
      const begin = performance.now();
      await work();
      const rest = restMs(performance.now() - begin);
      await new Promise(resolve => setTimeout(resolve, rest));
    }
    busy = false;
  };
  return () => {
    wanted = true;
    if (!busy) void run();
  };
}
