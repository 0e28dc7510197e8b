// rollcall peers: who the node is connected to.
import type { Command } from 'commander';
import type { Peer } from '../network/port.ts';
import type { Cli } from './cli.ts';
import { action } from './command.ts';
import type { Cell, Column } from './table.ts';
import { count, duration } from './words.ts';

export function addPeers(program: Command, cli: Cli): void {
  program
    .command('peers')
    .description('who the node is connected to')
    .action(
      action(cli, async ({ out, node, now }) => {
        const answer = await node.get<{ peers: Peer[] }>('/peers');
        out.result(answer, () => {
          const { peers } = answer;
          if (peers.length > 0) {
            out.table(
              columns,
              peers.map(peer => row(peer, now)),
            );
          }
          out.line({ text: count(peers.length, 'peer'), style: 'dim' });
        });
      }),
    );
}

const columns: readonly Column[] = [
  { title: 'PEER', min: 16 },
  { title: 'DIRECTION' },
  { title: 'FOR', align: 'right' },
  { title: 'PING', align: 'right' },
  { title: 'SCORE', align: 'right' },
  { title: 'AGENT', min: 8 },
  { title: 'ADDRESS', min: 16 },
];

function row({ peerId, direction, connectedAt, rttMs, score, agent, addresses }: Peer, now: number): Cell[] {
  return [
    peerId,
    direction,
    duration(now - connectedAt),
    rttMs === null ? '' : `${Math.round(rttMs)} ms`,
    score < 0 ? { text: score.toFixed(1), style: 'red' } : score.toFixed(1),
    agent ?? '',
    // Its end only repeats the peer id.
    addresses[0]?.replace(/\/p2p\/\w+$/, '') ?? '',
  ];
}
