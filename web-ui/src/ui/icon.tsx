// Small drawings, all on a grid of 16, in the colour of the text beside them.

const paths = {
  check: 'M3 8.5l3.2 3.2L13 5',
  cross: 'M4 4l8 8M12 4l-8 8',
  ring: 'M8 3.2a4.8 4.8 0 1 0 0 9.6 4.8 4.8 0 0 0 0-9.6z',
  shield: 'M8 1.8l5 1.9v4c0 3.2-2.1 5.4-5 6.5-2.9-1.1-5-3.3-5-6.5v-4zM5.6 8l1.8 1.8 3.1-3.4',
  barred: 'M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2zM4 12L12 4',
  up: 'M8 4l4.5 8h-9z',
  diamond: 'M8 3.2L12.8 8 8 12.8 3.2 8z',
  down: 'M8 12L3.5 4h9z',
  star: 'M8 2l1.8 3.8 4.2.5-3.1 2.9.8 4.1L8 11.3l-3.7 2 .8-4.1L2 6.3l4.2-.5z',
  lock: 'M4 7.5h8v6H4zM5.5 7.5V5.3a2.5 2.5 0 0 1 5 0v2.2',
  copy: 'M5.5 5.5h7v8h-7zM10.5 5.5v-3h-7v8h2',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.3 10.3L14 14',
  sliders:
    'M2.5 5h5M11 5h2.5M2.5 11H5M8.5 11h5M9.2 3.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6zM6.8 9.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6z',
  gear: 'M8 5.7a2.3 2.3 0 1 0 0 4.6 2.3 2.3 0 0 0 0-4.6zM8 1.8v2M8 12.2v2M1.8 8h2M12.2 8h2M3.6 3.6L5 5M11 11l1.4 1.4M12.4 3.6L11 5M5 11l-1.4 1.4',
  download: 'M8 2.5v7.5M4.8 7L8 10.2 11.2 7M3 13.5h10',
  link: 'M6.7 9.3l2.6-2.6M7.5 4.7l1.4-1.4a2.7 2.7 0 0 1 3.8 3.8l-1.4 1.4M8.5 11.3l-1.4 1.4a2.7 2.7 0 0 1-3.8-3.8l1.4-1.4',
  warning: 'M8 2.2l6.2 11.3H1.8zM8 6.4v3.4M8 11.6v.4',
  fold: 'M4.5 6.5L8 10l3.5-3.5',
  back: 'M9.5 3.5L5 8l4.5 4.5',
  compare: 'M4.5 2.5v11M2 11l2.5 2.5L7 11M11.5 13.5v-11M9 5l2.5-2.5L14 5',
  play: 'M5 3.2l7.5 4.8L5 12.8z',
  pause: 'M5 3.5v9M11 3.5v9',
  stepOn: 'M4 3.5l6 4.5-6 4.5zM12.5 3.5v9',
  stepBack: 'M12 3.5L6 8l6 4.5zM3.5 3.5v9',
  undo: 'M5.5 3L2.5 6l3 3M2.5 6h7a4 4 0 0 1 0 8H6',
} as const;

export type IconName = keyof typeof paths;

/** Decoration only: the words stand beside it, or in the label of what holds it. */
export function Icon({ name, filled = false }: { name: IconName; filled?: boolean }) {
  return (
    <svg class={filled ? 'icon filled' : 'icon'} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
