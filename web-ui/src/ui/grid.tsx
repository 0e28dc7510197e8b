// A table of any length: only the rows in sight are in the page. One stop for the keyboard, arrows within.
import { useSignal } from '@preact/signals';
import type { ComponentChildren, TargetedKeyboardEvent } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { scrollToShow, windowOf } from '../lib/window.ts';

export type GridProps<T> = {
  readonly label: string;
  readonly rows: readonly T[];
  readonly idOf: (row: T) => string;
  /** Cells with `role="gridcell"`, of one height whatever is in them. */
  readonly cells: (row: T) => ComponentChildren;
  readonly rowClass?: (row: T) => string;
  /** Cells with `role="columnheader"`. */
  readonly header: ComponentChildren;
  readonly rowHeight: number;
  readonly selected: string | undefined;
  /** Rows of another question: shown from the first on. */
  readonly question: string;
  readonly onOpen: (row: T) => void;
  /** A key that the grid has no use for. */
  readonly onKey?: (key: string, row: T) => void;
  /** Whether somebody is at the rows: pointing at them, in them with the keyboard, or somewhere below the first. */
  readonly onHeld?: (held: boolean) => void;
  /** A row to bring into sight, as soon as it is there. */
  readonly reveal?: string | undefined;
};

/** How far each grid was scrolled, for who comes back to it. */
const left = new Map<string, { question: string; top: number }>();

export function Grid<T>(props: GridProps<T>) {
  const { label, rows, idOf, cells, rowClass, header, rowHeight, selected, question, onOpen, onKey, onHeld, reveal } =
    props;
  const scroller = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const height = useSignal(800);
  const active = useSignal<string | undefined>(selected);
  const at = useRef({ pointer: false, focus: false });

  useLayoutEffect(() => {
    const element = scroller.current!;
    const observer = new ResizeObserver(() => {
      height.value = element.clientHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => () => onHeld?.(false), []);
  useLayoutEffect(() => {
    const last = left.get(label);
    scroller.current!.scrollTop = last?.question === question ? last.top : 0;
  }, [question]);

  const tellHeld = () => onHeld?.(at.current.pointer || at.current.focus || top.peek() > 0);
  const show = (index: number) => {
    const row = rows[index];
    const element = scroller.current;
    if (row === undefined || !element) return;
    active.value = idOf(row);
    const visible = height.peek() - headHeight(element);
    element.scrollTop = scrollToShow(index, element.scrollTop, visible, rowHeight);
  };
  const revealed = useMemo(
    () => (reveal === undefined ? -1 : rows.findIndex(row => idOf(row) === reveal)),
    [rows, reveal],
  );
  useLayoutEffect(() => show(revealed), [reveal, revealed >= 0]);
  const keys = (event: TargetedKeyboardEvent<HTMLDivElement>) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const index = rows.findIndex(row => idOf(row) === active.peek());
    const next = move(event.key, index, rows.length, Math.max(1, Math.floor(height.peek() / rowHeight) - 2));
    if (next !== undefined) {
      event.preventDefault();
      show(next);
    } else if (rows[index] !== undefined) {
      if (event.key === 'Enter') onOpen(rows[index]);
      else onKey?.(event.key, rows[index]);
    }
  };

  const { first, end } = windowOf(top.value, height.value, rowHeight, rows.length);
  const inSight = rows.slice(first, end);
  const activeShown = inSight.some(row => idOf(row) === active.value);
  return (
    <div
      ref={scroller}
      class="grid"
      role="grid"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-activedescendant={activeShown ? `row-${active.value}` : undefined}
      tabIndex={0}
      onScroll={event => {
        top.value = event.currentTarget.scrollTop;
        left.set(label, { question, top: top.peek() });
        tellHeld();
      }}
      onKeyDown={keys}
      onFocusIn={() => {
        at.current.focus = true;
        tellHeld();
      }}
      onFocusOut={() => {
        at.current.focus = false;
        tellHeld();
      }}
      onPointerEnter={() => {
        at.current.pointer = true;
        tellHeld();
      }}
      onPointerLeave={() => {
        at.current.pointer = false;
        tellHeld();
      }}
    >
      <div role="rowgroup" class="grid-head">
        <div role="row" aria-rowindex={1} class="grid-row">
          {header}
        </div>
      </div>
      <div role="rowgroup" class="grid-body" style={{ height: `${rows.length * rowHeight}px` }}>
        {inSight.map((row, i) => {
          const id = idOf(row);
          return (
            <div
              key={first + i}
              id={`row-${id}`}
              role="row"
              aria-rowindex={first + i + 2}
              aria-selected={id === selected}
              class={`grid-row ${id === active.value ? 'active' : ''} ${rowClass?.(row) ?? ''}`}
              style={{ transform: `translateY(${(first + i) * rowHeight}px)`, height: `${rowHeight}px` }}
              onClick={event => {
                if ((event.target as Element).closest('a, button')) return;
                active.value = id;
                onOpen(row);
              }}
            >
              {cells(row)}
            </div>
          );
        })}
      </div>
    </div>
  );
}

const headHeight = (element: HTMLElement): number =>
  element.querySelector<HTMLElement>('.grid-head')?.offsetHeight ?? 0;

function move(key: string, index: number, count: number, page: number): number | undefined {
  const to = {
    ArrowDown: index + 1,
    ArrowUp: index - 1,
    j: index + 1,
    k: index - 1,
    PageDown: index + page,
    PageUp: index - page,
    Home: 0,
    End: count - 1,
  }[key];
  return to === undefined || count === 0 ? undefined : Math.min(count - 1, Math.max(0, to));
}
