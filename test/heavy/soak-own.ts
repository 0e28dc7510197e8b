// Servers that the nodes of the soak announce themselves, with what each node acknowledged: that has to be there in the end.
import type { AnnouncementJson, ServerRow } from '../../node/api/port.ts';
import type { NodeProcess } from '../processes.ts';
import type { SoakNode } from './soak-network.ts';

/** What a node said of a server, and what it was asked since without having answered. */
type Server = { state: 'up' | 'left'; issuedAt: number; asked: 'up' | 'left' | undefined };

const leaves = 0.25;

export class OwnServers {
  /** Requests that were acknowledged. */
  acknowledged = 0;
  readonly #perNode: number;
  readonly #random: () => number;
  readonly #held = new Map<SoakNode, Map<string, Server>>();
  /** Killed, and not yet asked what they still know. */
  readonly #lost = new Set<SoakNode>();

  constructor(perNode: number, random: () => number) {
    this.#perNode = perNode;
    this.#random = random;
  }

  /** Announces all servers of a node that is new. */
  async begin(node: SoakNode): Promise<void> {
    for (let n = 0; n < this.#perNode; n++) await this.#ask(node, `s${n}`, 'up');
  }

  /** Announces, changes or withdraws one server of a node. */
  async change(node: SoakNode): Promise<void> {
    const name = `s${Math.floor(this.#random() * this.#perNode)}`;
    const up = this.#held.get(node)?.get(name)?.state === 'up';
    await this.#ask(node, name, up && this.#random() < leaves ? 'left' : 'up');
  }

  /** @throws Error when the node says no; one that was killed meanwhile has said nothing */
  async #ask(node: SoakNode, name: string, wanted: 'up' | 'left'): Promise<void> {
    const running = node.process;
    if (!running || this.#lost.has(node)) return;
    const servers = this.#held.get(node) ?? new Map<string, Server>();
    this.#held.set(node, servers);
    const server: Server = servers.get(name) ?? { state: 'left', issuedAt: 0, asked: undefined };
    // Of two requests under way neither is known to be the last.
    if (server.asked !== undefined) return;
    servers.set(name, server);
    server.asked = wanted;
    try {
      const { state, issuedAt } = wanted === 'up' ? await announce(running, node, name) : await withdraw(running, name);
      Object.assign(server, { state, issuedAt, asked: undefined });
      this.acknowledged++;
    } catch (error) {
      // `asked` stays: it may have happened or not, and `settle` finds out.
      if (node.process !== running) return;
      throw error;
    }
  }

  /** It is about to be killed: nothing is asked of it until `settle`. */
  lost(node: SoakNode): void {
    this.#lost.add(node);
  }

  /** After a restart: what was acknowledged is there, and what was asked for is known now. */
  settle(node: SoakNode, rows: readonly ServerRow[]): string[] {
    const faults = this.missing(node, rows);
    const up = upOf(rows, node);
    for (const [name, server] of this.#held.get(node) ?? []) {
      const issuedAt = up.get(name);
      Object.assign(server, { state: issuedAt === undefined ? 'left' : 'up', asked: undefined });
      server.issuedAt = issuedAt ?? server.issuedAt;
    }
    this.#lost.delete(node);
    return faults;
  }

  /** What a list lacks, or still has, of what a node acknowledged, in words. */
  missing(node: SoakNode, rows: readonly ServerRow[]): string[] {
    const up = upOf(rows, node);
    return [...(this.#held.get(node) ?? [])].flatMap(([name, { state, issuedAt, asked }]) => {
      const now = up.get(name);
      const allowed = [state, asked ?? state];
      if (!allowed.includes(now === undefined ? 'left' : 'up'))
        return [`${name} of ${node.name} was acknowledged as ${state}, now it is ${now === undefined ? 'left' : 'up'}`];
      if (now !== undefined && now < issuedAt)
        return [`${name} of ${node.name}: ${issuedAt} was acknowledged, the list has ${now}`];
      return [];
    });
  }
}

const upOf = (rows: readonly ServerRow[], { process }: SoakNode): Map<string, number> => {
  const up = rows.filter(({ announcer, state }) => announcer === process?.peerId && state === 'up');
  return new Map(up.map(({ server, issuedAt }) => [server, issuedAt]));
};

let changes = 0;

async function announce(to: NodeProcess, { role }: SoakNode, server: string): Promise<AnnouncementJson> {
  const addresses = [`10.5${role.number % 10}.0.${server.slice(1)}:27960`];
  const body = { game: 'openarena', name: `Own ${server}, change ${++changes}`, addresses, server };
  return (await to.send<{ announcement: AnnouncementJson }>('POST', '/announcements', body)).announcement;
}

const withdraw = (from: NodeProcess, server: string): Promise<AnnouncementJson> =>
  from.send('DELETE', `/announcements/${server}`);
