// People name a peer by the end of its id, as tables show it; the node wants the whole id.
import type { KarmaPage, ServersPage } from '../api/port.ts';
import type { Peer } from '../network/port.ts';
import type { NodeClient } from './client.ts';
import { CliError, exits } from './errors.ts';

/** By its form; the node checks the key inside it. */
const whole = /^12D3KooW[1-9A-HJ-NP-Za-km-z]{44}$/;
const ending = /^…?([1-9A-HJ-NP-Za-km-z]{1,51})$/;
/** 58⁶ is 38 billion: nobody meets two such ends by chance, and people can still type them. */
const endingMin = 6;
/** Say a few of those that it may be, not all. */
const candidatesMax = 5;

/**
 * A whole id is taken as it is: it may be a stranger's. Otherwise the one that this node knows by it, from its list, its
 * connections or its karma.
 * @throws CliError BAD_PEER, NO_SUCH_PEER or AMBIGUOUS_PEER
 */
export async function peerId(given: string, node: NodeClient): Promise<string> {
  if (whole.test(given)) return given;
  const end = ending.exec(given)?.[1] ?? '';
  if (end.length < endingMin) {
    const remedy = `a peer is named by its id (12D3KooW…), or by the last ${endingMin} or more characters of it`;
    throw new CliError(exits.usage, 'BAD_PEER', `"${given}" is no peer id`, remedy);
  }
  const found = [...(await known(node, end))].filter(peer => peer.endsWith(end));
  if (found.length === 1) return found[0]!;
  if (found.length === 0) {
    const remedy = 'name a stranger by its whole id (12D3KooW…)';
    throw new CliError(exits.refused, 'NO_SUCH_PEER', `this node knows no peer whose id ends in "${end}"`, remedy);
  }
  const some = found.slice(0, candidatesMax).join(', ');
  const remedy = `name one by more of its id: ${some}${found.length > candidatesMax ? ', …' : ''}`;
  throw new CliError(exits.refused, 'AMBIGUOUS_PEER', `the ids of ${found.length} peers end in "${end}"`, remedy);
}

async function known(node: NodeClient, ending: string): Promise<Set<string>> {
  const [{ subjects }, { servers }, { peers }] = await Promise.all([
    node.get<KarmaPage>('/karma', { ending }),
    node.get<ServersPage>('/servers', { all: true }),
    node.get<{ peers: Peer[] }>('/peers'),
  ]);
  return new Set([
    ...subjects.map(({ subject }) => subject),
    ...servers.map(({ announcer }) => announcer),
    ...peers.map(peer => peer.peerId),
  ]);
}
