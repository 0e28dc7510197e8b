// A narrow way to a node: passes bytes both ways, slowly, and breaks in the middle of something now and then.
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

export type Narrow = AsyncDisposable & { readonly port: number; readonly broken: () => number };

export type NarrowOptions = {
  readonly host: string;
  readonly to: { readonly host: string; readonly port: number };
  readonly bytesPerSecond: number;
  /** A connection breaks after as many bytes as this says. */
  readonly breakAfter: () => number;
};

/** So much goes at a time: at 64 KB/s one in 60 ms. */
const pieceBytes = 4_096;

export async function openNarrow({ host, to, bytesPerSecond, breakAfter }: NarrowOptions): Promise<Narrow> {
  const open = new Set<Socket>();
  let broken = 0;
  const server = createServer(near => {
    const far = connect(to);
    const ends = [near, far];
    let left = breakAfter();
    const close = () => {
      for (const socket of ends) socket.destroy();
    };
    for (const socket of ends) {
      open.add(socket);
      socket.on('error', close);
      socket.on('close', () => {
        open.delete(socket);
        close();
      });
    }
    const pass = async (from: Socket, into: Socket) => {
      for await (const chunk of from as AsyncIterable<Buffer>) {
        for (let at = 0; at < chunk.length; at += pieceBytes) {
          const piece = chunk.subarray(at, at + pieceBytes);
          await wait((piece.length / bytesPerSecond) * 1_000);
          left -= piece.length;
          if (left < 0) {
            broken++;
            return close();
          }
          if (!into.write(piece)) await once(into, 'drain');
        }
      }
      into.end();
    };
    // Either end may go at any time; the other is closed with it.
    void pass(near, far).catch(close);
    void pass(far, near).catch(close);
  });
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    port,
    broken: () => broken,
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
