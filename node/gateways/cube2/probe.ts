// How a Cube 2 or Red Eclipse server is: its answer to a short datagram on the port above the game's. gamedig has neither.
import { askUdp } from '../ask.ts';
import type { NativeProbe } from '../family.ts';
import { type Dialect, parseInfo, plainText } from './wire.ts';

/** Not 0, which would begin an extended question. */
const question = Buffer.from([1, 1, 1]);
/** Which attribute tells for how many there is room. Sources: serverinforeply and queryreply of the two games. */
const roomAt = { cube2: 3, redeclipse: 4 } as const;
const mapGraphemesMax = 64;
const playersMax = 1_000;

export const probeOf = (dialect: Dialect, ...games: readonly string[]): NativeProbe => ({
  games,
  portOf: port => port + 1,
  ask: async whom => {
    const { value, rttMs } = await askUdp(whom, question, bytes => parseInfo(bytes, question));
    const room = value.attributes[roomAt[dialect]] ?? 0;
    return {
      players: value.players <= playersMax ? value.players : null,
      maxPlayers: room > 0 && room <= playersMax ? room : null,
      map: plainText(value.map, mapGraphemesMax) || null,
      rttMs: Math.round(rttMs),
    };
  },
});
