// Where a JSON text breaks. JSON.parse reads the value; its own messages name no place for most faults.
import { printable } from '../base/text.ts';

export type JsonFault = { readonly line: number; readonly column: number; readonly message: string };

/** No configuration nests deeper; the scanner's stack holds thousands. */
const depthMax = 64;

/** The first place where `text` stops being JSON, or where an object names a key twice: one of them would be lost. */
export function jsonFault(text: string): JsonFault | undefined {
  const scanner = new Scanner(text);
  try {
    scanner.document();
    return undefined;
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    const before = text.slice(0, scanner.at).split('\n');
    return { line: before.length, column: before.at(-1)!.length + 1, message: error.message };
  }
}

class Broken extends Error {}

class Scanner {
  at = 0;
  readonly #text: string;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): void {
    this.#value();
    if (this.at < this.#text.length) this.#expected('the end of the file');
  }

  #value(): void {
    this.#take(space);
    if (this.#depth > depthMax) throw new Broken(`is nested more than ${depthMax} levels deep`);
    if (this.#take(/\{/y)) this.#entries('}', this.#member(new Set()));
    else if (this.#take(/\[/y)) this.#entries(']', () => this.#value());
    else if (!this.#take(scalar) && !this.#take(string)) this.#expected('a value');
    this.#take(space);
  }

  #entries(end: '}' | ']', entry: () => void): void {
    const closing = end === '}' ? /\}/y : /\]/y;
    this.#take(space);
    if (this.#take(closing)) return;
    this.#depth++;
    do entry();
    while (this.#take(/,/y));
    this.#depth--;
    if (!this.#take(closing)) this.#expected(`"," or "${end}"`);
  }

  #member(keys: Set<string>): () => void {
    return () => {
      this.#take(space);
      const start = this.at;
      const key = this.#take(string) ?? this.#expected('a key in double quotes');
      if (keys.has(JSON.parse(key))) {
        this.at = start;
        throw new Broken(`${key} is there twice`);
      }
      keys.add(JSON.parse(key));
      this.#take(space);
      if (!this.#take(/:/y)) this.#expected('":"');
      this.#value();
    };
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.#text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }

  #expected(what: string): never {
    const next = this.#text.codePointAt(this.at);
    const found = next === undefined ? 'the end' : `"${printable(String.fromCodePoint(next))}"`;
    throw new Broken(`expected ${what}, found ${found}`);
  }
}

// Source: RFC 8259.
const space = /[ \t\r\n]*/y;
const scalar = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null/y;
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
