// Numbers over steps as a drawn line, for a picture that is stretched to its place. As many points as it has columns. Pure.

export type StepPath = { readonly line: string; readonly area: string };

/** More columns than a screen has show nothing more. */
const columnsMax = 1_200;

/** `values` from left to right over `width`, from 0 at `height` to `most` at 0. A column of many shows the least and the most. */
export function stepPath(values: readonly number[], width: number, height: number, most: number): StepPath {
  if (values.length === 0) return { line: '', area: '' };
  const x = (index: number): string => ((index / Math.max(1, values.length - 1)) * width).toFixed(1);
  const y = (value: number): string => (height - (value / Math.max(1, most)) * height).toFixed(1);
  let line = `M0.0 ${y(values[0]!)}`;
  for (const { from, to } of columnsOf(values.length)) {
    const column = values.slice(from, to);
    const [least, greatest] = [Math.min(...column), Math.max(...column)];
    line += `H${x(from)}`;
    if (least !== greatest) line += `V${y(least)}V${y(greatest)}`;
    line += `V${y(column.at(-1)!)}`;
  }
  line += `H${width.toFixed(1)}`;
  return { line, area: `${line}V${height.toFixed(1)}H0Z` };
}

function* columnsOf(count: number): Generator<{ from: number; to: number }> {
  const columns = Math.min(columnsMax, count);
  for (let column = 0; column < columns; column++) {
    yield { from: Math.floor((column * count) / columns), to: Math.floor(((column + 1) * count) / columns) };
  }
}
