// Throws mutated messages at a gateway and watches what it sends, what it keeps and what it lists. `npm test` throws some
// thousand, test/heavy/gateways-fuzz.ts a million.
import type { Address } from '../node/base/address.ts';
import type { GatewayWorld } from './gateways.ts';

export type Target = {
  readonly world: GatewayWorld;
  readonly receive: (from: Address, bytes: Buffer) => void;
  /** Messages to begin with: real ones. */
  readonly seeds: readonly Buffer[];
  /** Whether this answer is a list told to a client whose protocol knows no challenge: it has a limit of its own. */
  readonly isList?: (answer: Buffer) => boolean;
  /** The sender's address is known to be his own, as over TCP: answers may be larger than what came. */
  readonly proved?: boolean;
};

export type Report = {
  readonly packets: number;
  readonly answers: number;
  readonly lists: number;
  /** Answers to one packet that were together larger than it, lists left out. */
  readonly larger: number;
  /** Lists told above the limit for one source. */
  readonly overtold: number;
  readonly announced: number;
};

/** As `listRate` has it, and one more for the beginning of the time. */
const listsPerSource = (ms: number): number => 5 + ms / 3_000 + 1;
/** Sources that mutated messages come from: enough to share, few enough to meet their limits. */
const sourcesCount = 1_000;

/** The same messages for the same seed. */
export async function fuzz(
  { world, receive, seeds, isList = () => false, proved = false }: Target,
  packets: number,
  seed = 1,
): Promise<Report> {
  const next = randomOf(seed);
  const begin = world.now;
  const told = new Map<string, number>();
  const report = { packets, answers: 0, lists: 0, larger: 0, overtold: 0, announced: 0 };
  for (let i = 0; i < packets; i++) {
    const source = next(sourcesCount);
    const host = `8.8.${source >> 8}.${source & 0xff}`;
    const bytes = mutated(seeds[next(seeds.length)]!, next);
    receive({ kind: 'ipv4', host, port: 1 + next(65_535) }, bytes);
    let size = 0;
    let lists = 0;
    for (const answer of world.sent.splice(0)) {
      report.answers++;
      if (isList(answer.bytes)) lists++;
      else size += answer.bytes.length;
    }
    if (size > bytes.length && !proved) report.larger++;
    if (lists > 0) {
      report.lists++;
      told.set(host, (told.get(host) ?? 0) + 1);
      if (told.get(host)! > listsPerSource(world.now - begin)) report.overtold++;
    }
    if (i % 100 === 99) await world.pass(100);
  }
  return { ...report, announced: world.said.length };
}

/** One to eight changes: a bit, a byte, a cut, a repetition, a piece of another kind. */
function mutated(seed: Buffer, next: (below: number) => number): Buffer {
  let bytes = Buffer.from(seed);
  for (let changes = next(8); changes >= 0; changes--) {
    const at = next(bytes.length + 1);
    const kind = next(6);
    if (kind === 0 && at < bytes.length) bytes[at]! ^= 1 << next(8);
    else if (kind === 1 && at < bytes.length) bytes[at] = next(256);
    else if (kind === 2) bytes = bytes.subarray(0, at);
    else if (kind === 3) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(next(at + 1))]);
    else if (kind === 4)
      bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(words[next(words.length)]!), bytes.subarray(at)]);
    else bytes = Buffer.concat([bytes, Buffer.alloc(next(64), next(256))]);
  }
  return bytes.subarray(0, 4_096);
}

/** What parsers trip over. */
const words = [
  '\\',
  '\\\\',
  '\0',
  '\n',
  ' ',
  '-1',
  '99999999999',
  '^1',
  '\u{202e}',
  'gametype=',
  'ipv6',
  '"',
  '\xff\xff\xff\xff',
];

/** xorshift32. */
function randomOf(seed: number): (below: number) => number {
  let state = seed | 1;
  return below => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
