// Asks an OpenTTD server at its own port how it is: that it answers proves that others can join.
import { connect } from 'node:net';
import { second } from '../../base/time.ts';
import type { GameInfo } from './game-info.ts';
import { gameInfoQuestion, packetLength, parseGameInfoAnswer } from './wire.ts';

/** Servers wait for the answer before they show an invite code. */
const answerWithinMs = 5 * second;

/** Undefined when nobody answers, or something else than an OpenTTD server does. */
export async function askGameInfo(host: string, port: number, signal: AbortSignal): Promise<GameInfo | undefined> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)]);
  const socket = connect({ host, port, signal: within });
  try {
    socket.write(gameInfoQuestion);
    let buffered: Buffer = Buffer.alloc(0);
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      buffered = Buffer.concat([buffered, chunk]);
      const length = packetLength(buffered);
      if (length !== 0) return length === undefined ? undefined : parseGameInfoAnswer(buffered.subarray(0, length));
    }
    return undefined;
  } catch {
    // Refused, cut or too late: all the same to who asked.
    return undefined;
  } finally {
    socket.destroy();
  }
}
