// Who was asked when, and what came of it: one probe an endpoint and interval, whoever announces it under whatever name;
// one question a second to a host that answers, and one an interval, then ever fewer, to a host that does not. Times are those of
// a clock that nobody sets (`Monotonic`), or a host would be left alone, or asked too often, when somebody does. Pure.
import { minute, second } from '../base/time.ts';
import type { Answer, Sighting } from './observation.ts';

/** Servers limit questions by source: at ten a second a live one looks dead, at one a second it does not (measured). */
export const hostGapMs = second;
/** One datagram is easily lost: only so many silences in a row are "down". */
export const triesMax = 2;
/** The next probe comes up to this share of the interval later, so that probes spread out. */
const jitterShare = 0.1;
/** What answered and fell silent is asked as before for a while: most come back within minutes. */
export const graceMs = 30 * minute;
/** What never answers may be somebody who has nothing to do with games: it is asked ever less, down to once in so many intervals. */
export const backOffMax = 16;
/** A silent host is remembered for longer than it rests, or it would be asked as a new one by those whose turn comes again. */
const hostsKeptIntervals = 4 * backOffMax;
/** What others saw change is looked at once more after this share of the interval, */
const hurryShare = 0.25;
/** by all who hear of it not at one moment. */
const hurrySpreadMs = 3 * second;

export type Step =
  | { readonly do: 'ask'; readonly protocol: string }
  /** `due`: it is time to ask, only not at this very moment. */
  | { readonly do: 'wait'; readonly untilMs: number; readonly due: boolean };

export type Settled = { readonly untilMs: number; readonly due: boolean };

type Entry = {
  protocol: string;
  /** Being asked right now. */
  busy: boolean;
  /** When the first try of the latest probe began. */
  startedAtMs: number;
  restUntilMs: number;
  misses: number;
  /** This probe was hurried, or the next one is. */
  hurried: boolean;
  /** From when on silence counts against it: its first question, or a while after its last answer. */
  quietSinceMs: number;
  /** When the latest answer, or silence, was noted. */
  settledAtMs: number;
  seen?: Sighting;
};

type Host = {
  freeAtMs: number;
  startedAtMs: number;
  quietSinceMs: number /** A question is on its way. */;
  busy: boolean;
};

export class Ledger {
  readonly #intervalMs: number;
  readonly #random: () => number;
  readonly #entries = new Map<string, Entry>();
  readonly #hosts = new Map<string, Host>();

  constructor(intervalMs: number, random: () => number) {
    this.#intervalMs = intervalMs;
    this.#random = random;
  }

  /** Whether `endpoint` (`ip:port`) on `host` may be asked now, in which of the protocols that its announcements name. */
  next(endpoint: string, host: string, protocols: ReadonlySet<string>, nowMs: number): Step {
    const wait = (untilMs: number, due = false): Step => ({ do: 'wait', untilMs, due });
    const entry = this.#entries.get(endpoint);
    if (entry?.busy) return wait(nowMs + hostGapMs);
    if (entry && nowMs < entry.restUntilMs) return wait(entry.restUntilMs);
    const known = this.#hosts.get(host);
    if (known && nowMs < known.freeAtMs) return wait(known.freeAtMs, true);
    const protocol = this.#choose(entry, protocols, nowMs);
    if (protocol === undefined) return wait(nowMs + this.#intervalMs);
    const again = entry && entry.protocol === protocol ? entry : undefined;
    const retrying = again !== undefined && again.misses > 0 && again.misses < triesMax;
    const hostRestsUntilMs = known && !retrying ? this.#restOf(known, nowMs) : 0;
    // Whether the host answers is not known yet.
    if (known?.busy && nowMs < hostRestsUntilMs) return wait(nowMs + hostGapMs, true);
    if (nowMs < hostRestsUntilMs) return wait(hostRestsUntilMs);
    const startedAtMs = retrying ? again.startedAtMs : nowMs;
    this.#entries.set(endpoint, {
      protocol,
      busy: true,
      startedAtMs,
      restUntilMs: 0,
      misses: again?.misses ?? 0,
      hurried: entry?.hurried === true && nowMs < entry.startedAtMs + this.#intervalMs,
      quietSinceMs: entry?.quietSinceMs ?? nowMs,
      settledAtMs: entry?.settledAtMs ?? nowMs,
      ...(entry?.seen && { seen: entry.seen }),
    });
    const quietSinceMs = known?.quietSinceMs ?? nowMs;
    this.#hosts.set(host, { freeAtMs: nowMs + hostGapMs, startedAtMs, quietSinceMs, busy: true });
    return { do: 'ask', protocol };
  }

  /** Notes what came of the question, and that it was seen at the date `at`; says when the endpoint may be asked again. */
  settle(endpoint: string, host: string, answer: Answer | undefined, nowMs: number, at: number): Settled {
    const entry = this.#entries.get(endpoint)!;
    const neighbours = this.#hosts.get(host)!;
    entry.busy = false;
    neighbours.busy = false;
    entry.misses = answer ? 0 : entry.misses + 1;
    // After a first silence the gap between questions to one host is all there is to wait for.
    if (entry.misses > 0 && entry.misses < triesMax) return { untilMs: nowMs, due: true };
    const silentSince = answer ? null : (entry.seen?.silentSince ?? at);
    entry.seen = { protocol: entry.protocol, answer, at, silentSince };
    entry.settledAtMs = nowMs;
    if (answer) {
      entry.quietSinceMs = entry.startedAtMs + graceMs;
      neighbours.quietSinceMs = entry.startedAtMs + graceMs;
    }
    const stretch = this.#intervalMs * (1 + jitterShare * this.#random());
    entry.restUntilMs = Math.max(entry.startedAtMs + stretch, this.#restOf(entry, nowMs));
    return { untilMs: entry.restUntilMs, due: false };
  }

  /** What was seen of an endpoint last, if that was after then. */
  seen(endpoint: string, afterMs: number): Sighting | undefined {
    const entry = this.#entries.get(endpoint);
    return entry && entry.settledAtMs > afterMs ? entry.seen : undefined;
  }

  /**
   * Others saw a change: what answered here may be asked once before its time. Gives when, or undefined when it may not:
   * whatever is claimed of it, an endpoint is asked twice an interval at most, and what never answered is not asked for it.
   */
  hurry(endpoint: string, nowMs: number): number | undefined {
    const entry = this.#entries.get(endpoint);
    if (!entry || entry.busy || !entry.seen?.answer) return undefined;
    const spreadMs = hurrySpreadMs * this.#random();
    const soonMs = Math.max(nowMs + spreadMs, entry.startedAtMs + this.#intervalMs * hurryShare);
    if (entry.hurried || soonMs >= entry.restUntilMs) return Math.max(nowMs + spreadMs, entry.restUntilMs);
    entry.hurried = true;
    entry.restUntilMs = soonMs;
    return soonMs;
  }

  /** Forgets endpoints that nobody has asked for `keepMs` though it was time, and hosts likewise. */
  sweep(nowMs: number, keepMs: number): void {
    const keptMs = Math.max(keepMs, 2 * this.#intervalMs);
    for (const [endpoint, entry] of this.#entries) {
      if (!entry.busy && nowMs - Math.max(entry.startedAtMs, entry.restUntilMs - this.#intervalMs) > keptMs)
        this.#entries.delete(endpoint);
    }
    const hostsKeptMs = Math.max(keptMs, hostsKeptIntervals * this.#intervalMs);
    for (const [host, { startedAtMs }] of this.#hosts) if (nowMs - startedAtMs > hostsKeptMs) this.#hosts.delete(host);
  }

  /** Until when something rests that was silent since: as long again as it has been silent, within bounds. */
  #restOf({ startedAtMs, quietSinceMs }: Pick<Host, 'startedAtMs' | 'quietSinceMs'>, nowMs: number): number {
    if (nowMs < quietSinceMs) return 0;
    return startedAtMs + backOffMs(startedAtMs - quietSinceMs, this.#intervalMs);
  }

  /**
   * What answered is asked again, so that nobody makes a live server look dead by announcing its address as another game.
   * Where nothing answers, the protocols take turns.
   */
  #choose(entry: Entry | undefined, protocols: ReadonlySet<string>, nowMs: number): string | undefined {
    const sorted = [...protocols].sort();
    if (!entry) return sorted[0];
    const answered = entry.seen?.answer !== undefined && nowMs - entry.settledAtMs < 2 * this.#intervalMs;
    if (answered && !protocols.has(entry.seen!.protocol)) return undefined;
    if (answered) return entry.seen!.protocol;
    if (entry.misses > 0 && entry.misses < triesMax && protocols.has(entry.protocol)) return entry.protocol;
    return sorted.find(protocol => protocol > entry.protocol) ?? sorted[0];
  }
}

/** How long after a question the next one comes when there was silence for `silentMs` before it: it doubles the silence. */
export const backOffMs = (silentMs: number, intervalMs: number): number =>
  Math.min(Math.max(silentMs, intervalMs), backOffMax * intervalMs);
