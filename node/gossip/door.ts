// The one door into the list: what came by gossip, by anti-entropy or from this node's own people is judged here.
import type { Clock } from '../base/time.ts';
import { accept, ignore, reject, type Verdict } from '../base/verdict.ts';
import type { Change } from '../list/change.ts';
import type { Equivocation, Refusal, ServerList } from '../list/server-list.ts';
import { parseAnnouncement } from '../records/announcement.ts';
import { type Candidate, candidate, type Verified, verified } from '../records/verified.ts';
import type { Allowance } from './allowance.ts';

/** Signatures checked before the event loop gets a turn: 40 µs each. */
const sliceMax = 32;

export type DoorDeps = {
  readonly list: Pick<ServerList, 'judge' | 'isHopeless' | 'admit'>;
  /** Name of the list, part of what announcements sign. */
  readonly listName: string;
  readonly clock: Clock;
  readonly pause: () => Promise<void>;
  readonly changed: (changes: readonly Change[]) => void;
  readonly equivocated: (proof: Equivocation) => void;
};

/** What became of one blob. `it` is there as soon as the blob parses. */
export type Received = { readonly verdict: Verdict; readonly it?: Candidate };

export class Door {
  readonly #deps: DoorDeps;
  readonly #refused = new Map<string, number>();
  /** Signatures checked so far: a page comes blob by blob, and has to let others in between too. */
  #checked = 0;

  constructor(deps: DoorDeps) {
    this.#deps = deps;
  }

  /** How many announcements were not let in, by code; what was merely known already does not count. */
  get refused(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#refused);
  }

  /** Judges each blob, cheap checks first, and lets the good ones in, with an allowance as many as it covers. */
  async receive(blobs: readonly Uint8Array[], allowance?: Allowance): Promise<Received[]> {
    const results: Received[] = [];
    for (const blob of blobs) {
      const result = this.#receive(blob, allowance);
      if (result.checked && ++this.#checked % sliceMax === 0) await this.#deps.pause();
      results.push(result);
      if (result.verdict.action !== 'accept' && result.verdict.code !== 'KNOWN') {
        this.#refused.set(result.verdict.code, (this.#refused.get(result.verdict.code) ?? 0) + 1);
      }
    }
    return results;
  }

  /** Lets in what this node signed itself. */
  admit(item: Verified): Verdict<Refusal> {
    const { verdict, changes, equivocation } = this.#deps.list.admit(item, this.#deps.clock());
    if (changes.length > 0) this.#deps.changed(changes);
    if (equivocation) this.#deps.equivocated(equivocation);
    return verdict;
  }

  #receive(blob: Uint8Array, allowance: Allowance | undefined): Received & { readonly checked: boolean } {
    const read = parseAnnouncement(blob);
    if (!read.ok) return { verdict: reject(read.code), checked: false };
    const it = candidate(read.value, blob);
    const now = this.#deps.clock();
    const first = this.#deps.list.judge(it, now);
    if (first.action !== 'accept') return { verdict: first, it, checked: false };
    // A flood of announcements that find no place costs no signature checks. An honest node may send one of them.
    if (this.#deps.list.isHopeless(it)) return { verdict: ignore('OVER_QUOTA'), it, checked: false };
    const purses = allowance?.pursesOf(it) ?? [];
    if (allowance?.covers(purses, now) === false) return { verdict: ignore('TOO_OFTEN'), it, checked: false };
    const item = verified(it, this.#deps.listName, blob);
    if (!item) return { verdict: reject('BAD_SIGNATURE'), it, checked: true };
    const verdict = this.admit(item);
    // Only now: else whoever forges announcements would spend what is another's.
    if (verdict.action === 'accept') allowance?.spend(purses, now);
    return { verdict, it, checked: true };
  }
}

/** One verdict for a message: one bad announcement spoils it, one that is new is worth passing on. */
export function verdictOf(results: readonly Received[]): Verdict {
  const bad = results.find(({ verdict }) => verdict.action === 'reject');
  if (bad) return bad.verdict;
  if (results.some(({ verdict }) => verdict.action === 'accept')) return accept;
  return results[0]?.verdict ?? ignore('EMPTY');
}
