// How a Teeworlds or DDNet server is, asked at the game's own port. gamedig would ask a web page instead.
import { tidyText } from '../../base/text.ts';
import { askUdp } from '../ask.ts';
import type { NativeProbe } from '../family.ts';
import { type Info, parseInfo } from './info.ts';
import { formatTokenRequest, formatWord, header, parse, parseTokenAnswer } from './wire.ts';

const mapGraphemesMax = 64;
/** Any: the system drops whatever comes from elsewhere. */
const token = 0x52;
const own = Buffer.from('rcll');
/** DDNet's servers see the mark, and answer in the longer form that has true counts above 16; others take it for any header. */
const question06 = formatWord(Buffer.from([0x78, 0x65, 0, 0, 0, 0]), 'gie3', Buffer.from([token]));
const info06 = Buffer.from('inf3');
const extended = Buffer.from('iext');

/** 0.6 and DDNet: one word, one answer. */
export const probe06 = (...games: readonly string[]): NativeProbe =>
  probeOf(games, whom => askUdp(whom, question06, parseAnswer06));

/** 0.7: a token first. */
export const probe07 = (...games: readonly string[]): NativeProbe =>
  probeOf(games, whom =>
    askUdp(whom, formatTokenRequest(own), (answer, send) => {
      const theirs = parseTokenAnswer(answer, own);
      // What to repeat is 0: as a packed number and as a byte the same.
      if (theirs) send(formatWord(header(theirs, own), 'gie3', Buffer.alloc(1)));
      const message = theirs ? undefined : parse(answer, '0.7');
      return message?.kind === 'word' && message.word === 'inf3' ? parseInfo(message.body, '0.7') : undefined;
    }),
  );

/** Behind six bytes that mean nothing, and `ff ff ff ff`. */
export function parseAnswer06(answer: Buffer): Info | undefined {
  const word = answer.subarray(10, 14);
  if (!word.equals(info06) && !word.equals(extended)) return undefined;
  const info = parseInfo(answer.subarray(14), word.equals(extended) ? 'iext' : '0.6');
  return info?.token === token ? info : undefined;
}

function probeOf(
  games: readonly string[],
  asked: (whom: Parameters<NativeProbe['ask']>[0]) => Promise<{ readonly value: Info; readonly rttMs: number }>,
): NativeProbe {
  return {
    games,
    portOf: port => port,
    ask: async whom => {
      const { value, rttMs } = await asked(whom);
      return {
        players: value.clients,
        maxPlayers: value.maxClients,
        map: tidyText(value.map, mapGraphemesMax) || null,
        rttMs: Math.round(rttMs),
      };
    },
  };
}
