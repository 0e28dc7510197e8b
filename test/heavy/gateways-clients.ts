// Lists as the games' own clients ask for them, where no program fetches them without a screen.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { codeOf } from '../../node/gateways/openttd/rows.ts';
import { at } from '../gateways.ts';

const timeoutMs = 2_000;

/** Teeworlds 0.7: a token first, then the list. Nothing when it does not come: it is asked for again. */
export async function teeworldsList(gateway: number): Promise<string[]> {
  const socket = createSocket('udp4');
  try {
    socket.connect(gateway, '127.0.0.1');
    await once(socket, 'connect');
    const own = Buffer.from('test');
    const request = Buffer.concat([Buffer.from('040000ffffffff05', 'hex'), own, Buffer.alloc(508)]);
    const token = (await answerTo(socket, request)).subarray(8);
    const answer = await answerTo(socket, Buffer.concat([Buffer.from('!'), token, own, ffff, Buffer.from('req2')]));
    const [head, entries] = [answer.subarray(13, 17).toString(), answer.subarray(17)];
    if (head !== 'lis2') throw new Error(`"${head}" came where a list was to come`);
    return Array.from({ length: entries.length / 18 }, (_, i) => {
      const entry = entries.subarray(i * 18, (i + 1) * 18);
      return `${entry.subarray(12, 16).join('.')}:${entry.readUInt16BE(16)}`;
    });
  } catch (error) {
    if ((error as { name?: string }).name === 'AbortError') return [];
    throw error;
  } finally {
    socket.close();
  }
}

const ffff = Buffer.alloc(4, 0xff);

async function answerTo(socket: Socket, question: Buffer): Promise<Buffer> {
  socket.send(question);
  const [answer] = (await once(socket, 'message', { signal: AbortSignal.timeout(timeoutMs) })) as [Buffer];
  return answer;
}

/** OpenTTD 13: LISTING, and packets until an empty one. The name stands where the form of its game info has it. */
export async function openttdList(gateway: number): Promise<string[]> {
  const socket = connect(gateway, '127.0.0.1');
  socket.write(Buffer.from('0e0004060631332e300000000000', 'hex'));
  const found: string[] = [];
  let buffered: Buffer = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    buffered = Buffer.concat([buffered, chunk]);
    for (;;) {
      const length = buffered.length < 2 ? 3 : buffered.readUInt16LE();
      if (buffered.length < length) break;
      const packet = buffered.subarray(0, length);
      buffered = buffered.subarray(length);
      if (packet[2] !== 5) throw new Error(`packet ${packet[2]} came where a list was to come`);
      if (packet.readUInt16LE(3) === 0) {
        socket.destroy();
        return found;
      }
      found.push(...[...packet.toString('latin1').matchAll(/\d+\.\d+\.\d+\.\d+:\d+(?=\0)/g)].map(([it]) => it));
    }
  }
  return found;
}

/** What the server shows to those who run it, and they to their friends. */
export const inviteCode = (address: string): string => codeOf(at(address));
