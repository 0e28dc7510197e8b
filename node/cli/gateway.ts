// rollcall gateway list: the native master protocols that the node speaks, and what they have done.
import type { Command } from 'commander';
import { minute, second } from '../base/time.ts';
import type { GatewayStatus } from '../gateways/family.ts';
import type { Cli } from './cli.ts';
import { action } from './command.ts';
import type { Cell, Column } from './table.ts';
import { count } from './words.ts';

export function addGateway(program: Command, cli: Cli): void {
  const gateway = program.command('gateway').description('native master server protocols that the node speaks');
  gateway
    .command('list')
    .description('which run here, where, and their counters')
    .action(
      action(cli, async ({ out, node }) => {
        const answer = await node.get<{ gateways: GatewayStatus[] }>('/gateways');
        out.result(answer, () => {
          const { gateways } = answer;
          if (gateways.length > 0) out.table(columns, gateways.map(row));
          out.line({ text: count(gateways.length, 'gateway'), style: 'dim' });
        });
      }),
    );
}

const columns: readonly Column[] = [
  { title: 'FAMILY' },
  { title: 'LISTENS ON' },
  { title: 'SERVERS', align: 'right' },
  { title: 'TIME-OUT', align: 'right' },
  { title: 'COUNTERS', min: 16 },
];

const row = ({ family, transport, address, registered, timeoutMs, counters }: GatewayStatus): Cell[] => [
  family,
  `${transport} ${address}`,
  String(registered),
  timeOut(timeoutMs),
  Object.entries(counters)
    .map(([name, number]) => `${name} ${number}`)
    .join(', '),
];

/** Exact: a protocol's time-out of 90 s is not "1 min". */
const timeOut = (ms: number): string => (ms % minute === 0 ? `${ms / minute} min` : `${ms / second} s`);
