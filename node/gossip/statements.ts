// How statements travel: each new one by gossip as the raw commit, and on request all that a node has kept, so that a
// newcomer knows the latest word, and the rollbacks before it, before it takes anything else.
import { RollcallError } from '../base/errors.ts';
import { second } from '../base/time.ts';
import { fault, type Parsed, parsed, type Verdict } from '../base/verdict.ts';
import type { Network } from '../network/port.ts';
import { statementBytesMax } from '../trust/statement.ts';
import { statementsTopic } from './topics.ts';

export const statementsProtocol = (list: string): string => `/rollcall/${list}/kept-statements/1`;

/** Statements in one answer: as many as are kept of one key. */
const answerItemsMax = 128;
const answerBytesMax = 1024 * 1024;
const requestTimeoutMs = 10 * second;

export type StatementGossipDeps = {
  readonly network: Pick<Network, 'join' | 'publish' | 'serve' | 'request'>;
  readonly listName: string;
  /** Judges the bytes of one commit, and acts on it when it is new. `from` may have its objects. */
  readonly receive: (bytes: Uint8Array, from: string) => Promise<Verdict>;
  /** Raw commits, the latest first. */
  readonly kept: () => readonly Uint8Array[];
};

export class StatementGossip {
  readonly #deps: StatementGossipDeps;

  constructor(deps: StatementGossipDeps) {
    this.#deps = deps;
    const { network, listName, receive } = deps;
    network.join(statementsTopic(listName), receive);
    network.serve(statementsProtocol(listName), async () => formatKept(deps.kept()), { requestBytesMax: 0 });
  }

  publish(bytes: Uint8Array): Promise<void> {
    return this.#deps.network.publish(statementsTopic(this.#deps.listName), bytes);
  }

  /** Takes from a peer what it has kept. @throws RollcallError when the peer fails or breaks the protocol */
  async ask(peer: string): Promise<void> {
    const { network, listName, receive } = this.#deps;
    const answer = await network.request(peer, statementsProtocol(listName), new Uint8Array(), {
      answerBytesMax,
      timeoutMs: requestTimeoutMs,
    });
    const kept = parseKept(answer);
    if (!kept.ok) throw new RollcallError(kept.code, kept.message);
    for (const bytes of kept.value) {
      const verdict = await receive(bytes, peer);
      // Who kept it never judged it: whatever else he sends is not worth the work.
      if (verdict.action === 'reject')
        throw new RollcallError(verdict.code, 'it keeps what is no statement of this list');
    }
  }
}

/** Each commit as `<length, 2 bytes, big endian><commit>`, as many as fit. */
export function formatKept(commits: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let size = 0;
  for (const commit of commits.slice(0, answerItemsMax)) {
    size += 2 + commit.length;
    if (size > answerBytesMax) break;
    const length = Buffer.alloc(2);
    length.writeUInt16BE(commit.length);
    parts.push(length, commit);
  }
  return Buffer.concat(parts);
}

export function parseKept(answer: Uint8Array): Parsed<Uint8Array[]> {
  const bytes = Buffer.from(answer.buffer, answer.byteOffset, answer.length);
  const commits: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = at + 2 <= bytes.length ? bytes.readUInt16BE(at) : 0;
    if (length === 0 || length > statementBytesMax)
      return fault('BAD_ANSWER', `byte ${at}`, 'is no length of a statement');
    if (at + 2 + length > bytes.length) return fault('BAD_ANSWER', `byte ${at}`, 'promises more than is there');
    if (commits.length === answerItemsMax) return fault('BAD_ANSWER', 'statements', `are more than ${answerItemsMax}`);
    commits.push(Uint8Array.from(bytes.subarray(at + 2, at + 2 + length)));
    at += 2 + length;
  }
  return parsed(commits);
}
