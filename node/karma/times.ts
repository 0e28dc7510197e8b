// When a signed batch is of use at all: the same for opinions and observations.
import { minute } from '../base/time.ts';
import { accept, ignore, reject, type Verdict } from '../base/verdict.ts';

/** How far an author's clock may be off: the same as for announcements. */
export const authorSkewMaxMs = 10 * minute;

export type TimeCode = 'FAR_FUTURE' | 'FROM_THE_FUTURE' | 'LONG_EXPIRED' | 'EXPIRED';

/** Honest nodes pass nothing on that is not of use, so what is far off was sent on purpose. */
export function judgeTimes(issuedAt: number, expiresAt: number, now: number): Verdict<TimeCode> {
  if (issuedAt > now + 2 * authorSkewMaxMs) return reject('FAR_FUTURE');
  if (issuedAt > now + authorSkewMaxMs) return ignore('FROM_THE_FUTURE');
  if (expiresAt < now - authorSkewMaxMs) return reject('LONG_EXPIRED');
  if (expiresAt <= now) return ignore('EXPIRED');
  return accept;
}
