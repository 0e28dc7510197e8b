// A series, asked for again while somebody looks at it.
import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ApiError, get } from '../../api/client.ts';
import type { Series } from '../../api/types.ts';
import type { SeriesPlace } from '../../lib/series.ts';
import { onResync } from '../../state/live.ts';

/** The shortest step is five minutes long. */
const refreshMs = 60_000;

export type Loaded = { readonly series: Signal<Series | null>; readonly error: Signal<ApiError | null>; load(): void };

export function useSeries({ of, span }: SeriesPlace): Loaded {
  const series = useSignal<Series | null>(null);
  const error = useSignal<ApiError | null>(null);
  const load = async (wanted?: AbortSignal) => {
    try {
      const answer = await get<Series>(`/series?of=${of}&span=${span}`, wanted);
      if (wanted?.aborted) return;
      series.value = answer;
      error.value = null;
    } catch (fault) {
      if (wanted?.aborted) return;
      error.value = fault instanceof ApiError ? fault : new ApiError(0, 'BROKEN_ANSWER', String(fault));
    }
  };
  useEffect(() => {
    const leaving = new AbortController();
    series.value = null;
    const again = () => void load(leaving.signal);
    again();
    const timer = setInterval(again, refreshMs);
    const stop = onResync(again);
    return () => {
      leaving.abort();
      clearInterval(timer);
      stop();
    };
  }, [of, span]);
  return { series, error, load: () => void load() };
}
