// Whether a game server answers at the address that it registered: for families that register over HTTP, where the connection
// proves the host and says nothing of the game's port.
import { type Address, formatAddress } from '../base/address.ts';
import { second } from '../base/time.ts';
import type { Answer } from '../probe/observation.ts';
import type { FamilyDeps, NativeProbe } from './family.ts';

export type ChecksDeps = Pick<FamilyDeps, 'registry' | 'sources' | 'counters' | 'monotonic'>;

/** `busy`: too much is being asked right now, of all or of this host. `cancelled`: it left while it was asked. */
export type Checked = Answer | 'silent' | 'busy' | 'cancelled';

/** Datagrams get lost. */
const triesMax = 3;
const tryMs = 2 * second;
/** Each holds a socket for 6 s at most, so that 80 checks a second go on however many servers are silent. */
export const checksMax = 512;
/** Of one host: an attacker needs 32 hosts that accept silence before anybody else has to wait. */
export const checksPerHostMax = 16;

type Running = { readonly host: string; readonly done: Promise<Checked>; cancelled: boolean };

export class Checks {
  readonly #deps: ChecksDeps;
  readonly #ask: NativeProbe['ask'];
  readonly #running = new Map<string, Running>();

  /** `ask` puts the family's own question to the port that is joined. */
  constructor(deps: ChecksDeps, ask: NativeProbe['ask']) {
    this.#deps = deps;
    this.#ask = ask;
  }

  get running(): number {
    return this.#running.size;
  }

  /** One question at a time to one address: who asks while it is asked hears the same answer. */
  check(address: Address): Promise<Checked> {
    const key = formatAddress(address);
    const held = this.#running.get(key);
    if (held) return held.done;
    if (!this.#hasRoomFor(address)) return Promise.resolve('busy');
    const it: Running = { host: address.host, cancelled: false, done: this.#try(address, () => it.cancelled) };
    this.#running.set(key, it);
    return it.done.finally(() => {
      if (this.#running.get(key) === it) this.#running.delete(key);
    });
  }

  /** The server says that it leaves: an answer that is still on its way must not bring it back. */
  cancel(address: Address): void {
    const key = formatAddress(address);
    const it = this.#running.get(key);
    if (it) it.cancelled = true;
    this.#running.delete(key);
  }

  /** A registered server seems to be gone: withdrawn, if it does not answer. */
  async recheck(address: Address): Promise<void> {
    const { registry, counters } = this.#deps;
    if (!registry.has(address)) return;
    const found = await this.check(address);
    if (typeof found === 'object') registry.heard(address);
    else if (found === 'silent' && registry.withdraw(address)) counters.add('fell-silent');
  }

  async #try({ host: ip, port, kind }: Address, cancelled: () => boolean): Promise<Checked> {
    const { sources, counters, monotonic } = this.#deps;
    for (let tries = 0; tries < triesMax; tries++) {
      if (!sources.mayBeAsked({ kind, host: ip, port })) return 'busy';
      const answer = await this.#ask({ ip, port, timeoutMs: tryMs, monotonic }).catch(() => undefined);
      if (cancelled()) return 'cancelled';
      if (answer) return answer;
    }
    counters.add('challenge-failed');
    return 'silent';
  }

  #hasRoomFor(address: Address): boolean {
    if (this.#running.size >= checksMax) return false;
    if (this.#deps.sources.shared(address)) return true;
    let there = 0;
    for (const { host } of this.#running.values()) if (host === address.host) there++;
    return there < checksPerHostMax;
  }
}
