// OpenTTD's game coordinator, all of it but the sockets: servers that were reached, the list, and who has an invite code.
import { hash } from 'node:crypto';
import type { Address } from '../../base/address.ts';
import type { FamilyDeps } from '../family.ts';
import type { Groups, Row } from '../listing.ts';
import type { Outcome } from '../registry.ts';
import type { Connection } from '../tcp.ts';
import type { GameInfo } from './game-info.ts';
import { addressed, codeOf, game, registrationOf, serverOf } from './rows.ts';
import {
  formatAck,
  formatConnectFailed,
  formatConnecting,
  formatDirectConnect,
  formatError,
  formatListing,
  packetLength,
  parse,
  type Said,
} from './wire.ts';

/** Versions of the game info for which a listing is kept. */
const formsMax = 7;

/** A server that holds its connection open. */
type Held = {
  readonly address: Address;
  readonly listed: boolean;
  /** Reached from here. Until then its updates list nobody. */
  reached: boolean;
};

type Deps = Pick<FamilyDeps, 'registry' | 'groups' | 'counters' | 'sources' | 'secret' | 'signal'>;
export type AskGameInfo = (address: Address) => Promise<GameInfo | undefined>;

export class OpenTtdMaster {
  readonly #deps: Deps;
  readonly #timeoutMs: number;
  readonly #ask: AskGameInfo;
  readonly #groups: Groups;
  readonly #listings = new WeakMap<readonly Row[], Map<number, Buffer>>();
  readonly #codes = new WeakMap<readonly Row[], ReadonlyMap<string, Address>>();
  /** One a connection, and connections are bounded. */
  readonly #held = new Map<Connection, Held>();
  /** The newest connection of each address, by invite code. */
  readonly #newest = new Map<string, Connection>();

  constructor(deps: Deps, timeoutMs: number, ask: AskGameInfo) {
    this.#deps = deps;
    this.#timeoutMs = timeoutMs;
    this.#ask = ask;
    this.#groups = deps.groups(announcement => (announcement.game === game ? [game] : []));
  }

  /** How many bytes were understood. */
  read(connection: Connection, buffered: Buffer): number {
    let taken = 0;
    while (!connection.closed.aborted) {
      const rest = buffered.subarray(taken);
      const length = packetLength(rest);
      if (length === 0) break;
      const said = length === undefined ? undefined : parse(rest.subarray(0, length));
      if (!said) {
        // As the original does: who is out of step stays so.
        this.#deps.counters.add('malformed');
        connection.end();
        return buffered.length;
      }
      taken += length!;
      this.#hear(connection, said);
    }
    return taken;
  }

  /** A probe found it silent. If it cannot be reached from here either, it has to register again. */
  async recheck(address: Address): Promise<void> {
    const { registry, counters } = this.#deps;
    if (!registry.has(address) || (await this.#ask(address))) return;
    if (!registry.withdraw(address)) return;
    counters.add('fell-silent');
    this.#newest.get(codeOf(address))?.end();
  }

  #hear(connection: Connection, said: Said): void {
    const { counters } = this.#deps;
    if (said.kind === 'register') {
      counters.add('heartbeats');
      // Nothing waits for it: whatever goes wrong is the other side's affair.
      void this.#register(connection, said);
    } else if (said.kind === 'update') this.#update(connection, said.info);
    else if (said.kind === 'listing') {
      counters.add('queries');
      connection.send(this.#listing(said.infoVersion));
    } else if (said.kind === 'connect') this.#connect(connection, said.code);
    // There is one way to connect, and it was tried.
    else if (said.kind === 'connect-failed') connection.send(formatConnectFailed(said.token));
  }

  async #register(connection: Connection, said: Extract<Said, { kind: 'register' }>): Promise<void> {
    const { sources, counters, secret } = this.#deps;
    if (this.#held.has(connection)) {
      counters.add('malformed');
      connection.end();
      return;
    }
    const { kind, host } = connection.from;
    const held: Held = { address: { kind, host, port: said.port }, listed: said.game === 'public', reached: false };
    const code = codeOf(held.address);
    this.#hold(connection, held, code);
    // The address is its own, for it connected from there; the port is not known to be.
    const info = sources.mayBeAsked(held.address) ? await this.#ask(held.address) : undefined;
    if (connection.closed.aborted) return;
    held.reached = info !== undefined;
    if (!held.reached) counters.add('challenge-failed');
    if (info && !this.#list(connection, held, info)) return;
    connection.send(formatAck(code, secretOf(secret, code), held.reached ? 'direct' : 'isolated'));
  }

  #hold(connection: Connection, held: Held, code: string): void {
    const { registry, signal } = this.#deps;
    this.#held.set(connection, held);
    this.#newest.set(code, connection);
    connection.keep(this.#timeoutMs);
    connection.closed.addEventListener('abort', () => {
      this.#held.delete(connection);
      // It came back over another connection before this one was seen to break.
      if (this.#newest.get(code) !== connection) return;
      this.#newest.delete(code);
      // When this node stops, its servers have their time to come back.
      if (!signal.aborted) registry.withdraw(held.address);
    });
  }

  #update(connection: Connection, info: GameInfo): void {
    const held = this.#held.get(connection);
    if (!held) this.#deps.counters.add('malformed');
    else if (held.reached) this.#list(connection, held, info);
  }

  /** Whether it may stay. */
  #list(connection: Connection, { address, listed }: Held, info: GameInfo): boolean {
    if (!listed) return true;
    const outcome = this.#deps.registry.register(address, connection.from, registrationOf(info));
    if (outcome === 'new' || outcome === 'changed' || outcome === 'kept') return true;
    connection.send(formatError(1, reasons[outcome]));
    connection.end();
    return false;
  }

  /** To a server of this coordinator, or to any that is listed. */
  #connect(connection: Connection, code: string): void {
    const here = this.#newest.get(code);
    const address = here ? this.#held.get(here)?.address : this.#byCode().get(code);
    if (!address) {
      connection.send(formatError(2, code));
      return;
    }
    // Clients tell tries apart by the token; a code is tried once at a time.
    const token = code;
    connection.send(formatConnecting(token, code));
    connection.send(formatDirectConnect(token, address.host, address.port));
  }

  #byCode(): ReadonlyMap<string, Address> {
    const rows = this.#groups.get(game);
    const kept = this.#codes.get(rows);
    if (kept) return kept;
    const codes = new Map<string, Address>();
    for (const { address } of addressed(rows)) codes.set(codeOf(address), address);
    this.#codes.set(rows, codes);
    return codes;
  }

  #listing(asked: number): Buffer {
    const rows = this.#groups.get(game);
    const form = Math.max(1, Math.min(asked, formsMax));
    const kept = this.#listings.get(rows) ?? new Map<number, Buffer>();
    this.#listings.set(rows, kept);
    const held = kept.get(form);
    if (held) return held;
    const listing = formatListing(addressed(rows).map(serverOf), form);
    kept.set(form, listing);
    return listing;
  }
}

/** Servers keep it and send it again. It opens nothing here: who has an address has its code. */
const secretOf = (secret: Uint8Array, code: string): string =>
  hash('sha256', Buffer.concat([secret, Buffer.from(code)]), 'hex').slice(0, 32);

const reasons: Readonly<Record<Exclude<Outcome, 'new' | 'changed' | 'kept'>, string>> = {
  'foreign-address': 'the address is not yours',
  unreachable: 'nobody could join a server at your address',
  'too-many-there': 'too many servers at your address',
  full: 'this coordinator is full',
  barred: 'a rule bars this server',
};
