// BZFlag's list server, all of it but the sockets: servers that a question to their own port confirms, and the list.
import { type Address, formatAddress, parseAddress } from '../../base/address.ts';
import { tidyText } from '../../base/text.ts';
import { nameGraphemesMax } from '../../records/announcement.ts';
import { Bars } from '../bars.ts';
import type { Checks } from '../checks.ts';
import type { FamilyDeps } from '../family.ts';
import { isListed, reasons } from '../faults.ts';
import { type Fields, fieldsOf } from '../form.ts';
import type { Request, Answer as Response } from '../http.ts';
import type { Groups, Row } from '../listing.ts';
import {
  emptied,
  filled,
  formatGameInfo,
  formatList,
  type GameInfo,
  isVersion,
  type Listed,
  parseGameInfo,
  parseNamePort,
  plainInfo,
} from './wire.ts';

/** Tokens of 200 players with their addresses, encoded: 70 bytes each. */
export const bodyBytesMax = 16 * 1024;
/** Ten times as many as there ever were; 1 MB. */
const serversMax = 8_192;
/** 0.5 KB each. Past it the one that was silent for longest is shown as other nodes show it: by its number of players. */
const toldMax = 4_096;
/** Of one server: as many as it has slots. */
const tokensMax = 256;
/** What lists ask for that give no version: all. */
const anyVersion = '';

const game = 'bzflag';

export type BzflagDeps = Pick<FamilyDeps, 'registry' | 'groups' | 'barred' | 'counters' | 'monotonic'>;

export class BzflagMaster {
  readonly #deps: BzflagDeps;
  readonly #checks: Checks;
  readonly #keepMs: number;
  readonly #bars: Bars;
  readonly #groups: Groups;
  readonly #lists = new WeakMap<readonly Row[], Buffer>();
  /** Who plays in which team, as servers told it last: announcements leave it out. */
  readonly #told = new Map<string, { readonly info: GameInfo; readonly untilMs: number }>();

  constructor(deps: BzflagDeps, checks: Checks, keepMs: number) {
    this.#deps = deps;
    this.#checks = checks;
    this.#keepMs = keepMs;
    this.#bars = new Bars(deps);
    this.#groups = deps.groups(it => (it.game === game ? [anyVersion, it.attributes.protocol ?? usualVersion] : []));
  }

  /** Whatever the path: `-publiclist` gives the whole address of the page. */
  async answer(request: Request): Promise<Response> {
    const fields = fieldsOf(request);
    if (!fields) return this.#malformed('no form');
    if (this.#bars.has(request.from.host))
      return said('ERROR: Connection attempt rejected: a rule bars this address.\n');
    switch (fields.get('action')) {
      case 'ADD':
        return said(await this.#add(fields, request.from));
      case 'REMOVE':
        return said(this.#remove(fields, request.from));
      case 'LIST':
        return this.#list(fields);
      case 'CHECKTOKENS':
        return said(unknownPlayers(fields));
      // There are no accounts here: whoever logs in is told so, and plays all the same.
      case 'GETTOKEN':
        return said(refusedLogin);
      default:
        return this.#malformed('an action of ADD, REMOVE, LIST, GETTOKEN or CHECKTOKENS is needed');
    }
  }

  async #add(fields: Fields, from: Address): Promise<string> {
    const { registry, counters } = this.#deps;
    counters.add('heartbeats');
    const [nameport = '', version = '', hex = ''] = ['nameport', 'version', 'gameinfo'].map(name => fields.get(name));
    const title = tidyText(fields.get('title') ?? '', nameGraphemesMax);
    const info = parseGameInfo(hex);
    const address = addressOf(nameport, from);
    if (!info || !isVersion(version) || address === 'malformed') {
      counters.add('malformed');
      return `ERROR: ${!info ? 'gameinfo is not 58 digits of hex' : !isVersion(version) ? 'version is not one such as BZFS0221' : 'nameport is not host:port'}\n`;
    }
    const echo = `MSG: ADD ${nameport} ${version} ${hex} ${title}\n`;
    if (address === 'foreign')
      return `${echo}ERROR: Requesting address is ${from.host} while server is at ${nameport}\n`;
    // Groups are made of accounts, and there are none: who shows itself to some groups only is shown to nobody.
    if (!(fields.get('advertgroups') ?? everyone).split(',').includes(everyone))
      return `${echo}ERROR: this list knows no groups: advertise to EVERYONE\n`;
    const found = await this.#checks.check(address);
    if (typeof found !== 'object') return `${echo}failed to connect: ${reasons[found]}\n`;
    const known = registry.has(address);
    const outcome = registry.register(address, from, {
      game,
      name: title,
      version: releaseOf(fields.get('build') ?? ''),
      attributes: { gameinfo: formatGameInfo(emptied(info)), protocol: version },
    });
    if (!isListed(outcome)) return `${echo}ERROR: ${reasons[outcome]}\n`;
    this.#tell(address, info);
    return `${echo}MSG: ${known ? 'updating' : 'adding'} ${nameport}\n${unknownPlayers(fields)}ADD ${nameport}\n`;
  }

  #remove(fields: Fields, from: Address): string {
    const nameport = fields.get('nameport') ?? '';
    const address = addressOf(nameport, from);
    if (address === 'malformed') return 'ERROR: nameport is not host:port\n';
    if (address === 'foreign') return `ERROR: Requesting address is ${from.host} while server is at ${nameport}\n`;
    this.#checks.cancel(address);
    this.#told.delete(formatAddress(address));
    this.#deps.registry.withdraw(address);
    return `MSG: REMOVE request from ${nameport}\nREMOVE: ${nameport}\n`;
  }

  #tell(address: Address, info: GameInfo): void {
    const key = formatAddress(address);
    this.#told.delete(key);
    this.#told.set(key, { info, untilMs: this.#deps.monotonic() + this.#keepMs });
    if (this.#told.size > toldMax) this.#told.delete(this.#told.keys().next().value!);
  }

  #list(fields: Fields): Response {
    this.#deps.counters.add('queries');
    const rows = this.#groups.get(fields.get('version') ?? anyVersion);
    const kept = this.#lists.get(rows);
    const servers = kept ?? Buffer.from(formatList(rows.flatMap(row => this.#listed(row)).slice(0, serversMax)));
    if (!kept) this.#lists.set(rows, servers);
    const login = fields.get('callsign') && fields.get('password') ? Buffer.from(refusedLogin) : undefined;
    return { status: 200, headers, body: login ? Buffer.concat([login, servers]) : servers };
  }

  /** The game speaks IPv4 and names. */
  #listed({ addresses, attributes, observed, name }: Row): Listed[] {
    const address = addresses.map(text => parseAddress(text)).find(it => it.ok && it.value.kind !== 'ipv6');
    const version = attributes.protocol ?? usualVersion;
    if (!address?.ok || !isVersion(version)) return [];
    const told = this.#told.get(formatAddress(address.value));
    const usual = parseGameInfo(attributes.gameinfo ?? '') ?? plainInfo(observed?.maxPlayers ?? 0);
    const info = told && told.untilMs > this.#deps.monotonic() ? told.info : filled(usual, observed?.players ?? 0);
    const { host, port } = address.value;
    return [{ host, port, version, info, title: name }];
  }

  #malformed(why: string): Response {
    this.#deps.counters.add('malformed');
    return { status: 400, headers, body: `ERROR: ${why}\n` };
  }
}

const headers = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-cache' };
const said = (body: string): Response => ({ status: 200, headers, body });
const everyone = 'EVERYONE';
/** The protocol of all releases since 2.4; servers that somebody announced by hand say none. */
const usualVersion = 'BZFS0221';
const refusedLogin = 'NOTOK: this list knows no accounts\n';

/** Where a server is listed: its own name for itself may be a name, and is listed by the address that it speaks from. */
function addressOf(nameport: string, from: Address): Address | 'malformed' | 'foreign' {
  const it = parseNamePort(nameport);
  if (!it) return 'malformed';
  const isIp = /^[0-9.]+$/.test(it.name);
  return isIp && it.name !== '0.0.0.0' && it.name !== from.host ? 'foreign' : { ...from, port: it.port };
}

/** `bob@203.0.113.9=12345678`, one a line: who a player is nobody here can tell. */
function unknownPlayers(fields: Fields): string {
  const callsigns = (fields.get('checktokens') ?? '')
    .split(/[\r\n]+/, tokensMax)
    .map(line => line.split(/[@=]/, 1)[0]!);
  return callsigns
    .filter(callsign => callsign !== '')
    .map(callsign => `UNK: ${callsign}\n`)
    .join('');
}

/** `2.4.26` of `2.4.26.20230103-MAINT-linux-gnu-SDL2`. */
const releaseOf = (build: string): string => /^[0-9]+\.[0-9]+\.[0-9]+/.exec(build)?.[0] ?? '';
