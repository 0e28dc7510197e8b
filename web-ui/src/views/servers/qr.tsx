// A QR code as one drawn path; what makes it is loaded when somebody wants one.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { text } from '../../state/locale.ts';
import { Loading } from '../../ui/state.tsx';

export function Qr({ value }: { value: string }) {
  const drawn = useSignal<{ path: string; size: number } | null>(null);
  useEffect(() => {
    void import('uqr').then(({ encode }) => {
      const { data, size } = encode(value, { ecc: 'M', border: 2 });
      const path = data.flatMap((line, y) => line.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])));
      drawn.value = { path: path.join(''), size };
    });
  }, [value]);
  if (!drawn.value) return <Loading />;
  const { path, size } = drawn.value;
  return (
    <figure class="qr">
      <svg viewBox={`0 0 ${size} ${size}`} role="img" aria-label={text.value.servers.detail.qrOf(value)}>
        <rect width={size} height={size} class="qr-light" />
        <path d={path} class="qr-dark" />
      </svg>
      <figcaption>
        <code>{value}</code>
      </figcaption>
    </figure>
  );
}
