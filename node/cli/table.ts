// Tables for people: aligned by what a terminal shows, fitted to its width.
import { printable } from '../base/text.ts';
import type { Style } from './cli.ts';
import { clip, widthOf } from './width.ts';

/** Text as it came, and how to show it. Only here and in output.ts it becomes what a terminal gets. */
export type Cell = string | { readonly text: string; readonly style: Style };

export type Column = {
  readonly title: string;
  readonly align?: 'right';
  /** A column with `min` may be cut to this many columns when the terminal is narrow; the others never are. */
  readonly min?: number;
  /** Is cut only when no other column can give any more. */
  readonly cutLast?: boolean;
  /** How a cell is cut, instead of at its end. */
  readonly cut?: (text: string, width: number) => string;
};

export type Paint = (style: Style, text: string) => string;

const gap = '  ';

/** Lines of a table without its line ends; as wide as it likes when `columnsMax` is infinite. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  columnsMax: number,
  paint: Paint,
): string[] {
  const clean = rows.map(row => row.map(cell => ({ text: printable(textOf(cell)), style: styleOf(cell) })));
  const heads = columns.map(({ title }) => ({ text: title, style: 'bold' as const }));
  const widths = fit(
    columns,
    columns.map(({ title }, i) => clean.reduce((most, row) => Math.max(most, widthOf(row[i]!.text)), widthOf(title))),
    columnsMax,
  );
  return [heads, ...clean].map(row => {
    const cells = row.map(({ text, style }, i) => {
      const cut = (row !== heads && columns[i]!.cut ? columns[i]!.cut : clip)(text, widths[i]!);
      const space = ' '.repeat(Math.max(0, widths[i]! - widthOf(cut)));
      const shown = style === undefined ? cut : paint(style, cut);
      if (columns[i]!.align === 'right') return space + shown;
      return i === row.length - 1 ? shown : shown + space;
    });
    return cells.join(gap).trimEnd();
  });
}

export const textOf = (cell: Cell): string => (typeof cell === 'string' ? cell : cell.text);
export const styleOf = (cell: Cell): Style | undefined => (typeof cell === 'string' ? undefined : cell.style);

/** Takes from the widest column that may still give, those that are cut last in the end, until the row fits or none can. */
function fit(columns: readonly Column[], natural: readonly number[], columnsMax: number): number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, width) => sum + width, gap.length * (widths.length - 1)) - columnsMax;
  for (; excess > 0 && Number.isFinite(excess); excess--) {
    const giving = [...columns.keys()].filter(i => widths[i]! > (columns[i]!.min ?? Number.POSITIVE_INFINITY));
    const first = giving.filter(i => !columns[i]!.cutLast);
    const from = first.length > 0 ? first : giving;
    if (from.length === 0) break;
    const widest = from.reduce((most, i) => (widths[i]! > widths[most]! ? i : most));
    widths[widest]!--;
  }
  return widths;
}
