// What a commit changed, a part at a time: a first checkpoint's is the whole list.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ApiError, get } from '../../api/client.ts';
import type { CommitDetail, ServersDiff } from '../../api/types.ts';

/** Servers in a part: about 1 MB. */
export const partServers = 2_000;

/** What was told so far: `told` of `differing` servers, some of which were only renewed. */
export type Parts = {
  readonly diff: ServersDiff;
  readonly told: number;
  readonly differing: number;
  readonly next: string | null;
};

type Asked = {
  readonly value: Parts | null;
  readonly error: ApiError | null;
  readonly asking: boolean;
  /** Asks for the next part, or once more for the one that failed. */
  readonly more: () => void;
};

const nothing: Parts = { diff: { added: [], removed: [], changed: [] }, told: 0, differing: 0, next: null };

export function useParts(oid: string): Asked {
  const value = useSignal<Parts | null>(null);
  const error = useSignal<ApiError | null>(null);
  const asking = useSignal<AbortController | null>(null);
  const more = async () => {
    asking.peek()?.abort();
    const mine = new AbortController();
    asking.value = mine;
    error.value = null;
    const before = value.peek() ?? nothing;
    const behind = before.next === null ? '' : `&after=${before.next}`;
    try {
      const { diff, part } = await get<CommitDetail>(`/commits/${oid}?limit=${partServers}${behind}`, mine.signal);
      value.value = joined(before, diff, part!);
    } catch (fault) {
      if (mine.signal.aborted) return;
      if (!(fault instanceof ApiError)) throw fault;
      error.value = fault;
    }
    asking.value = null;
  };
  useEffect(() => {
    value.value = null;
    void more();
    return () => asking.peek()?.abort();
  }, [oid]);
  return { value: value.value, error: error.value, asking: asking.value !== null, more: () => void more() };
}

function joined({ diff: before, told }: Parts, diff: ServersDiff, part: NonNullable<CommitDetail['part']>): Parts {
  const { differing, next } = part;
  return {
    diff: {
      added: [...before.added, ...diff.added],
      removed: [...before.removed, ...diff.removed],
      changed: [...before.changed, ...diff.changed],
    },
    told: next === null ? differing : told + partServers,
    differing,
    next,
  };
}
