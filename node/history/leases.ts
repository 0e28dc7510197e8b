// Who leans on objects that no commit holds yet: a statement that is being gathered, a draft that is being made. Meanwhile
// nothing is deleted, and who comes while something is waits for that.

export class Leases {
  #users = 0;
  #deleting: Promise<unknown> | undefined;
  /** Tells whoever waits to delete that nobody leans on anything now. */
  #unused = Promise.withResolvers<void>();

  async use<T>(task: () => Promise<T>): Promise<T> {
    while (this.#deleting) await this.#deleting;
    this.#users++;
    try {
      return await task();
    } finally {
      if (--this.#users === 0) {
        this.#unused.resolve();
        this.#unused = Promise.withResolvers();
      }
    }
  }

  /** Runs what deletes, alone. */
  async alone<T>(task: () => Promise<T>): Promise<T> {
    while (this.#users > 0 || this.#deleting) await (this.#deleting ?? this.#unused.promise);
    const run = task();
    this.#deleting = run
      .catch(() => {})
      .finally(() => {
        this.#deleting = undefined;
      });
    return run;
  }
}
