// Teeworlds' master server, all of it but the socket: registrations that a question confirms, counts and lists.
import { type Address, formatAddress } from '../../base/address.ts';
import { second } from '../../base/time.ts';
import type { ChallengeBook } from '../challenges.ts';
import type { FamilyDeps } from '../family.ts';
import type { Registration } from '../registry.ts';
import type { Exchange } from '../udp.ts';
import { type Info, parseInfo } from './info.ts';
import { Lists, versionsOf } from './lists.ts';
import { formatToken, formatWord, header, type Message, parse, type Version, type Word } from './wire.ts';

/**
 * In 0.6 a question has room for one byte to repeat, which a stranger guesses once in 256 tries. So four are asked, one after
 * the other, and a wrong answer begins anew: 32 bits, as in 0.7.
 */
export const questions06 = 4;
/** Servers that are in the middle of them. Only who gave a right answer is remembered; past it the oldest begins anew. */
const halfwayMax = 4_096;
/** Servers speak every 15 s. One that a probe found silent and that says nothing for this long is gone. */
const suspectMs = 20 * second;

type Told = Extract<Message, { kind: 'word' }>;

export class TeeMaster {
  readonly #deps: Pick<FamilyDeps, 'registry' | 'groups' | 'counters' | 'monotonic'>;
  readonly #version: Version;
  readonly #tokens: ChallengeBook;
  readonly #lists: Lists;
  /** 0.6: questions that were answered, by address. */
  readonly #halfway = new Map<string, number>();
  /** Registered servers that a probe found silent: no more than there are registered. */
  readonly #suspects = new Map<string, { readonly address: Address; readonly atMs: number }>();

  /** `tokens` are hexadecimal: of four bytes in 0.7, of one in 0.6. */
  constructor(
    deps: Pick<FamilyDeps, 'registry' | 'groups' | 'counters' | 'monotonic'>,
    version: Version,
    tokens: ChallengeBook,
  ) {
    this.#deps = deps;
    this.#version = version;
    this.#tokens = tokens;
    this.#lists = new Lists(deps.groups(versionsOf));
  }

  receive(exchange: Exchange): void {
    const { counters } = this.#deps;
    const message = parse(exchange.bytes, this.#version);
    if (!message) counters.add('malformed');
    else if (message.kind === 'token') {
      exchange.reply(formatToken(message.own, Buffer.from(this.#tokens.issue(exchange.from), 'hex')));
    } else if (this.#version === '0.6') this.#hear(exchange, message);
    else if (!this.#tokens.holds(exchange.from, message.token)) counters.add('challenge-failed');
    else {
      exchange.proved();
      this.#hear(exchange, message);
    }
  }

  /** A server that is killed says nothing more; this is sooner than its time-out. */
  tick(): void {
    const { monotonic, registry, counters } = this.#deps;
    for (const [key, { address, atMs }] of this.#suspects) {
      if (monotonic() < atMs + suspectMs) break;
      this.#suspects.delete(key);
      if (registry.withdraw(address)) counters.add('fell-silent');
    }
  }

  recheck(address: Address): void {
    const key = formatAddress(address);
    if (!this.#deps.registry.has(address) || this.#suspects.has(key)) return;
    this.#suspects.set(key, { address, atMs: this.#deps.monotonic() });
  }

  #hear(exchange: Exchange, message: Told): void {
    const { counters } = this.#deps;
    const answer = (word: Word, body?: Uint8Array) => formatWord(this.#header(message), word, body);
    switch (message.word) {
      case 'bea2':
        counters.add('heartbeats');
        this.#halfway.delete(formatAddress(exchange.from));
        exchange.reply(answer('gie3', this.#question(exchange.from, 0)));
        return;
      case 'cou2':
        counters.add('queries');
        this.#count(exchange, answer('siz2', bytesOf(this.#lists.of(this.#version).count)));
        return;
      case 'req2':
        counters.add('queries');
        exchange.tell(this.#lists.of(this.#version).bodies.map(body => answer('lis2', body)));
        return;
      case 'inf3':
        this.#info(exchange, message.body, answer);
        return;
      default:
        counters.add('unwanted');
    }
  }

  /** In 0.6 it is two bytes larger than the question, and servers do not register before they know it. */
  #count({ reply, tell }: Exchange, answer: Buffer): void {
    if (this.#version === '0.7') reply(answer);
    else tell([answer]);
  }

  #info(exchange: Exchange, body: Buffer, answer: (word: Word, body?: Uint8Array) => Buffer): void {
    const { from } = exchange;
    const { counters, registry } = this.#deps;
    const info = parseInfo(body, this.#version);
    if (!info) {
      counters.add('malformed');
      return;
    }
    const next = this.#version === '0.6' ? this.#answered(from, info.token) : questions06;
    if (next === 0) counters.add('challenge-failed');
    else if (next < questions06) exchange.reply(answer('gie3', this.#question(from, next)));
    else {
      exchange.proved();
      this.#suspects.delete(formatAddress(from));
      const outcome = registry.register(from, from, registrationOf(info, this.#version));
      const welcome = outcome === 'new' || outcome === 'changed' || outcome === 'kept';
      exchange.reply(answer(welcome ? 'fwok' : 'fwer'));
    }
  }

  /** How many questions this address has answered with this one; 0 when the answer is wrong. */
  #answered(from: Address, token: number): number {
    const key = formatAddress(from);
    const before = this.#halfway.get(key) ?? 0;
    this.#halfway.delete(key);
    const byte = token >= 0 && token <= 0xff ? token.toString(16).padStart(2, '0') : '';
    if (!this.#tokens.holds(from, byte, String(before))) return 0;
    if (before + 1 < questions06) this.#halfway.set(key, before + 1);
    if (this.#halfway.size > halfwayMax) this.#halfway.delete(this.#halfway.keys().next().value!);
    return before + 1;
  }

  /** What is to be repeated: in 0.7 the token before the word says all, and 0 is as good as any. */
  #question(to: Address, number: number): Buffer {
    return this.#version === '0.7' ? Buffer.alloc(1) : Buffer.from(this.#tokens.issue(to, String(number)), 'hex');
  }

  #header({ own, token }: Told): Buffer {
    return this.#version === '0.7' ? header(own, Buffer.from(token, 'hex')) : header();
  }
}

const bytesOf = (count: number): Buffer => Buffer.from([count >> 8, count & 0xff]);

export function registrationOf({ name, version, gametype, passworded }: Info, spoken: Version): Registration {
  return {
    game: spoken === '0.7' ? 'teeworlds' : 'teeworlds-0.6',
    // Where there are more players than the protocol can tell, servers write them behind the name.
    name: name.replace(/ ?\[\d+\/\d+\]$/, ''),
    version,
    attributes: { protocol: spoken, gametype, password: passworded ? 'yes' : '' },
  };
}
