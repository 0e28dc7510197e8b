// One copy of each text that many records hold: what JSON.parse gives is a new one each time.

export class Shared {
  readonly #max: number;
  readonly #texts = new Map<string, string>();

  /** Of so many texts; past that the one that was new longest ago is forgotten, and the next like it stands for itself. */
  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#texts.size;
  }

  of(text: string): string {
    const held = this.#texts.get(text);
    if (held !== undefined) return held;
    if (this.#texts.size >= this.#max) this.#texts.delete(this.#texts.keys().next().value!);
    this.#texts.set(text, text);
    return text;
  }
}
