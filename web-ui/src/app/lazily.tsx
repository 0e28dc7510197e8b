// A view that is loaded when somebody goes there.
import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { ApiError } from '../api/client.ts';
import { Failed, Loading } from '../ui/state.tsx';

export function lazily(load: () => Promise<ComponentType>): ComponentType {
  // Components are functions: a signal of one would not mind, yet an object says what is meant.
  const loaded = signal<{ view: ComponentType } | { error: ApiError } | null>(null);
  const start = async () => {
    loaded.value = null;
    try {
      loaded.value = { view: await load() };
    } catch {
      loaded.value = { error: new ApiError(0, 'NO_ANSWER', 'the node does not answer') };
    }
  };
  return function Lazy() {
    useEffect(() => {
      if (loaded.peek() === null) void start();
    }, []);
    if (loaded.value === null) return <Loading />;
    if ('error' in loaded.value) return <Failed error={loaded.value.error} onAgain={start} />;
    const { view: View } = loaded.value;
    return <View />;
  };
}
