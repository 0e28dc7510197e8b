// A small game server that answers real questions over UDP, for the demo and for tests. It plays no game.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { type Protocol, protocols } from './game-server-protocols.ts';

export type GameServerOptions = {
  readonly protocol: Protocol;
  readonly name: string;
  readonly map: string;
  readonly maxPlayers: number;
  readonly players: number;
  /** Default: 127.0.0.1. */
  readonly host?: string;
  /** Default: 0, any free port. */
  readonly port?: number;
};

/** What changes while a server runs. */
export type GameServerState = { readonly players?: number; readonly map?: string; readonly name?: string };

export type GameServer = {
  /** `host:port`, as announcements have it. */
  readonly address: string;
  /** Questions that were answered so far. */
  readonly answered: () => number;
  set(state: GameServerState): void;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Starts to listen, on loopback unless told otherwise. */
export async function startGameServer(options: GameServerOptions): Promise<GameServer> {
  const { host = '127.0.0.1', port = 0 } = options;
  const answerTo = protocols[options.protocol]();
  let state: GameServerOptions = options;
  let answered = 0;
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  socket.bind(port, host);
  await once(socket, 'listening');
  socket.on('error', () => {});
  socket.on('message', (question, from) => {
    const answer = answerTo(question, `${from.address}:${from.port}`, state);
    if (!answer) return;
    answered++;
    socket.send(answer, from.port, from.address);
  });
  const bound = socket.address();
  let open = true;
  const close = async () => {
    if (!open) return;
    open = false;
    socket.close();
    await once(socket, 'close');
  };
  return {
    address: isIPv6(host) ? `[${host}]:${bound.port}` : `${host}:${bound.port}`,
    answered: () => answered,
    set(changed) {
      state = { ...state, ...changed };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
