// The time, as often as relative times need it.
import { signal } from '@preact/signals';

const tickMs = 10_000;

export const now = signal(Date.now());
setInterval(() => {
  now.value = Date.now();
}, tickMs);
