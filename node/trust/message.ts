// What a maintainer says: a commit message that ends in a block of strict trailers.
import { isOid } from '../base/encoding.ts';
import { textFault } from '../base/text.ts';
import { fault, type Parsed, type ParseFault, parsed } from '../base/verdict.ts';

/**
 * The message of a statement. Its subject, then paragraphs if there are any, then exactly these trailers:
 *
 *     rollback 13: bots from one network
 *
 *     Rollcall-List: inexor
 *     Rollcall-Sequence: 13
 *     Rollcall-Kind: rollback
 *     Rollcall-Records: sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
 *     Rollcall-Previous: sha256:60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752
 *     Rollcall-Rollback-To: 2fb1c53c5b2bd1d1b7e4ab0a4a5a26bcd6cd92d6
 */
export type Orders = {
  /** Which list it speaks of. */
  readonly list: string;
  /** The highest one known is in force. */
  readonly sequence: number;
  readonly kind: 'checkpoint' | 'rollback';
  /** SHA-256 over the list's announcements in path order, in hex. */
  readonly records: string;
  /** Payload digest of the statement before it, or null for none. */
  readonly previous: string | null;
  /** The commit whose list came back; null for checkpoints. */
  readonly rollbackTo: string | null;
};

export type Message = Orders & {
  /** First line. */
  readonly subject: string;
  /** What stands between subject and trailers; mostly nothing. */
  readonly text: string;
};

/** Git's own tools cut subjects at 72 and pages at about 100; a reason for a rollback may be longer. */
export const subjectGraphemesMax = 200;
/** Paragraphs are often written in one line. */
export const lineGraphemesMax = 1_000;

export function formatMessage({ subject, text, ...orders }: Message): string {
  return `${[subject, ...(text === '' ? [] : [text]), trailersOf(orders).join('\n')].join('\n\n')}\n`;
}

const trailersOf = ({ list, sequence, kind, records, previous, rollbackTo }: Orders): string[] => [
  `Rollcall-List: ${list}`,
  `Rollcall-Sequence: ${sequence}`,
  `Rollcall-Kind: ${kind}`,
  `Rollcall-Records: sha256:${records}`,
  `Rollcall-Previous: ${previous === null ? 'none' : `sha256:${previous}`}`,
  ...(rollbackTo === null ? [] : [`Rollcall-Rollback-To: ${rollbackTo}`]),
];

/** Accepts exactly what `formatMessage` gives for fields within their bounds. */
export function parseMessage(message: string): Parsed<Message> {
  const wrong = (why: string) => fault('BAD_MESSAGE', 'message', why);
  if (!message.endsWith('\n')) return wrong('must end in a newline');
  const paragraphs = message.slice(0, -1).split('\n\n');
  for (const paragraph of paragraphs) {
    // Two blank lines in a row, or one at either end.
    if (paragraph === '' || paragraph.startsWith('\n') || paragraph.endsWith('\n')) {
      return wrong('must be paragraphs with one blank line between them');
    }
  }
  const bad = linesFault(message.slice(0, -1).split('\n'));
  if (bad) return bad;
  const [subject, ...rest] = paragraphs as [string, ...string[]];
  if (subject.includes('\n')) return fault('BAD_MESSAGE', 'line 2', 'must be blank');
  const trailers = rest.pop();
  if (trailers === undefined) return fault('BAD_TRAILER', 'Rollcall-List', 'is missing: there are no trailers');
  const stray = [subject, ...rest].flatMap(text => text.split('\n')).find(line => /^\s*rollcall-/i.test(line));
  if (stray) return fault('UNKNOWN_TRAILER', stray.slice(0, 40), 'stands outside of the block of trailers');
  const orders = parseTrailers(trailers.split('\n'));
  return orders.ok ? parsed({ subject, text: rest.join('\n\n'), ...orders.value }) : orders;
}

function linesFault(lines: readonly string[]): ParseFault | undefined {
  for (const [i, line] of lines.entries()) {
    // Lists and quotes are indented.
    const reason = textFault(line.replace(/^ {0,16}(?=\S)/, ''), i === 0 ? subjectGraphemesMax : lineGraphemesMax);
    if (reason !== undefined) return fault('BAD_MESSAGE', `line ${i + 1}`, reason);
    if (line.includes('-----BEGIN ') || line.includes('-----END ')) {
      return fault('BAD_MESSAGE', `line ${i + 1}`, 'holds the marker line of an armor');
    }
  }
  return undefined;
}

/** In their order. */
const names = ['List', 'Sequence', 'Kind', 'Records', 'Previous', 'Rollback-To'].map(name => `Rollcall-${name}`);

function parseTrailers(lines: readonly string[]): Parsed<Orders> {
  const values: string[] = [];
  for (const [i, line] of lines.entries()) {
    const [, name = '', value = ''] = /^([A-Za-z-]+): (.*)$/.exec(line) ?? [];
    if (!names.includes(name)) return fault('UNKNOWN_TRAILER', line.slice(0, 40), 'has no place among the trailers');
    if (name !== names[i]) return fault('BAD_TRAILER', name, `is out of order: expected ${names[i] ?? 'the end'}`);
    values.push(value);
  }
  const [list, sequence, kind, records, previous, rollbackTo] = values;
  const wrong = (name: string, form: string) => fault('BAD_TRAILER', `Rollcall-${name}`, `must be ${form}`);
  if (!isListName(list ?? '')) return wrong('List', 'the name of a list');
  if (!/^[1-9]\d{0,15}$/.test(sequence ?? '') || !Number.isSafeInteger(Number(sequence))) {
    return wrong('Sequence', 'a whole number from 1 to 2^53 - 1');
  }
  if (kind !== 'checkpoint' && kind !== 'rollback') return wrong('Kind', 'checkpoint or rollback');
  if (!digestForm.test(records ?? '')) return wrong('Records', 'sha256: and 64 hex digits');
  if (previous !== 'none' && !digestForm.test(previous ?? '')) return wrong('Previous', 'sha256:… or none');
  if (kind === 'rollback' ? !isOid(rollbackTo ?? '') : rollbackTo !== undefined) {
    return wrong('Rollback-To', 'a commit for rollbacks, and not there for checkpoints');
  }
  return parsed({
    list: list!,
    sequence: Number(sequence),
    kind,
    records: hexOf(records!),
    previous: previous === 'none' ? null : hexOf(previous!),
    rollbackTo: rollbackTo ?? null,
  });
}

const isListName = (text: string): boolean => /^[a-z0-9][a-z0-9._-]{0,63}$/.test(text);
const digestForm = /^sha256:[0-9a-f]{64}$/;
const hexOf = (digest: string): string => digest.slice('sha256:'.length);
