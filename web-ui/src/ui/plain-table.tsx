// A table of words, which scrolls by itself where there is no room for it.
import type { ComponentChildren } from 'preact';

export type PlainTableProps = {
  readonly label: string;
  readonly columns: readonly string[];
  /** Bodies of the table. */
  readonly children: ComponentChildren;
};

export const PlainTable = ({ label, columns, children }: PlainTableProps) => (
  <div class="plain-scroll" tabIndex={0} role="group" aria-label={label}>
    <table class="plain">
      <thead>
        <tr>
          {columns.map(column => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      {children}
    </table>
  </div>
);
