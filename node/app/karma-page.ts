// A page of everybody who is no stranger to this node, the worst first, or of those whose ids end alike.
import type { KarmaPage, KarmaQuery, KarmaSummary } from '../api/port.ts';
import type { Ledger } from '../karma/ledger.ts';
import type { Tier, Tiers } from '../karma/score.ts';
import { type Standings, thousandths } from '../karma/standings.ts';

export type KarmaPageDeps = {
  readonly ledger: Pick<Ledger, 'get'>;
  readonly standings: Pick<Standings, 'between' | 'size' | 'subjects'>;
  readonly brief: (subject: string) => Pick<KarmaSummary, 'value' | 'tier'>;
  readonly tiers: Tiers;
};

const limitDefault = 100;
/** Rows that do not match after all, as they changed since they were put in order, are few: no page looks at more. */
const strayMax = 1_000;

export function karmaPage(deps: KarmaPageDeps, query: KarmaQuery): KarmaPage {
  const { ledger, standings, brief } = deps;
  const limit = query.limit ?? limitDefault;
  const rowOf = (subject: string): KarmaSummary => {
    return { subject, ...brief(subject), events: ledger.get(subject)?.events.length ?? 0 };
  };
  const matches = ({ value, tier }: KarmaSummary): boolean =>
    (query.tier === undefined || tier === query.tier) && (query.below === undefined || value < query.below);
  const page = (subjects: KarmaSummary[], next: string | null) => ({ remembered: standings.size, subjects, next });
  if (query.ending !== undefined)
    return page(endingOn(query.ending, standings).map(rowOf).filter(matches).slice(0, limit), null);

  const rows: KarmaSummary[] = [];
  let looked = 0;
  for (const [subject, score] of inOrder(deps, query)) {
    const row = rowOf(subject);
    if (matches(row)) rows.push(row);
    if (rows.length === limit || ++looked === limit + strayMax) return page(rows, `${score}.${subject}`);
  }
  return page(rows, null);
}

/** From where the page before ended. */
function inOrder({ standings, tiers }: KarmaPageDeps, { cursor, tier, below }: KarmaQuery) {
  const [low, high] = rangeOf(tier, tiers);
  const [, score, subject] = /^(-?\d+)\.(\w+)$/.exec(cursor ?? '') ?? [];
  const last = below === undefined ? high : Math.min(high, thousandths(below));
  return score === undefined
    ? standings.between(low, last)
    : standings.between(Math.max(low, Number(score)), last, subject);
}

/** In thousandths; where two tiers meet, both. */
function rangeOf(tier: Tier | undefined, { red, green }: Tiers): readonly [low: number, high: number] {
  if (tier === 'red') return [-1_000, thousandths(red)];
  if (tier === 'green') return [thousandths(green), 1_000];
  return tier === 'yellow' ? [thousandths(red), thousandths(green)] : [-1_000, 1_000];
}

const endingOn = (ending: string, standings: KarmaPageDeps['standings']): string[] => {
  const found: string[] = [];
  for (const subject of standings.subjects()) if (subject.endsWith(ending)) found.push(subject);
  return found;
};
