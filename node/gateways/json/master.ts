// The plain JSON list, all of it but the sockets.
import { type Address, formatAddress } from '../../base/address.ts';
import { fromUtf8 } from '../../base/bytes.ts';
import { messageOf } from '../../base/errors.ts';
import type { Checks } from '../checks.ts';
import type { FamilyDeps } from '../family.ts';
import { Faults, isListed, reasons } from '../faults.ts';
import type { Request, Answer as Response } from '../http.ts';
import type { Groups, Row } from '../listing.ts';
import { type Announce, formatList, ownQuery, parseAnnounce } from './wire.ts';

/** More than an announcement has room for. */
export const bodyBytesMax = 4 * 1024;
/** 3 MB. */
const serversMax = 8_192;

export type JsonDeps = Pick<FamilyDeps, 'registry' | 'groups' | 'isAsked' | 'counters' | 'monotonic' | 'log'>;

export class JsonMaster {
  readonly #deps: JsonDeps;
  readonly #checks: Checks;
  readonly #faults: Faults;
  readonly #groups: Groups;
  readonly #lists = new WeakMap<readonly Row[], Buffer>();

  constructor(deps: JsonDeps, checks: Checks, keepMs: number) {
    this.#deps = deps;
    this.#checks = checks;
    this.#faults = new Faults(keepMs);
    this.#groups = deps.groups(({ game }) => [game]);
  }

  answer(request: Request): Response {
    const { method, path, query } = request;
    const reads = method === 'GET' || method === 'HEAD';
    if (path === '/announce')
      return method === 'POST' ? this.#announced(request) : refused(405, 'POST an announcement here');
    if (path !== '/list') return refused(404, 'there are POST /announce and GET /list?game=…');
    if (!reads) return refused(405, 'GET the list');
    const game = query.get('game');
    return game ? this.#list(game) : refused(400, 'say which game: /list?game=…');
  }

  #announced({ from, body }: Request): Response {
    const { counters, registry, monotonic, log } = this.#deps;
    counters.add('heartbeats');
    const text = fromUtf8(body);
    const announce = text === undefined ? 'the body is not UTF-8' : this.#spoken(parseAnnounce(text));
    if (typeof announce === 'string') {
      counters.add('malformed');
      return refused(400, announce);
    }
    const address = { ...from, port: announce.port };
    const place = formatAddress(address);
    if (announce.state === 'left') {
      this.#checks.cancel(address);
      registry.withdraw(address);
      return told(200, { address: place, state: 'left' });
    }
    this.#confirm(address, from, announce).catch(error => log(`${place}: ${messageOf(error)}`));
    // What came of this one is told with the next: the server may have to send its datagram back first.
    const fault = this.#faults.get(address, monotonic());
    if (fault !== undefined) return told(409, { address: place, state: 'refused', reason: fault });
    return registry.has(address)
      ? told(200, { address: place, state: 'listed' })
      : told(202, { address: place, state: 'asked' });
  }

  /** A protocol that nodes do not speak would leave the server without players for ever. */
  #spoken(announce: Announce | string): Announce | string {
    if (typeof announce === 'string') return announce;
    const { query = ownQuery } = announce.attributes;
    if (this.#deps.isAsked(query)) return announce;
    return `attributes.query "${query}" is no protocol that nodes ask in: name a game of gamedig's, such as q3a, or leave it out`;
  }

  async #confirm(address: Address, from: Address, announce: Announce): Promise<void> {
    const { registry, monotonic } = this.#deps;
    const found = await this.#checks.check(address);
    if (found === 'cancelled') return;
    const { game, name, version, tags, attributes } = announce;
    const query = { query: ownQuery };
    const outcome =
      typeof found === 'string'
        ? found
        : registry.register(address, from, { game, name, version, tags, attributes: { ...query, ...attributes } });
    if (isListed(outcome)) this.#faults.delete(address);
    else this.#faults.set(address, reasons[outcome], monotonic());
  }

  #list(game: string): Response {
    this.#deps.counters.add('queries');
    const rows = this.#groups.get(game);
    // Of no server there is no list to keep: any name may be asked for.
    if (rows.length === 0) return { status: 200, headers: open, body: formatList(game, []) };
    const kept = this.#lists.get(rows) ?? Buffer.from(formatList(game, rows.slice(0, serversMax)));
    this.#lists.set(rows, kept);
    return { status: 200, headers: open, body: kept };
  }
}

const type = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-cache' };
/** Games that run in a browser may read the list from any page: it is public, and nothing here depends on who asks. */
const open = { ...type, 'access-control-allow-origin': '*' };
const told = (status: number, answer: object): Response => ({
  status,
  headers: type,
  body: `${JSON.stringify(answer)}\n`,
});
const refused = (status: number, error: string): Response => told(status, { error });
