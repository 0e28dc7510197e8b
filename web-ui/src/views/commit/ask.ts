// An answer of the node for as long as its question stands.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ApiError, get } from '../../api/client.ts';

export type Asked<T> = { readonly value: T | null; readonly error: ApiError | null; readonly again: () => void };

/** Null asks nothing. What an older question still brings is dropped. */
export function useAsk<T>(path: string | null): Asked<T> {
  const answer = useSignal<{ value: T | null; error: ApiError | null }>({ value: null, error: null });
  const asking = useSignal<AbortController | null>(null);
  const ask = async () => {
    asking.peek()?.abort();
    answer.value = { value: null, error: null };
    if (path === null) return;
    const mine = new AbortController();
    asking.value = mine;
    try {
      answer.value = { value: await get<T>(path, mine.signal), error: null };
    } catch (error) {
      if (mine.signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      answer.value = { value: null, error };
    }
  };
  useEffect(() => {
    void ask();
    return () => asking.peek()?.abort();
  }, [path]);
  return { ...answer.value, again: ask };
}
