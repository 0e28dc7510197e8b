// How a BZFlag server is: two short questions over TCP, at the port that is joined. gamedig does not know it.
import { connect } from 'node:net';
import type { Asked } from '../ask.ts';
import type { NativeProbe } from '../family.ts';
import { greeting, parseState, queryGame, type State } from './wire.ts';

/** The greeting, the answer, and what a server says of its own accord in between. */
const answerBytesMax = 4_096;
/** More than any server has room for. */
const playersMax = 1_000;

export const probe: NativeProbe = {
  games: ['bzflag'],
  portOf: port => port,
  ask: async whom => {
    const begin = whom.monotonic();
    const { players, room } = await stateOf(whom);
    return {
      players: players !== null && players <= playersMax ? players : null,
      maxPlayers: room !== null && room > 0 && room <= playersMax ? room : null,
      map: null,
      rttMs: Math.max(0, Math.round(whom.monotonic() - begin)),
    };
  },
};

/** @throws Error when it does not answer in time, or not as a BZFlag server does */
async function stateOf({ ip, port, timeoutMs }: Asked): Promise<State> {
  const { promise, resolve, reject } = Promise.withResolvers<State>();
  const socket = connect({ host: ip, port, noDelay: true });
  const timer = setTimeout(() => reject(new Error(`no answer from ${ip}, port ${port}`)), timeoutMs);
  socket.on('error', reject);
  socket.on('close', () => reject(new Error(`${ip}, port ${port}, closed the connection`)));
  let seen = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    seen = Buffer.concat([seen, chunk]);
    const state = parseState(seen);
    if (state === undefined || seen.length > answerBytesMax)
      reject(new Error(`${ip}, port ${port}, is no BZFlag server`));
    else if (state !== 'more') resolve(state);
  });
  socket.write(Buffer.concat([greeting, queryGame]));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}
