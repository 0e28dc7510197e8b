// A time as people say it, with the exact one behind it.
import { now } from '../state/clock.ts';
import { formats } from '../state/locale.ts';

export function Ago({ atMs, short = false }: { atMs: number; short?: boolean }) {
  const { ago, age, utc } = formats.value;
  return (
    <time dateTime={new Date(atMs).toISOString()} title={utc(atMs)}>
      {short ? age(atMs, now.value) : ago(atMs, now.value)}
    </time>
  );
}
