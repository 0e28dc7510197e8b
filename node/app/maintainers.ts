// The maintainers' part of a node: the statements it keeps, the one in force, and what peers say about newer ones.
import type { Freshness, KeyJson, PublishRequest, SignatureWord, StatementAge, StatementJson } from '../api/port.ts';
import { RollcallError } from '../base/errors.ts';
import type { Clock } from '../base/time.ts';
import { gather } from '../gossip/gather.ts';
import type { Head } from '../gossip/protocols.ts';
import type { StatementGossip } from '../gossip/statements.ts';
import { encodeObject } from '../history/objects.ts';
import type { Store } from '../history/store.ts';
import { statedAt } from '../trust/order.ts';
import { parseStatement } from '../trust/statement.ts';
import type { VerifiedStatement } from '../trust/verified.ts';
import type { Adopter } from './adopter.ts';
import { objectsIn } from './examine.ts';
import type { StatementBook } from './statement-book.ts';

export type MaintainersDeps = {
  readonly book: StatementBook;
  readonly adopter: Adopter;
  readonly gossip: Pick<StatementGossip, 'ask' | 'publish'>;
  readonly store: Pick<Store, 'write' | 'objects' | 'hasMany'>;
  /** Peers connected now. */
  readonly peers: () => readonly string[];
  readonly serversMax: number;
  readonly pause: () => Promise<void>;
  readonly clock: Clock;
};

/** One peer that claims more may lie, or know another maintainer; several are a sign of being cut off. */
const peersAheadMin = 2;

/** Of so many peers one will have it. */
const askedAtOnceMax = 3;

export class Maintainers {
  readonly #deps: MaintainersDeps;
  /** The latest sequence that each peer claims, and the latest at which it was asked for all that it has kept. */
  readonly #claims = new Map<string, { readonly sequence: number; readonly askedFor: string | undefined }>();

  constructor(deps: MaintainersDeps) {
    this.#deps = deps;
  }

  /** A peer told its latest statement: what is new to us is taken, and adopted, before anything else of it. */
  async heard(peer: string, { sequence, digest }: NonNullable<Head['statement']>): Promise<void> {
    const { book, adopter, gossip, peers } = this.#deps;
    const connected = new Set(peers());
    for (const known of this.#claims.keys()) if (!connected.has(known)) this.#claims.delete(known);
    const asked = this.#claims.get(peer)?.askedFor;
    const known = book.get(digest);
    // One that came by gossip may stand above a rollback that was missed. A peer that cannot help is asked but once.
    const mayHelp = known ? asked !== digest && book.hasGapBelow(known) : true;
    this.#claims.set(peer, { sequence, askedFor: mayHelp ? digest : asked });
    if (known) await book.receive(known.statement.bytes, peer);
    if (mayHelp) await gossip.ask(peer);
    await adopter.settle();
  }

  /** What a key signed that is trusted only now was not worth keeping before, and the next comparison of lists may be a minute away. */
  async #askAround(): Promise<void> {
    const { gossip, adopter, peers } = this.#deps;
    for (const peer of peers().slice(0, askedAtOnceMax)) {
      // Who does not answer is asked again when lists are compared.
      await gossip.ask(peer).catch(() => {});
      await adopter.settle();
    }
  }

  head(): Head['statement'] {
    const statement = this.#deps.adopter.latest?.statement;
    return statement ? { sequence: statement.sequence, digest: statement.digest } : null;
  }

  age(): StatementAge | null {
    const verified = this.#deps.adopter.statement;
    if (!verified) return null;
    const { statement, signer, fingerprint } = verified;
    const { sequence, kind, oid } = statement;
    return { sequence, ageMs: Math.max(0, this.#deps.clock() - statedAt(verified)), kind, signer, fingerprint, oid };
  }

  freshness(): Freshness {
    const { peers, adopter } = this.#deps;
    const connected = new Set(peers());
    const inForce = adopter.statement?.statement.sequence ?? 0;
    const ahead = [...this.#claims].flatMap(([peer, { sequence }]) =>
      connected.has(peer) && sequence > inForce ? [sequence] : [],
    );
    const highestClaimed = ahead.length === 0 ? null : Math.max(...ahead);
    const { latest } = adopter;
    const pending = latest && adopter.stateOf(latest).state === 'pending' ? adopter.stateOf(latest).reason : undefined;
    const warning =
      pending !== undefined
        ? `statement ${latest!.statement.sequence} is known, but not in force here: ${pending}`
        : ahead.length >= peersAheadMin
          ? `${ahead.length} peers know a newer statement (up to ${highestClaimed}) that this node cannot get or does not trust: check its keys and its connections`
          : null;
    return { peersAhead: ahead.length, highestClaimed, warning };
  }

  statements(): StatementJson[] {
    const { book } = this.#deps;
    const pairs = new Map(
      book.equivocations().flatMap(([a, b]) => [
        [a.statement.digest, b.statement.digest],
        [b.statement.digest, a.statement.digest],
      ]),
    );
    return book.all().map(verified => this.#json(verified, pairs.get(verified.statement.digest) ?? null));
  }

  /** What to say of the signature of a statement in the history. */
  signature(digest: string): SignatureWord {
    const verified = this.#deps.book.get(digest);
    if (!verified) {
      const reason = 'it was checked when it came; newer statements have taken its place';
      return { status: 'good', reason, why: { code: 'replaced', values: {} } };
    }
    const { trusted, state, reason, why } = this.#stateOf(verified);
    return { status: trusted ? 'good' : 'untrusted', reason: `${state}: ${reason}`, why };
  }

  async keys(): Promise<KeyJson[]> {
    return this.#deps.book.keys();
  }

  async addKey(armored: string): Promise<KeyJson[]> {
    const added = await this.#deps.book.addKeys(armored);
    await this.#deps.adopter.settle();
    void this.#askAround();
    return (await this.keys()).filter(({ fingerprint }) => added.includes(fingerprint));
  }

  async removeKey(fingerprint: string): Promise<void> {
    await this.#deps.book.removeKey(fingerprint);
    await this.#deps.adopter.settle();
  }

  /** @throws RollcallError OBJECTS_MISSING, REFUSED, BAD_STATEMENT */
  async publish({ commit, objects = [] }: PublishRequest): Promise<{ statement: StatementJson; adopted: boolean }> {
    const { book, adopter, gossip, store } = this.#deps;
    const bytes = new Uint8Array(Buffer.from(commit, 'base64'));
    const read = parseStatement(bytes);
    if (!read.ok)
      throw new RollcallError('BAD_STATEMENT', `this is no signed statement: ${read.message} (${read.code})`);
    await store.write(
      objects.map(({ type, body }) => {
        const { oid, entry } = encodeObject(type, Buffer.from(body, 'base64'));
        return { space: 'objects', put: oid, value: entry };
      }),
    );
    await this.#needObjects(read.value.tree);
    // Refused before it is known: it would use up its sequence, and every node would have to find out by itself.
    const examined = await adopter.examine(read.value);
    if (!examined.ok) throw new RollcallError('REFUSED', `the statement cannot be adopted: ${examined.message}`);
    const verdict = await book.receive(bytes, '');
    if (verdict.action !== 'accept' && verdict.code !== 'KNOWN') throw refused(verdict.code);
    // The others fetch what they lack while this node adopts.
    await Promise.all([gossip.publish(bytes), adopter.settle()]);
    const statement = this.statements().find(({ digest }) => digest === read.value.digest)!;
    return { statement, adopted: statement.state === 'adopted' };
  }

  /** Everything that the tree names must be here before its statement is told to anybody. */
  async #needObjects(tree: string): Promise<void> {
    const { store, serversMax, pause } = this.#deps;
    const missing: string[] = [];
    const found = await gather(tree, {
      ...objectsIn(store),
      // There is nobody to ask but whoever publishes: what would be asked for is told.
      peers: () => ['publisher'],
      fetch: async (_, oids) => {
        missing.push(...oids);
        return oids.map(() => null);
      },
      serversMax,
      pause,
    });
    if (!found.ok && missing.length === 0) throw new RollcallError('BAD_STATEMENT', found.message);
    if (!found.ok) {
      throw new RollcallError('OBJECTS_MISSING', `${missing.length} objects of the statement's tree are not here`, {
        remedy: 'publish it from within the repository that holds them, by the name of its ref',
        details: { missing: [...new Set(missing)] },
      });
    }
  }

  #stateOf(verified: VerifiedStatement): Pick<StatementJson, 'trusted' | 'state' | 'reason' | 'why'> {
    const { book, adopter } = this.#deps;
    const trusted = book.isTrusted(verified);
    const { state, reason } = adopter.stateOf(verified);
    const code = state === 'superseded' && !trusted ? 'untrusted' : state;
    return { trusted, state, reason, why: { code, values: {} } };
  }

  #json(verified: VerifiedStatement, equivocation: string | null): StatementJson {
    const { digest, oid, sequence, kind, rollbackTo, subject, message } = verified.statement;
    const { signer, fingerprint } = verified;
    return {
      ...{ digest, oid, sequence, kind, rollbackTo, subject, message },
      atMs: statedAt(verified),
      ...{ signer, fingerprint },
      ...this.#stateOf(verified),
      equivocation,
    };
  }
}

const refused = (code: string): RollcallError =>
  new RollcallError('REFUSED', reasons[code] ?? `the statement is refused: ${code}`);

const reasons: Readonly<Record<string, string>> = {
  WRONG_LIST: 'the statement speaks of another list (Rollcall-List)',
  UNKNOWN_KEY: 'the statement is signed by a key that this node does not trust: rollcall keys add <file.asc>',
  KEY_EXPIRED: 'the key that signed has expired',
  KEY_REVOKED: 'the key that signed was revoked',
  EQUIVOCATION: 'this key has signed two other statements with this sequence already',
  SEQUENCE_JUMP: 'the sequence is too far above that of the last statement',
  TOO_OLD: 'newer statements of this key have taken its place',
  BAD_SIGNATURE: 'the signature does not hold',
  FROM_THE_FUTURE: 'the statement is dated in the future: check the clock of the machine that signed',
};
