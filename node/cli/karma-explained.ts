// A score with each term of its formula, each rater and each event: docs/karma.md says what the letters mean.
import type { KarmaGroup, KarmaJson } from '../api/port.ts';
import { hundredths, karmaCell } from './karma-words.ts';
import type { Output } from './output.ts';
import type { Cell, Column } from './table.ts';
import { count, date } from './words.ts';

export function showKarma(karma: KarmaJson, out: Output): void {
  const { subject, own, direct, hearsay, events } = karma;
  const groups = count(hearsay.groups.filter(({ counts }) => counts).length, 'group');
  out.fields([
    ['peer', subject],
    ['karma', karmaCell(karma)],
    ['p, n', `${hundredths(direct.positive)} good and ${hundredths(direct.negative)} bad points, as they weigh now`],
    ['D', `${hundredths(direct.value)} = (p − 4n) / (p + 4n + 20), what this node saw itself`],
    ['c', `${hundredths(direct.confidence)} = (p + 4n) / (p + 4n + 20), how sure it is of that`],
    ['I', `${hundredths(hearsay.value)}, what others say: ${groups} with Σw = ${hundredths(hearsay.weight)}`],
    ['K', own === null ? sum(karma) : `${hundredths(karma.value)}, ${ownWords[own]}`],
  ]);
  if (hearsay.groups.length > 0) {
    out.line('');
    out.table(raterColumns, hearsay.groups.flatMap(groupRows));
  }
  if (events.length === 0) return;
  out.line('');
  out.table(eventColumns, events.map(eventRow));
}

function sum({ value, direct, hearsay }: KarmaJson): string {
  const [c, d, i] = [direct.confidence, direct.value, hearsay.value].map(hundredths);
  return `${hundredths(value)} = c·D + (1 − c)·0.5·I = ${c}·${d} + (1 − ${c})·0.5·${i}`;
}

export const ownWords = {
  preferred: 'because karma.prefer names it; nothing else counts',
  blocked: 'because karma.block names it; nothing else counts',
};

const raterColumns: readonly Column[] = [
  { title: 'GROUP OF RATERS', min: 16 },
  { title: 'D', align: 'right' },
  { title: 'w', align: 'right' },
  { title: 'o', align: 'right' },
  { title: 'COUNTS', min: 8 },
];

/** The group as it counts, and below it each rater: those of one network are one voice. */
function groupRows({ group, weight, value, counts, why, raters }: KarmaGroup): Cell[][] {
  return [
    [{ text: group, style: 'bold' }, '', hundredths(weight), hundredths(value), verdict(counts, why)],
    ...raters.map(it => [
      `  ${it.rater}`,
      hundredths(it.direct),
      hundredths(it.weight),
      // A rater that praises many: what is left of this praise.
      it.scaled === it.value ? hundredths(it.value) : `${hundredths(it.value)} → ${hundredths(it.scaled)}`,
      verdict(it.why === null, it.why),
    ]),
  ];
}

const verdict = (counts: boolean, why: string | null): Cell =>
  counts ? { text: 'yes', style: 'green' } : { text: why === null ? 'no' : `no, ${why}`, style: 'dim' };

const eventColumns: readonly Column[] = [
  { title: 'DATE' },
  { title: 'EVENT' },
  { title: 'POINTS', align: 'right' },
  { title: 'TOLD BY' },
  { title: 'NOTE', min: 8 },
  { title: 'EVIDENCE', min: 8 },
];

function eventRow({ atMs, action, points, source, note, evidence }: KarmaJson['events'][number]): Cell[] {
  const signed = points > 0 ? `+${points}` : String(points);
  const told: Cell = points < 0 ? { text: signed, style: 'red' } : signed;
  return [date(atMs), action, told, source, note ?? '', evidence ?? ''];
}
