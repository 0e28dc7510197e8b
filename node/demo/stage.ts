// The game servers of the demo: small ones in this process, announced by the nodes.
import { identityOf } from '../records/announcement.ts';
import { type Part, understudies } from './cast.ts';
import { type GameServer, startGameServer } from './game-server.ts';
import type { NodeClient } from './node-client.ts';
import { type Action, type Actor, type Changed, nextAction, opening } from './script.ts';

/** A node that announces. */
export type Announcer = {
  readonly name: string;
  readonly peerId: string;
  readonly client: Pick<NodeClient, 'announce' | 'withdraw'>;
};

export type StageDeps = {
  /** At least one. */
  readonly announcers: readonly Announcer[];
  /** Something about the server with this id is about to be announced. */
  readonly sending: (id: string) => void;
  readonly random: () => number;
  readonly signal: AbortSignal;
};

type Running = { actor: Actor; readonly game: GameServer; readonly announcer: Announcer };

export class Stage implements AsyncDisposable {
  readonly #deps: StageDeps;
  readonly #running = new Map<string, Running>();
  /** A part comes back through the node that announced it before: announced by another, it would be another server. */
  readonly #announcerOf = new Map<Part, Announcer>();
  #waiting: readonly Part[] = understudies;

  constructor(deps: StageDeps) {
    this.#deps = deps;
  }

  /** Starts a game server and has the next node in turn announce it. */
  async join(part: Part): Promise<Announcer> {
    const { random, signal, announcers } = this.#deps;
    const actor = opening(part, random);
    const { name, map, players } = actor;
    const game = await startGameServer({ protocol: part.protocol, maxPlayers: part.maxPlayers, name, map, players });
    if (signal.aborted) await game.close();
    signal.throwIfAborted();
    const announcer = this.#announcerOf.get(part) ?? announcers[this.#announcerOf.size % announcers.length]!;
    this.#announcerOf.set(part, announcer);
    const running = { actor, game, announcer };
    this.#running.set(part.server, running);
    this.#waiting = this.#waiting.filter(each => each !== part);
    await this.#announce(running);
    return announcer;
  }

  /** Whatever the script has next. */
  async goOn(): Promise<void> {
    const actors = [...this.#running.values()].map(({ actor }) => actor);
    await this.#perform(nextAction(actors, this.#waiting, this.#deps.random));
  }

  async #perform(action: Action): Promise<void> {
    if (action.do === 'join') await this.join(action.part);
    else if (action.do === 'leave') await this.#leave(this.#running.get(action.server)!);
    else await this.#change(this.#running.get(action.server)!, action.to);
  }

  async #leave({ actor: { part }, game, announcer }: Running): Promise<void> {
    this.#running.delete(part.server);
    this.#waiting = [...this.#waiting, part];
    this.#deps.sending(identityOf(announcer.peerId, part.server));
    await Promise.all([game.close(), announcer.client.withdraw(part.server)]);
  }

  async #change(running: Running, to: Changed): Promise<void> {
    running.actor = { ...running.actor, ...to };
    running.game.set(to);
    if ('name' in to) await this.#announce(running);
  }

  async #announce({ actor: { part, name }, game, announcer }: Running): Promise<void> {
    this.#deps.sending(identityOf(announcer.peerId, part.server));
    const { server, country } = part;
    const request = { server, game: part.game, name, addresses: [game.address], attributes: { country } };
    await announcer.client.announce(request);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ game }) => game.close()));
  }
}
