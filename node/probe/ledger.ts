// Who was asked when, and what came of it: one probe an endpoint and interval, whoever announces it under whatever name,
// and one question a second to a host. Pure.
import { second } from '../base/time.ts';
import type { Answer, Sighting } from './observation.ts';

/** Servers limit questions by source: at ten a second a live one looks dead, at one a second it does not (measured). */
export const hostGapMs = second;
/** One datagram is easily lost: only so many silences in a row are "down". */
export const triesMax = 2;
/** The next probe comes up to this share of the interval later, so that probes spread out. */
const jitterShare = 0.1;

export type Step =
  | { readonly do: 'ask'; readonly protocol: string }
  | { readonly do: 'wait'; readonly untilMs: number };

type Entry = {
  protocol: string;
  /** Being asked right now. */
  busy: boolean;
  /** When the first try of the latest probe began. */
  startedAtMs: number;
  restUntilMs: number;
  misses: number;
  seen?: Sighting;
};

export class Ledger {
  readonly #intervalMs: number;
  readonly #random: () => number;
  readonly #entries = new Map<string, Entry>();
  readonly #hostFreeAtMs = new Map<string, number>();

  constructor(intervalMs: number, random: () => number) {
    this.#intervalMs = intervalMs;
    this.#random = random;
  }

  /** Whether `endpoint` (`ip:port`) on `host` may be asked now, in which of the protocols that its announcements name. */
  next(endpoint: string, host: string, protocols: ReadonlySet<string>, nowMs: number): Step {
    const entry = this.#entries.get(endpoint);
    if (entry?.busy) return { do: 'wait', untilMs: nowMs + hostGapMs };
    if (entry && nowMs < entry.restUntilMs) return { do: 'wait', untilMs: entry.restUntilMs };
    const freeAtMs = this.#hostFreeAtMs.get(host) ?? 0;
    if (nowMs < freeAtMs) return { do: 'wait', untilMs: freeAtMs };
    const protocol = this.#choose(entry, protocols, nowMs);
    if (protocol === undefined) return { do: 'wait', untilMs: nowMs + this.#intervalMs };
    const again = entry && entry.protocol === protocol ? entry : undefined;
    const retrying = again !== undefined && again.misses > 0 && again.misses < triesMax;
    this.#entries.set(endpoint, {
      protocol,
      busy: true,
      startedAtMs: retrying ? again.startedAtMs : nowMs,
      restUntilMs: 0,
      misses: again?.misses ?? 0,
      ...(entry?.seen && { seen: entry.seen }),
    });
    this.#hostFreeAtMs.set(host, nowMs + hostGapMs);
    return { do: 'ask', protocol };
  }

  /** Notes what came of the question. Gives the time from which the endpoint may be asked again. */
  settle(endpoint: string, answer: Answer | undefined, nowMs: number): number {
    const entry = this.#entries.get(endpoint)!;
    entry.busy = false;
    entry.misses = answer ? 0 : entry.misses + 1;
    // After a first silence the gap between questions to one host is all there is to wait for.
    if (entry.misses > 0 && entry.misses < triesMax) return nowMs;
    const silentSince = answer ? null : (entry.seen?.silentSince ?? nowMs);
    entry.seen = { protocol: entry.protocol, answer, at: nowMs, silentSince };
    entry.restUntilMs = entry.startedAtMs + this.#intervalMs * (1 + jitterShare * this.#random());
    return entry.restUntilMs;
  }

  seen(endpoint: string): Sighting | undefined {
    return this.#entries.get(endpoint)?.seen;
  }

  /** Forgets endpoints that nobody has asked for `keepMs`, and hosts that are free. */
  sweep(nowMs: number, keepMs: number): void {
    for (const [endpoint, entry] of this.#entries) {
      if (!entry.busy && nowMs - entry.startedAtMs > Math.max(keepMs, 2 * this.#intervalMs))
        this.#entries.delete(endpoint);
    }
    for (const [host, freeAtMs] of this.#hostFreeAtMs) if (freeAtMs <= nowMs) this.#hostFreeAtMs.delete(host);
  }

  /**
   * What answered is asked again, so that nobody makes a live server look dead by announcing its address as another game.
   * Where nothing answers, the protocols take turns.
   */
  #choose(entry: Entry | undefined, protocols: ReadonlySet<string>, nowMs: number): string | undefined {
    const sorted = [...protocols].sort();
    if (!entry) return sorted[0];
    const answered = entry.seen?.answer !== undefined && nowMs - entry.seen.at < 2 * this.#intervalMs;
    if (answered && !protocols.has(entry.seen!.protocol)) return undefined;
    if (answered) return entry.seen!.protocol;
    if (entry.misses > 0 && entry.misses < triesMax && protocols.has(entry.protocol)) return entry.protocol;
    return sorted.find(protocol => protocol > entry.protocol) ?? sorted[0];
  }
}
