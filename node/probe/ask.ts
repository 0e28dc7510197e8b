// One question to one game server, through gamedig.
import { isIPv6 } from 'node:net';
import type { GameDig } from 'gamedig';
import { tidyText } from '../base/text.ts';
import type { Answer } from './observation.ts';
import type { Question } from './prober.ts';
import { withTcpLimit } from './tcp-limit.ts';
import { UdpSocket } from './udp.ts';

/** More players than any game server has held; what claims more is not believed. */
export const playersMax = 100_000;
const mapGraphemesMax = 64;
/** A question may take several packets (a challenge first, say), each within the time-out. */
const packetsMax = 3;

export class Asker {
  readonly #timeoutMs: number;
  readonly #sockets = { udp4: new UdpSocket('udp4'), udp6: new UdpSocket('udp6') };
  /** Loaded with the first question: a start need not wait for all that it brings. */
  #gamedig: Promise<Record<'udp4' | 'udp6', GameDig>> | undefined;

  /** `timeoutMs`: how long one packet may take to be answered. */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** @throws whatever gamedig throws when there is no answer, or none that it understands */
  readonly ask = async ({ ip, port, protocol }: Question): Promise<Answer> => {
    this.#gamedig ??= gamedigThrough(this.#sockets);
    const gamedig = (await this.#gamedig)[isIPv6(ip) ? 'udp6' : 'udp4'];
    const answer = await withTcpLimit(() =>
      gamedig.query({
        type: `protocol-${protocol}`,
        // With an address given, gamedig resolves nothing by itself; `host` is only repeated to the server.
        address: ip,
        host: ip,
        port,
        givenPortOnly: true,
        portCache: false,
        requestPlayers: false,
        maxRetries: 1,
        socketTimeout: this.#timeoutMs,
        attemptTimeout: this.#timeoutMs * packetsMax,
      }),
    );
    return readAnswer(answer);
  };

  async close(): Promise<void> {
    await Promise.all([this.#sockets.udp4.close(), this.#sockets.udp6.close()]);
  }
}

/** Reads gamedig's result, where numbers are numbers, strings or nonsense, as the game has it. */
export function readAnswer(result: unknown): Answer {
  const { numplayers, maxplayers, map, ping } = Object(result) as Record<string, unknown>;
  return {
    players: count(numplayers),
    // No server has room for nobody: gamedig gives 0 when the game does not say.
    maxPlayers: count(maxplayers) || null,
    map: (typeof map === 'string' && tidyText(map.slice(0, 1_024), mapGraphemesMax)) || null,
    rttMs: typeof ping === 'number' && Number.isFinite(ping) && ping >= 0 ? Math.round(ping) : null,
  };
}

function count(value: unknown): number | null {
  const number = typeof value === 'string' && /^[0-9]{1,6}$/.test(value) ? Number(value) : value;
  return Number.isInteger(number) && (number as number) >= 0 && (number as number) <= playersMax
    ? (number as number)
    : null;
}

async function gamedigThrough({ udp4, udp6 }: Record<'udp4' | 'udp6', UdpSocket>) {
  const { GameDig } = await import('gamedig');
  const through = (socket: UdpSocket): GameDig => {
    const gamedig = new GameDig();
    gamedig.queryRunner.udpSocket = socket;
    return gamedig;
  };
  return { udp4: through(udp4), udp6: through(udp6) };
}
