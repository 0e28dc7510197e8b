// Which rows of a long table can be seen: arithmetic, because all rows are of one height.

export type Window = { readonly first: number; readonly end: number };

/** Rows beyond the edges, so that a quick turn of the wheel shows no gap. */
const spare = 8;

export function windowOf(scrollTop: number, height: number, rowHeight: number, count: number): Window {
  const first = Math.min(Math.floor(scrollTop / rowHeight), Math.max(0, count - 1));
  const end = Math.ceil((scrollTop + height) / rowHeight);
  return { first: Math.max(0, first - spare), end: Math.min(count, Math.max(end, first) + spare) };
}

/** How far to scroll so that row `index` is in sight; as little as possible. `top` is covered by the header. */
export function scrollToShow(index: number, scrollTop: number, height: number, rowHeight: number): number {
  const top = index * rowHeight;
  if (top < scrollTop) return top;
  return Math.max(scrollTop, top + rowHeight - height);
}
