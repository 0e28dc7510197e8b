// One question over UDP and its answer, for native state probes: a socket of its own, so that no answer is another's.
import { createSocket } from 'node:dgram';
import type { Monotonic } from '../base/time.ts';

/** Answers that are longer than one Ethernet frame come in pieces; no state is. */
const answerBytesMax = 1_500;

/**
 * Sends `question` and gives what `read` makes of the first answer that it understands, with the time that took. `farewell`
 * is sent to a server that keeps a place for whoever asks.
 * @throws Error when none came within `timeoutMs`, or the address cannot be reached
 */
export async function askUdp<T>(
  { ip, port, timeoutMs, monotonic }: Asked,
  question: Uint8Array,
  read: (answer: Buffer, send: (word: Uint8Array) => void) => T | undefined,
  farewell?: (value: T) => Uint8Array,
): Promise<{ readonly value: T; readonly rttMs: number }> {
  const socket = createSocket(ip.includes(':') ? 'udp6' : 'udp4');
  const { promise, resolve, reject } = Promise.withResolvers<{ value: T; rttMs: number }>();
  const timer = setTimeout(() => reject(new Error(`no answer from ${ip}, port ${port}`)), timeoutMs);
  let sentAtMs = monotonic();
  socket.on('error', reject);
  socket.on('message', answer => {
    const value = answer.length > answerBytesMax ? undefined : read(answer, word => socket.send(word));
    if (value !== undefined) resolve({ value, rttMs: Math.max(0, monotonic() - sentAtMs) });
  });
  // Connected, so that the system drops what others send.
  socket.connect(port, ip, (error?: Error) => {
    if (error) {
      reject(error);
      return;
    }
    sentAtMs = monotonic();
    socket.send(question, failure => failure && reject(failure));
  });
  try {
    const answer = await promise;
    if (farewell) await new Promise(sent => socket.send(farewell(answer.value), sent));
    return answer;
  } finally {
    clearTimeout(timer);
    socket.close();
  }
}

/** Whom to ask: an address that was checked before. */
export type Asked = {
  readonly ip: string;
  readonly port: number;
  readonly timeoutMs: number;
  readonly monotonic: Monotonic;
};
