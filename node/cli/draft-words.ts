// What a statement would do, for the person who is about to sign it.
import type { DraftDoubts, DraftServer, QuotaRuleJson, ShownDraft } from '../api/port.ts';
import { clipAddress } from './list.ts';
import type { Output } from './output.ts';
import type { Cell, Column } from './table.ts';
import { count, date, shortHash, shortPeer } from './words.ts';

export function showDraft(draft: ShownDraft, out: Output): void {
  const { message, servers, leaves, returns, barred, quotas, doubts } = draft;
  out.line({ text: message.split('\n', 1)[0]!, style: 'bold' });
  const bars = new Set(barred.map(({ id }) => id));
  const groups = [
    // Whoever is barred goes as well; one line says it.
    ['goes', 'red', leaves.filter(({ id }) => !bars.has(id))],
    ['is barred', 'yellow', barred],
    ['comes back', 'green', returns],
  ] as const;
  const rows = groups.flatMap(([text, style, those]) => those.map(it => row({ text, style }, it)));
  if (rows.length > 0) out.table(columns, rows);
  for (const rule of quotas) out.line(quotaWords(rule));
  const changes = `${leaves.length} go, ${barred.length} of them barred, ${returns.length} come back`;
  out.line({ text: `${changes}: ${count(servers, 'server')} afterwards`, style: 'dim' });
  if (doubts.total > 0) out.line({ text: doubtWords(doubts), style: 'yellow' });
}

/** `it vouches for 3 servers that look bad from here (1 red, 2 silent, 0 hidden): Free skins (d67cbe9739), …`. */
function doubtWords({ total, red, silent, hidden, first }: DraftDoubts): string {
  const names = first.map(({ id, name }) => `${name || '(no name)'} (${shortHash(id)})`).join(', ');
  const more = total > first.length ? ', …' : '';
  const counts = `${red} red, ${silent} silent, ${hidden} hidden`;
  const look = total === 1 ? 'looks' : 'look';
  return `it vouches for ${count(total, 'server')} that ${look} bad from here (${counts}): ${names}${more}`;
}

/** `200 places for each network in 203.0.113.0/24: a hoster, until 2027-01-31 00:00 UTC`. */
function quotaWords({ announcer, network, servers, reason, until }: QuotaRuleJson): string {
  const whose = announcer ?? (network?.includes('/') ? `each network in ${network}` : network);
  return `${count(servers, 'place')} for ${whose}: ${reason}${until === null ? '' : `, until ${date(until)}`}`;
}

const columns: readonly Column[] = [
  { title: 'WHAT' },
  { title: 'NAME', min: 10 },
  { title: 'ANNOUNCER' },
  { title: 'ADDRESS', min: 14, cutLast: true, cut: clipAddress },
  { title: 'ID', min: 5 },
];

function row(what: Cell, { id, announcer, name, addresses }: DraftServer): Cell[] {
  const more = addresses.length > 1 ? ` +${addresses.length - 1}` : '';
  return [what, name || '(no name)', shortPeer(announcer), `${addresses[0] ?? ''}${more}`, shortHash(id)];
}
