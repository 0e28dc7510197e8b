// How a server of the plain JSON list is: it sends a short datagram back, and says who plays.
import { randomBytes } from 'node:crypto';
import { askUdp } from '../ask.ts';
import type { NativeProbe } from '../family.ts';
import { formatQuestion, parseAnswer } from './wire.ts';

/** Nobody answers for a server that he does not hear. */
const tokenBytes = 12;

export const probe: NativeProbe = {
  // Not a game: what announcements name in the attribute `query`, whatever their game is.
  games: ['rollcall'],
  portOf: port => port,
  ask: async whom => {
    const question = formatQuestion(randomBytes(tokenBytes).toString('base64url'));
    const { value, rttMs } = await askUdp(whom, question, bytes => parseAnswer(bytes, question));
    return { ...value, rttMs: Math.round(rttMs) };
  },
};
