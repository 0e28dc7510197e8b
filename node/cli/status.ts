// rollcall status: what the node is, what it holds, and whether it agrees with the others.
import type { Command } from 'commander';
import type { Status } from '../api/port.ts';
import type { Cli } from './cli.ts';
import { action } from './command.ts';
import type { Output } from './output.ts';
import { statementWords } from './statement-words.ts';
import { ago, count, duration } from './words.ts';

export function addStatus(program: Command, cli: Cli): void {
  program
    .command('status')
    .description('role, addresses, tree, latest statement, peers and sync state')
    .action(
      action(cli, async ({ out, node, now }) => {
        const status = await node.get<Status>('/status');
        out.result(status, () => show(status, out, now));
      }),
    );
}

function show(status: Status, out: Output, now: number): void {
  const { sync } = status;
  const refused = Object.entries(status.refused).map(([code, times]) => {
    const meaning = refusals[code];
    return `${times} ${code}${meaning === undefined ? '' : ` (${meaning})`}`;
  });
  out.fields([
    ['peer', status.peerId],
    ['role', `${status.role}, rollcall ${status.version}, up ${duration(now - status.startedAt)}`],
    ['list', status.list],
    ...status.addresses.map((address): [string, string] => ['listens on', address]),
    ['http', status.http],
    ['servers', `${status.servers}, ${status.announced} announced here`],
    ['tree', status.tree],
    ['head', status.head ?? '(no commit yet)'],
    ['deny rules', denyWords(status.deny)],
    ['uncommitted', status.uncommitted === 0 ? '' : count(status.uncommitted, 'change')],
    ['statement', statementWords(status.statement)],
    ['signed by', status.statement === null ? '' : `${status.statement.signer}, ${status.statement.fingerprint}`],
    ['warning', { text: status.freshness.warning ?? '', style: 'red' }],
    ['peers', String(status.peers)],
    ['sync', syncWords(sync, now)],
    ['refused', refused.join(', ')],
  ]);
}

/** What strangers announce, and why it is not let in; whatever else there is, its code says. */
const refusals: Readonly<Record<string, string>> = {
  STALE: 'older than what is held',
  EXPIRED: 'had run out',
  DENIED: 'barred by a rule',
  ROLLED_BACK: 'from before a rollback',
  OVER_QUOTA: 'no place left',
  TOO_OFTEN: 'more than gossip may bring',
  FROM_THE_FUTURE: 'dated ahead of this clock',
  EQUIVOCATION: 'two at one time',
};

function denyWords({ own, maintainers }: Status['deny']): string {
  const theirs = maintainers === 0 ? [] : [`${maintainers} of the maintainers`];
  const ours = own === 0 ? [] : [`${own} of this node's own (it lists less than others, by choice)`];
  return [...theirs, ...ours].join(', ');
}

function syncWords({ state, lastAt, inSyncWith, nothingToTake }: Status['sync'], now: number): string {
  if (state === 'alone') return 'alone: no peer to compare with';
  const last = lastAt === null ? 'not compared yet' : `compared ${ago(lastAt, now)}`;
  const unlike = nothingToTake === 0 ? '' : `, nothing to take from ${nothingToTake} whose list differs`;
  return `${state}, same list as ${count(inSyncWith, 'peer')}${unlike}, ${last}`;
}
