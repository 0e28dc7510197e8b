// Commands to paste into a shell of POSIX: what is prepared here is what the command line takes.
import type { DenyRuleJson } from '../api/types.ts';

/** As one word, whatever is in it. */
export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;

const command = (...words: readonly string[]): string => ['rollcall', ...words].map(shellWord).join(' ');

export const denyCommand = (announcer: string, reason: string, until: Span): string =>
  command('deny', 'add', '--announcer', announcer, '--reason', reason, ...(until === '' ? [] : ['--until', until]));

/** The one thing that a rule bars. */
export function denySubject({ announcer, address, game }: DenyRuleJson): Record<string, string> {
  if (announcer !== null) return { announcer };
  return address !== null ? { address } : { game: game ?? '' };
}

export const takeBackCommand = (rule: DenyRuleJson): string =>
  command('deny', 'remove', ...Object.entries(denySubject(rule)).flatMap(([kind, value]) => [`--${kind}`, value]));

export const rateCommand = (peer: string, action: string, note: string): string =>
  command('rate', peer, action, ...(note === '' ? [] : ['--note', note]));

export function rollbackCommand(commit: string, announcer: string, reason: string, dryRun: boolean): string {
  const options = ['--reason', reason, '--deny-announcer', announcer, ...(dryRun ? ['--dry-run'] : [])];
  return command('rollback', commit, ...options);
}

/** What ships in config.default.json, what was done by hand first; a node may have others. */
export const actions = [
  ...['good-match', 'kicked', 'cheat-ban', 'team-kill-kick', 'false-claim', 'foreign-address', 'port-scan'],
  ...['invalid-message', 'equivocation', 'unreachable', 'good-connection', 'fair-play', 'appeal', 'forgive'],
] as const;

/** How long a rule may be chosen to hold; the empty one has no end. In the words of the command line. */
export const spans = ['', '1d', '7d', '30d'] as const;
export type Span = (typeof spans)[number];

const dayMs = 86_400_000;

export const endAfter = (span: Span, nowMs: number): number | undefined =>
  span === '' ? undefined : nowMs + Number.parseInt(span, 10) * dayMs;

/** Only what can be nothing else than the id of a node gets into a command. */
export const isPeerId = (text: string): boolean => /^12D3KooW[1-9A-HJ-NP-Za-km-z]{44}$/.test(text);
