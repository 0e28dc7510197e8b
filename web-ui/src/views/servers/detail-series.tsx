// The last day of one server as charts; what draws them is loaded when a server is looked at.
import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { text } from '../../state/locale.ts';

type Shown = { readonly view: ComponentType<{ id: string }> };

export function OverTime({ id }: { id: string }) {
  const loaded = useSignal<Shown | null>(null);
  useEffect(() => {
    import('../series/embedded.tsx').then(
      ({ ServerSeries }) => {
        loaded.value = { view: ServerSeries };
      },
      () => {
        // The node is away, which the banner says; opening the server again tries again.
      },
    );
  }, []);
  const View = loaded.value?.view;
  return (
    <section>
      <h3>{text.value.servers.detail.overTime}</h3>
      {View && <View id={id} />}
    </section>
  );
}
