// Parses a list of servers while it arrives, so that no 50 MB stop the page: pieces of some hundred rows each.

/**
 * Where a row begins. Within a JSON string quotes are escaped, and nothing nested in a row begins like one, so this
 * stands between rows only.
 */
const rowBegins = ',{"id":"';
const listBegins = '"servers":[';
/** About 500 rows, 3 ms of parsing. */
const pieceCharacters = 256 * 1024;

export class PageParser<Page extends { readonly servers: readonly object[] }> {
  /** How many rows the list says it has, where it says so first; 0 until then. */
  total = 0;
  /** What came before the first row. */
  #head: string | undefined;
  #rest = '';

  /** Rows that are whole by now, in pieces: whoever takes them may rest between two. */
  *push(text: string): Generator<Page['servers']> {
    this.#rest += text;
    if (this.#head === undefined) {
      const at = this.#rest.indexOf(listBegins);
      if (at < 0) return;
      this.#head = this.#rest.slice(0, at + listBegins.length);
      this.#rest = this.#rest.slice(this.#head.length);
      this.total = Number(/"total":(\d+)/.exec(this.#head)?.[1] ?? 0);
    }
    let from = 0;
    while (this.#rest.length - from > pieceCharacters) {
      const end = this.#rest.lastIndexOf(rowBegins, from + pieceCharacters);
      if (end <= from) break;
      yield JSON.parse(`[${this.#rest.slice(from, end)}]`) as unknown as Page['servers'];
      from = end + 1;
    }
    this.#rest = this.#rest.slice(from);
  }

  /** The page with its last rows. @throws SyntaxError when the text was cut off */
  end(): Page {
    return JSON.parse((this.#head ?? '') + this.#rest) as Page;
  }
}
