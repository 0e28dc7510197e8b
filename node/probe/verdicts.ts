// What this node's own probes say of those who announce: who claims players that are not there, who lists what is long dead,
// and who lists what was never his. Pure; each finding counts once in its period.
import { day, hour } from '../base/time.ts';

/** A server that this node asked. */
export type Asked = {
  readonly id: string;
  readonly announcer: string;
  /** Of its first address. */
  readonly host: string;
  /** The /24s and /48s of its addresses. */
  readonly networks: readonly string[];
  /** When its announcer said what he said of it. */
  readonly issuedAt: number;
};

export type Finding = {
  readonly subject: string;
  readonly action: 'false-claim' | 'unreachable' | 'foreign-address';
  /** The same within one period, so that it counts once. */
  readonly id: string;
  readonly evidence: string;
};

/** Players come and go, and an honest count is wrong soon: it is held against nobody after this time. */
export const claimAgeMaxMs = hour / 6;
/** A night without power, a move to another machine: only what lasts longer counts. */
export const deadForMs = 6 * hour;
/** What was not asked for so long tells nothing about today. */
const askedWithinMs = day;
/** Nobody who runs servers in so many networks has none that ever answers. */
export const foreignNetworksMin = 8;
export const foreignSilencesMin = 3;
/** Fewer others do not tell whether it is this node's own network that fails. */
export const witnessesMin = 3;
/** As many ids as evidence has room for. */
const namedMax = 6;
/** Findings told; the oldest are long out of their period. */
const toldMax = 10_000;

type Record = Asked & {
  readonly up: boolean;
  readonly at: number;
  readonly answered: boolean;
  readonly silentSince: number | null;
  readonly silences: number;
};

export class Verdicts {
  readonly #records = new Map<string, Record>();
  readonly #told = new Set<string>();

  /** Notes what a probe found. `lies`: it contradicts what the server claims. */
  note(asked: Asked, { up, at }: { readonly up: boolean; readonly at: number }, lies: boolean): Finding[] {
    const before = this.#records.get(asked.id);
    this.#records.set(asked.id, {
      ...asked,
      ...{ up, at, answered: up || before?.answered === true },
      silentSince: up ? null : (before?.silentSince ?? at),
      silences: up ? 0 : (before?.silences ?? 0) + 1,
    });
    if (!lies || at - asked.issuedAt > claimAgeMaxMs) return [];
    return this.#once([finding(asked.announcer, 'false-claim', Math.floor(at / day), [asked])]);
  }

  /** The server is gone from the list. */
  forget(id: string): void {
    this.#records.delete(id);
  }

  /** What long silences show; to be asked now and then. */
  due(now: number): Finding[] {
    const recent = [...this.#records.values()].filter(({ at }) => now - at < askedWithinMs);
    const answers = hostsOf(recent);
    const total = { hosts: answers.size, up: [...answers.values()].filter(Boolean).length };
    const week = Math.floor(now / (7 * day));
    const findings: Finding[] = [];
    for (const [announcer, records] of Map.groupBy(recent, record => record.announcer)) {
      if (records.some(({ up }) => up) || !networkWorks(total, records, answers)) continue;
      if (records.every(isDead)) findings.push(finding(announcer, 'unreachable', week, records));
      if (areForeign(records)) findings.push(finding(announcer, 'foreign-address', week, records));
    }
    return this.#once(findings);
  }

  #once(findings: readonly Finding[]): Finding[] {
    const fresh = findings.filter(({ subject, id }) => !this.#told.has(`${subject} ${id}`));
    for (const { subject, id } of fresh) {
      if (this.#told.size >= toldMax) this.#told.delete(this.#told.values().next().value!);
      this.#told.add(`${subject} ${id}`);
    }
    return fresh;
  }
}

/** Each host, and whether anything on it answered when it was last asked. */
function hostsOf(records: readonly Record[]): Map<string, boolean> {
  const hosts = new Map<string, boolean>();
  for (const { host, up } of records) hosts.set(host, up || hosts.get(host) === true);
  return hosts;
}

/** Whether enough others answered: if not, the silence may be this node's own. */
function networkWorks(
  total: { readonly hosts: number; readonly up: number },
  suspects: readonly Record[],
  answers: ReadonlyMap<string, boolean>,
): boolean {
  const own = [...new Set(suspects.map(({ host }) => host))];
  const hosts = total.hosts - own.length;
  const up = total.up - own.filter(host => answers.get(host)).length;
  return hosts >= witnessesMin && up * 2 >= hosts;
}

const isDead = ({ silentSince, at }: Record): boolean => silentSince !== null && at - silentSince >= deadForMs;

const areForeign = (records: readonly Record[]): boolean =>
  records.every(({ answered, silences }) => !answered && silences >= foreignSilencesMin) &&
  new Set(records.flatMap(({ networks }) => networks)).size >= foreignNetworksMin;

function finding(subject: string, action: Finding['action'], period: number, servers: readonly Asked[]): Finding {
  const named = servers.slice(0, namedMax).map(({ id }) => id);
  const more = servers.length > namedMax ? ` and ${servers.length - namedMax} more` : '';
  return { subject, action, id: `${action}@${period}`, evidence: `${named.join(' ')}${more}` };
}
