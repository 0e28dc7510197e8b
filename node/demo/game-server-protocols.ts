// What the small game server says, in two protocols: Quake III's and Valve's A2S.
import { createHash, randomBytes } from 'node:crypto';

export type ServerState = {
  readonly name: string;
  readonly map: string;
  readonly players: number;
  readonly maxPlayers: number;
};

/** The answer to one datagram; undefined: none. `from` is the asker's `address:port`. */
export type AnswerTo = (question: Buffer, from: string, state: ServerState) => Buffer | undefined;

export type Protocol = 'quake3' | 'a2s';
export const protocols: Record<Protocol, () => AnswerTo> = { quake3: () => quake3, a2s };

/** Whatever a protocol allows, an answer stays within one packet on any network. */
const answerBytesMax = 1_200;
/** Nobody's question is longer; ioquake3 takes no longer challenge than 128 characters either. */
const questionBytesMax = 256;
const connectionless = Buffer.from([255, 255, 255, 255]);

/**
 * `getinfo <challenge>` → `infoResponse`, `getstatus <challenge>` → `statusResponse` with a line a player.
 * Source: ioquake3, code/server/sv_main.c (SVC_Info, SVC_Status).
 */
function quake3(question: Buffer, _from: string, state: ServerState): Buffer | undefined {
  if (question.length > questionBytesMax || !question.subarray(0, 4).equals(connectionless)) return undefined;
  const text = question.toString('latin1', 4);
  const asked = /^(getinfo|getstatus)(?: ([!-~]{0,128}))?[\n\0]*$/.exec(text);
  if (!asked) return undefined;
  const [, word, challenge] = asked;
  const facts = { protocol: '71', gamename: 'Quake3Arena', mapname: state.map, sv_maxclients: `${state.maxPlayers}` };
  const echo = challenge ? { challenge } : {};
  if (word === 'getinfo') {
    return oob('infoResponse', infoString({ ...facts, hostname: state.name, clients: `${state.players}`, ...echo }));
  }
  const lines = Array.from(
    { length: state.players },
    (_, i) => `${(i * 7) % 40} ${20 + ((i * 13) % 90)} "Player ${i + 1}"\n`,
  );
  return oob('statusResponse', infoString({ ...facts, sv_hostname: state.name, ...echo }), ...lines);
}

/** Text of the Quake III protocol is bytes; UTF-8 passes through. Lines that no longer fit are left out, as ioquake3 does. */
function oob(word: string, ...lines: readonly string[]): Buffer {
  let answer = Buffer.concat([connectionless, Buffer.from(`${word}\n`)]);
  for (const line of lines) {
    const longer = Buffer.concat([answer, Buffer.from(line)]);
    if (longer.length > answerBytesMax) break;
    answer = longer;
  }
  return answer;
}

const infoString = (facts: Readonly<Record<string, string>>): string =>
  `${Object.entries(facts)
    .map(([key, value]) => `\\${key}\\${value.replace(/[\\"\n;]/g, ' ')}`)
    .join('')}\n`;

const infoQuestion = Buffer.concat([connectionless, Buffer.from('TSource Engine Query\0')]);

/**
 * `A2S_INFO` → a challenge of four bytes; the question with the challenge at its end → the answer. So an answer that is
 * longer than its question goes only to who really has the address. Source: developer.valvesoftware.com/wiki/Server_queries.
 */
function a2s(): AnswerTo {
  const secret = randomBytes(16);
  return (question, from, state) => {
    if (!question.subarray(0, infoQuestion.length).equals(infoQuestion)) return undefined;
    const challenge = createHash('sha256').update(secret).update(from).digest().subarray(0, 4);
    const answer = question.subarray(infoQuestion.length);
    if (!answer.equals(challenge)) {
      return answer.length === 0 || answer.length === 4
        ? Buffer.concat([connectionless, Buffer.from('A'), challenge])
        : undefined;
    }
    const text = (value: string) => Buffer.from(`${value.replaceAll('\0', '')}\0`);
    const names = [text(state.name), text(state.map), text('rollcall'), text('Rollcall Demo')];
    const appId = Buffer.from([0, 0]);
    const counts = Buffer.from([Math.min(state.players, 255), Math.min(state.maxPlayers, 255), 0]);
    // Dedicated, Linux, no password, no VAC, then the version and no extra data.
    const kind = Buffer.concat([Buffer.from('dl'), Buffer.from([0, 0]), text('1.0.0'), Buffer.from([0])]);
    return Buffer.concat([connectionless, Buffer.from('I'), Buffer.from([17]), ...names, appId, counts, kind]);
  };
}
