// The gateway for Quake III and what grew out of it: OpenArena, ioquake3, Nexuiz, Xonotic, Warsow, Enemy Territory, …
import { type Address, formatAddress } from '../../base/address.ts';
import { fromUtf8 } from '../../base/bytes.ts';
import { minute, second } from '../../base/time.ts';
import { queryOf } from '../../probe/games.ts';
import { type ChallengeBook, Challenges } from '../challenges.ts';
import type { Family, FamilyDeps, Gateway } from '../family.ts';
import { gameId, type Registration } from '../registry.ts';
import { type Exchange, openUdp, type Udp } from '../udp.ts';
import { Answers, keysOf } from './answers.ts';
import { anonymous, idOf } from './games.ts';
import { formatGetInfo, packetBytesMax, parse } from './wire.ts';

/** dpmaster: a challenge is good for 2 s. */
const challengeMs = 2 * second;
/**
 * Eight characters with the letter before it, dpmaster's shortest: `getinfo` is then no longer than a heartbeat with a tag of
 * five. 42 bits, to be guessed within 4 s at ten a second.
 */
const proofLength = 7;
/** dpmaster: 15 minutes after the last infoResponse. Engines send a heartbeat every 2 to 5 minutes. */
const timeoutMs = 15 * minute;
/** A server that seems to stop is asked so often before it is withdrawn: datagrams get lost. */
const triesMax = 3;
const tryMs = 2 * second;

export const dpmaster: Family = {
  name: 'dpmaster',
  transport: 'udp',
  timeoutMs,
  open: async (deps): Promise<Gateway> => {
    const { secret, monotonic, ticker, signal } = deps;
    const challenges = new Challenges({ secret, monotonic, lifetimeMs: challengeMs, length: proofLength });
    const master: DpMaster = new DpMaster(deps, challenges, (to, bytes) => udp.ask(to, bytes));
    const udp: Udp = await openUdp({ deps, packetBytesMax, receive: exchange => master.receive(exchange) });
    ticker(second, () => master.tick(), signal);
    return { address: udp.address, recheck: address => master.recheck(address), close: udp.close };
  },
};

export type DpMasterDeps = Pick<FamilyDeps, 'registry' | 'groups' | 'counters' | 'monotonic'>;

type Asked = { readonly address: Address; readonly letter: string; readonly tries: number; readonly atMs: number };

/** All of it but the socket. */
export class DpMaster {
  readonly #deps: DpMasterDeps;
  readonly #challenges: ChallengeBook;
  readonly #ask: Udp['ask'];
  readonly #answers: Answers;
  /** Registered servers that were asked and have not answered yet: no more than there are registered. */
  readonly #asked = new Map<string, Asked>();

  constructor(deps: DpMasterDeps, challenges: ChallengeBook, ask: Udp['ask']) {
    this.#deps = deps;
    this.#challenges = challenges;
    this.#ask = ask;
    this.#answers = new Answers(deps.groups(keysOf));
  }

  receive(exchange: Exchange): void {
    const message = parse(exchange.bytes);
    if (!message) this.#deps.counters.add('malformed');
    else if (message.kind === 'heartbeat') this.#heartbeat(exchange, message.tag);
    else if (message.kind === 'info') this.#info(exchange, message.info);
    else {
      this.#deps.counters.add('queries');
      exchange.tell(this.#answers.to(message.query));
    }
  }

  /** Engines say nothing when they are killed; a heartbeat when they stop looks like any other. So: asked, and silent. */
  tick(): void {
    const { monotonic, registry, counters } = this.#deps;
    for (const [key, it] of this.#asked) {
      if (monotonic() < it.atMs + tryMs) continue;
      if (it.tries < triesMax) this.#question(it.address, it.letter, it.tries + 1);
      else {
        this.#asked.delete(key);
        if (registry.withdraw(it.address)) counters.add('fell-silent');
      }
    }
  }

  recheck(address: Address): void {
    if (this.#deps.registry.has(address) && !this.#asked.has(formatAddress(address))) this.#question(address, again, 1);
  }

  #heartbeat({ from, reply }: Exchange, tag: string): void {
    this.#deps.counters.add('heartbeats');
    const known = this.#deps.registry.has(from);
    // Nothing registers with its last word.
    if (!known && anonymous.some(({ flatline }) => flatline === tag)) return;
    const letter = letterOf.get(tag) ?? other;
    const asked = reply(this.#getInfo(from, letter));
    if (asked && known) this.#await(from, letter, 1);
  }

  #info({ from, proved }: Exchange, info: ReadonlyMap<string, string>): void {
    const { counters, registry } = this.#deps;
    const challenge = info.get('challenge') ?? '';
    const [letter = '', proof] = [challenge.slice(0, 1), challenge.slice(1)];
    if (!this.#challenges.holds(from, proof, letter)) {
      counters.add('challenge-failed');
      return;
    }
    proved();
    this.#asked.delete(formatAddress(from));
    const registration = letter === again ? undefined : registrationOf(info, tagOf.get(letter));
    if (registration) registry.register(from, from, registration);
    else if (letter === again) registry.heard(from);
    else counters.add('malformed');
  }

  #question(address: Address, letter: string, tries: number): void {
    this.#ask(address, this.#getInfo(address, letter));
    this.#await(address, letter, tries);
  }

  #await(address: Address, letter: string, tries: number): void {
    this.#asked.set(formatAddress(address), { address, letter, tries, atMs: this.#deps.monotonic() });
  }

  /** The letter tells the heartbeat's tag, which the answer does not repeat: nothing is remembered of a stranger. */
  #getInfo(to: Address, letter: string): Buffer {
    return formatGetInfo(`${letter}${this.#challenges.issue(to, letter)}`);
  }
}

/** A server that tells its game itself, as all do that are none of the oldest three. */
const other = 'd';
/** Asked by us, not by a heartbeat: whether it is still there. */
const again = 'r';
const letterOf = new Map(
  anonymous.flatMap(({ heartbeat, flatline }, i) =>
    [heartbeat, flatline].flatMap(tag => (tag === undefined ? [] : [[tag, String(i)] as const])),
  ),
);
const tagOf = new Map(anonymous.map(({ gamename }, i) => [String(i), gamename]));

/** Undefined when something is missing that dpmaster insists on, too. */
export function registrationOf(
  info: ReadonlyMap<string, string>,
  anonymousName: string | undefined,
): Registration | undefined {
  // Return to Castle Wolfenstein puts its mod into `gamename`: of those games the heartbeat tells the name.
  const gamename = anonymousName ?? info.get('gamename') ?? '';
  const protocol = Number(info.get('protocol'));
  const room = Number(info.get('sv_maxclients'));
  if (!/^[\x21-\x7e]{1,63}$/.test(gamename) || !Number.isInteger(protocol) || !info.has('protocol')) return undefined;
  if (!Number.isInteger(room) || room <= 0 || !info.has('clients')) return undefined;
  const game = gameId(idOf(gamename, String(protocol)));
  const gametype = info.get('gametype') ?? '';
  return {
    game,
    name: withoutColours(info.get('hostname') ?? ''),
    attributes: {
      gamename,
      protocol: String(protocol),
      gametype: /^[\x21-\x7e]{1,31}$/.test(gametype) ? gametype : '',
      // All of the family answer `getstatus`; of games with an id that gamedig knows it knows more.
      query: queryOf(game, {}) ? '' : 'q3a',
    },
  };
}

/** `^1`, and DarkPlaces' `^x123`; `^^` is a caret. Names are UTF-8 in new engines and Latin-1 in old ones. */
const withoutColours = (text: string): string =>
  (fromUtf8(Buffer.from(text, 'latin1')) ?? text).replace(/\^(?:x[0-9a-f]{3}|[^\s^])/gi, '').replaceAll('^^', '^');
