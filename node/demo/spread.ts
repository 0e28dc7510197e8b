// How long announcements take: from the moment a node is asked to announce until each player has heard of it. Pure.

/** Announcements that are on their way at once stay far below this; the oldest are forgotten. */
const keptMax = 100;

export class Spread {
  readonly #sentAtMs = new Map<string, number>();
  readonly #tookMs = new Map<string, Map<string, number>>();

  /** The server with this id is about to be announced, withdrawn or renamed. */
  sent(id: string, nowMs: number): void {
    this.#sentAtMs.delete(id);
    this.#sentAtMs.set(id, nowMs);
    this.#tookMs.set(id, new Map());
    for (const oldest of this.#sentAtMs.keys()) {
      if (this.#sentAtMs.size <= keptMax) break;
      this.#sentAtMs.delete(oldest);
      this.#tookMs.delete(oldest);
    }
  }

  /** Only the first time counts that a player hears of it. */
  heard(id: string, player: string, nowMs: number): void {
    const took = this.#tookMs.get(id);
    if (took && !took.has(player)) took.set(player, nowMs - this.#sentAtMs.get(id)!);
  }

  /** Undefined until that player has heard. */
  tookMs(id: string, player: string): number | undefined {
    return this.#tookMs.get(id)?.get(player);
  }

  /** Of all that was sent, how long it took to the last of the players that heard; undefined when nobody has. */
  summary(): { medianMs: number; maxMs: number } | undefined {
    const slowest = [...this.#tookMs.values()].filter(took => took.size > 0).map(took => Math.max(...took.values()));
    if (slowest.length === 0) return undefined;
    slowest.sort((a, b) => a - b);
    return { medianMs: slowest[Math.floor((slowest.length - 1) / 2)]!, maxMs: slowest.at(-1)! };
  }
}
