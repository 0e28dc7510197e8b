// The only way to stdout and stderr: one JSON document for programs, or sanitised lines and tables for people.
import { printable } from '../base/text.ts';
import type { Cli } from './cli.ts';
import { type Cell, type Column, styleOf, tableLines, textOf } from './table.ts';
import { widthOf } from './width.ts';

export type OutputDeps = Pick<Cli, 'stdout' | 'stderr' | 'style'> & { readonly json: boolean };

export class Output {
  readonly #deps: OutputDeps;

  constructor(deps: OutputDeps) {
    this.#deps = deps;
  }

  /** The command's result: `value` for programs, or what `people` prints. */
  result(value: unknown, people: () => void): void {
    if (this.#deps.json) this.document(value);
    else people();
  }

  /** JSON, on one line unless indented. What a terminal could take for a command is escaped; the value stays the same. */
  document(value: unknown, indent = 0): void {
    const escaped = JSON.stringify(value, null, indent).replace(invisible, text =>
      Array.from({ length: text.length }, (_, i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`).join(''),
    );
    this.#deps.stdout.write(`${escaped}\n`);
  }

  line(...cells: readonly Cell[]): void {
    this.#print([cells.map(cell => this.#paint(cell)).join('')]);
  }

  table(columns: readonly Column[], rows: readonly (readonly Cell[])[]): void {
    const { stdout, style } = this.#deps;
    // A terminal that nobody has told its size has 0 columns: one in a container, say.
    const columnsMax = (stdout.isTTY && stdout.columns) || Number.POSITIVE_INFINITY;
    this.#print(tableLines(columns, rows, columnsMax, style));
  }

  /** Labels and values, a line each; what is empty is left out. */
  fields(rows: readonly (readonly [label: string, value: Cell])[]): void {
    const kept = rows.filter(([, value]) => textOf(value) !== '');
    const widest = kept.reduce((most, [label]) => Math.max(most, widthOf(label)), 0);
    for (const [label, value] of kept) this.line({ text: label.padEnd(widest), style: 'dim' }, '  ', value);
  }

  /** For people, also in JSON mode: warnings and what to do next. */
  note(text: string): void {
    this.#deps.stderr.write(`${printable(text)}\n`);
  }

  #print(lines: readonly string[]): void {
    const sink = this.#deps.json ? this.#deps.stderr : this.#deps.stdout;
    sink.write(`${lines.join('\n')}\n`);
  }

  #paint(cell: Cell): string {
    const style = styleOf(cell);
    const text = printable(textOf(cell));
    return style === undefined ? text : this.#deps.style(style, text);
  }
}

/** `JSON.stringify` escapes C0 only: C1 controls, bidi and zero-width characters would reach the terminal. A line end can only be an indent's. */
const invisible = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
