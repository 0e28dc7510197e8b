// The list, or one server, over time.

export type SeriesSpan = 'day' | 'week' | 'month';

/** `of`: `list`, or the id of a server. */
export type SeriesQuery = { of?: string; span?: SeriesSpan };

/** Each array has one entry a step, the oldest first; the last step is the one that is running. */
export type Series = {
  of: string;
  span: SeriesSpan;
  stepMs: number;
  /** When the first step begins, Unix milliseconds. */
  from: number;
  /** Listed, on average of the step; of one server 1 when it answered, 0 when it did not. Null: nobody looked. */
  servers: (number | null)[];
  /** Seen playing, on average of the step. */
  players: (number | null)[];
  /** From the history. */
  joined: number[];
  left: number[];
  changed: number[];
};
