// People name a server by the beginning of its id or by its slug; the node wants the whole id.
import type { ServersPage } from '../api/port.ts';
import type { NodeClient } from './client.ts';
import { CliError, exits } from './errors.ts';
import { shortHash } from './words.ts';

/** Fewer digits would fit half of a large list. */
const idDigitsMin = 4;
/** A slug that many announcers use is no way to name a server: say a few of them, not all. */
const candidatesMax = 10;

/**
 * A whole id is taken as it is: its server may have left. Otherwise the one on the list that it fits.
 * @throws CliError NO_SUCH_SERVER or AMBIGUOUS_SERVER
 */
export async function serverId(given: string, node: NodeClient): Promise<string> {
  if (/^[0-9a-f]{40}$/.test(given)) return given;
  const { servers } = await node.get<ServersPage>('/servers', { all: true });
  const found = servers.filter(
    ({ id, server }) => server === given || (given.length >= idDigitsMin && id.startsWith(given)),
  );
  if (found.length === 1) return found[0]!.id;
  if (found.length === 0 && given.length < idDigitsMin && /^[0-9a-f]+$/.test(given)) {
    const message = `"${given}" is no slug on the list, and too short for an id: give at least ${idDigitsMin} digits`;
    throw new CliError(exits.refused, 'NO_SUCH_SERVER', message);
  }
  if (found.length === 0) {
    const remedy = 'one that left or was barred is found by its whole id, see "rollcall history"';
    throw new CliError(exits.refused, 'NO_SUCH_SERVER', `no server on the list has the id or slug "${given}"`, remedy);
  }
  const ids = found.slice(0, candidatesMax).map(({ id }) => shortHash(id));
  const remedy = `name one by its id: ${ids.join(', ')}${found.length > candidatesMax ? ', …' : ''}`;
  throw new CliError(exits.refused, 'AMBIGUOUS_SERVER', `"${given}" is ${found.length} servers`, remedy);
}
