// Numbers of karma, and what is odd about a node, in words.
import type { Suspicion } from '../../lib/nodes.ts';
import { formats } from '../../state/locale.ts';
import { language } from '../../state/settings.ts';
import { text } from './text.ts';

/** As docs/karma.md writes them: two digits, and a real minus. */
export const hundredths = (value: number): string =>
  // What rounds to nothing has no sign.
  new Intl.NumberFormat(language.value, { minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: 'negative' })
    .format(value)
    .replace('-', '−');

/** `+1`, `−10`, `0`. */
export const pointsOf = (points: number): string =>
  new Intl.NumberFormat(language.value, { signDisplay: 'exceptZero' }).format(points).replace('-', '−');

export function suspicionWords({ why, count }: Suspicion): string {
  const told = why === 'karma' ? hundredths(count) : formats.value.number(Math.round(count));
  return text.value.suspicions[why](told);
}
