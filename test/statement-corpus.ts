// Statements that nobody signed: the good vectors, mutated. The same seed gives the same corpus.
import { readdirSync, readFileSync } from 'node:fs';

export type Mutant = {
  readonly bytes: Uint8Array;
  /** The mutations, one after another: `swapLines, flipBit`. */
  readonly how: string;
};

const folder = new URL('vectors/statements/', import.meta.url);

/** The statements of the vectors that are accepted. */
export const goodStatements: readonly Buffer[] = readdirSync(folder)
  .filter(name => name.startsWith('good--') && name.endsWith('.json'))
  .sort()
  .map(name => Buffer.from((JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as { text: string }).text));

/** No mutant is one of the good ones again. */
export function* mutants(count: number, seed: number): Generator<Mutant> {
  const dice = diceOf(seed);
  const good = new Set(goodStatements.map(it => it.toString('latin1')));
  for (let made = 0; made < count; ) {
    let text = dice.pick([...good]);
    const how: string[] = [];
    for (let left = 1 + dice.below(3); left > 0; left--) {
      const name = dice.pick(Object.keys(mutations));
      how.push(name);
      text = mutations[name]!(text, dice);
    }
    if (good.has(text)) continue;
    made++;
    yield { bytes: new Uint8Array(Buffer.from(text, 'latin1')), how: how.join(', ') };
  }
}

type Dice = { below(limit: number): number; pick<T>(from: readonly T[]): T };

/** Mulberry32: small, and the same everywhere. */
function diceOf(seed: number): Dice {
  let state = seed;
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) % limit;
  };
  return { below, pick: from => from[below(from.length)]! };
}

/** On bytes, one to a character. */
type Mutation = (text: string, dice: Dice) => string;

const splice = (text: string, at: number, cut: number, paste: string): string =>
  text.slice(0, at) + paste + text.slice(at + cut);

const onLines =
  (change: (lines: string[], at: number, dice: Dice) => void): Mutation =>
  (text, dice) => {
    const lines = text.split('\n');
    change(lines, dice.below(lines.length), dice);
    return lines.join('\n');
  };

const inserting =
  (...pieces: readonly string[]): Mutation =>
  (text, dice) =>
    splice(text, dice.below(text.length + 1), 0, dice.pick(pieces));

const oid = '6'.repeat(40);
const evil = 'Eve <eve@example.org> 1763600000 +0000';
const headers = [
  `tree ${oid}`,
  `parent ${oid}`,
  `author ${evil}`,
  `committer ${evil}`,
  'encoding ISO-8859-1',
  `mergetag object ${oid}`,
  'gpgsig x',
  'gpgsigfoo bar',
  'gpgsig-sha256 -----BEGIN PGP SIGNATURE-----',
  ' and so on',
  '',
];
const trailers = [
  'Rollcall-List: elsewhere',
  'Rollcall-Sequence: 99',
  'Rollcall-Kind: rollback',
  `Rollcall-Rollback-To: ${oid}`,
  'Rollcall-Deny: everybody',
  'Signed-off-by: Eve <eve@example.org>',
];
const begin = '-----BEGIN PGP SIGNATURE-----';
const end = '-----END PGP SIGNATURE-----';
const signatureForm = /gpgsig (?:.*\n)(?: .*\n)*/;

const mutations: Readonly<Record<string, Mutation>> = {
  flipBit: (text, dice) => {
    const at = dice.below(text.length || 1);
    return splice(text, at, 1, String.fromCharCode((text.charCodeAt(at) || 0) ^ (1 << dice.below(8))));
  },
  anyByte: (text, dice) => splice(text, dice.below(text.length || 1), 1, String.fromCharCode(dice.below(256))),
  dropByte: (text, dice) => splice(text, dice.below(text.length || 1), 1, ''),
  letter: (text, dice) => {
    const letters = [...text.matchAll(/[a-z0-9]/g)];
    return letters.length === 0 ? text : splice(text, dice.pick(letters).index, 1, dice.pick([...'abcdef0123456789']));
  },
  cut: (text, dice) => text.slice(0, dice.below(text.length + 1)),
  swapLines: onLines((lines, at, dice) => {
    const other = dice.below(lines.length);
    [lines[at], lines[other]] = [lines[other]!, lines[at]!];
  }),
  repeatLine: onLines((lines, at) => lines.splice(at, 0, lines[at]!)),
  dropLine: onLines((lines, at) => lines.splice(at, 1)),
  moveLine: onLines((lines, at, dice) => lines.splice(dice.below(lines.length), 0, ...lines.splice(at, 1))),
  joinLines: onLines((lines, at) => lines.splice(at, 2, lines.slice(at, at + 2).join(''))),
  header: onLines((lines, _, dice) => lines.splice(dice.below(Math.max(lines.indexOf(''), 1)), 0, dice.pick(headers))),
  trailer: onLines((lines, _, dice) => lines.splice(lines.length - 1 - dice.below(7), 0, dice.pick(trailers))),
  graft: (text, dice) => {
    const other = dice.pick(goodStatements).toString('latin1').split('\n');
    const lines = text.split('\n');
    return [...lines.slice(0, dice.below(lines.length)), ...other.slice(dice.below(other.length))].join('\n');
  },
  otherSignature: (text, dice) =>
    text.replace(signatureForm, () => signatureForm.exec(dice.pick(goodStatements).toString('latin1'))![0]),
  otherPayload: (text, dice) => {
    const mine = signatureForm.exec(text)?.[0] ?? '';
    return dice
      .pick(goodStatements)
      .toString('latin1')
      .replace(signatureForm, () => mine);
  },
  signatureTwice: text => text.replace(signatureForm, all => all + all),
  signatureFirst: text => (signatureForm.exec(text)?.[0] ?? '') + text.replace(signatureForm, ''),
  signatureAfterTree: text => text.replace(/\n(.*?)(gpgsig (?:.*\n)(?: .*\n)*)/s, '\n$2$1'),
  white: inserting('\r', ' ', '\t', '\0', '\v', '\x7f', '\n', '\r\n', '\n\n'),
  hidden: inserting(
    '\xc2\xa0',
    '\xe2\x80\x8b',
    '\xe2\x80\xae',
    '\xef\xbb\xbf',
    '\xcc\x81',
    '\xed\xa0\x80',
    '\xc0\xaf',
    '\xff',
  ),
  carriageReturns: text => text.replaceAll('\n', '\r\n'),
  moreNewlines: text => `${text}\n`,
  armorHeader: (text, dice) =>
    text.replace(`${begin}\n`, `${begin}\n ${dice.pick(['Comment: x', 'Version: 1', 'Hash: SHA1'])}\n`),
  armorSpace: (text, dice) =>
    text.replace(dice.pick([begin, end]), line => dice.pick([`${line} `, ` ${line}`, `${line}\t`])),
  armorUnchecked: text => text.replace(/\n =.{4}\n/, '\n'),
  armorOneLine: text => text.replace(/([A-Za-z0-9+/]{64})\n /g, '$1'),
  armorRewrapped: (text, dice) =>
    text.replace(/\n ([A-Za-z0-9+/]{64})\n /, (_, line: string) => {
      const at = 1 + dice.below(63);
      return `\n ${line.slice(0, at)}\n ${line.slice(at)}\n `;
    }),
  armorTwice: text => text.replace(` ${end}\n`, ` ${end}\n ${begin}\n \n iQ==\n ${end}\n`),
  armorInMessage: inserting(`\n${end}\n`, `\n${begin}\n`),
  sequence: (text, dice) =>
    text.replace(
      /(Rollcall-Sequence: )(.*)/,
      (_, name: string, value: string) =>
        name +
        dice.pick(['0', '01', '1e3', `${value}0`, `${2n ** 53n}`, `-${value}`, `${value} `, String(Number(value) + 1)]),
    ),
  capitals: onLines((lines, at) => {
    lines[at] = lines[at]!.toUpperCase();
  }),
};
