// What anybody has to know before he believes what he sees: no answer, no peers, something newer elsewhere.
import { now } from '../state/clock.ts';
import { link, lostAtMs } from '../state/live.ts';
import { formats, text } from '../state/locale.ts';
import { status } from '../state/status.ts';
import { Icon } from '../ui/icon.tsx';

export function Banner() {
  const warning = warningNow();
  return (
    <div role="status" class="banner-place">
      {warning && (
        <p class={`banner ${warning.kind}`}>
          <Icon name="warning" /> <span>{warning.words}</span>
        </p>
      )}
    </div>
  );
}

function warningNow(): { kind: 'offline' | 'cut-off' | 'stale'; words: string } | undefined {
  const { shell } = text.value;
  if (link.value === 'lost') {
    const sinceMs = lostAtMs.value ?? now.value;
    // The clock ticks seldom: what has just happened is not in the future.
    const ago = formats.value.ago(sinceMs, Math.max(now.value, sinceMs));
    return { kind: 'offline', words: shell.offline(ago) };
  }
  if (status.value === null) return undefined;
  const { freshness, peers } = status.value;
  if (freshness.warning !== null) return { kind: 'stale', words: shell.stale(freshness.warning) };
  if (peers === 0) return { kind: 'cut-off', words: shell.cutOff };
  return undefined;
}
