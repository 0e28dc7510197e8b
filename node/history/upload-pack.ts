// Answers stock `git clone` and `git fetch` over HTTP: version 0 of git's protocol, which every client speaks.
// Source: https://git-scm.com/docs/pack-protocol
import { RollcallError } from '../base/errors.ts';
import { type EntrySource, readLinks } from './commit-links.ts';
import { oidBytes } from './oid-set.ts';
import { packOf, storedObjects } from './pack.ts';
import { flushPkt, formatPktLine, pktLineBytesMax } from './pkt-line.ts';
import { reachableOids } from './reachable.ts';
import { type DepthChange, depthChange } from './upload-pack-depth.ts';
import { parseUploadPackRequest, type UploadPackRequest } from './upload-pack-request.ts';

export type Ref = readonly [name: string, oid: string];

export type UploadPackDeps = {
  readonly store: EntrySource;
  /** Full names in ascending order; HEAD is refs/heads/main. */
  readonly refs: () => Promise<readonly Ref[]>;
  /** Commits whose parents are not here: clients are told that the history is shallow there. */
  readonly cuts: () => Promise<readonly string[]>;
  /** Whether a commit belongs to our history: the head may have moved since the client saw the refs. */
  readonly isOurs: (oid: string) => Promise<boolean>;
  /** `rollcall/0.1.0` */
  readonly agent: string;
};

/** A client that names this many commits in one round, none of them ours, is told to stop and gets everything. */
export const strangeHavesMax = 1_024;

export class UploadPack {
  readonly #deps: UploadPackDeps;

  constructor(deps: UploadPackDeps) {
    this.#deps = deps;
  }

  /** Body of `GET info/refs?service=git-upload-pack`, behind the `# service` line. */
  async advertise(): Promise<Uint8Array> {
    const refs = await this.#deps.refs();
    const main = refs.find(([name]) => name === 'refs/heads/main');
    const symref = main ? ['symref=HEAD:refs/heads/main'] : [];
    const features = [...capabilities, ...symref, `agent=${this.#deps.agent}`].join(' ');
    const all: Ref[] = main ? [['HEAD', main[1]], ...refs] : [...refs];
    if (all.length === 0) all.push(['capabilities^{}', '0'.repeat(40)]);
    const lines = all.map(([name, oid], i) => formatPktLine(`${oid} ${name}${i === 0 ? `\0${features}` : ''}\n`));
    const shallow = (await this.#deps.cuts()).map(oid => formatPktLine(`shallow ${oid}\n`));
    return Buffer.concat([...lines, ...shallow, flushPkt]);
  }

  /** Answers one `git-upload-pack` request. @throws RollcallError BAD_REQUEST before the first chunk */
  async *answer(body: Uint8Array): AsyncGenerator<Uint8Array> {
    const request = parseUploadPackRequest(body);
    if (!request.ok) throw new RollcallError(request.code, request.message);
    const { wants, depth, end, capabilities: wishes } = request.value;
    await this.#checkWants(wants);
    if (wants.length === 0) return;
    const change = depth === undefined ? { shallow: [], unshallow: [] } : await this.#depthChange(request.value);
    if (depth !== undefined) yield formatDepth(change);
    // A client that asks for a depth reads the shallow commits first and then comes again.
    if (end === 'wants') return;
    const common = await this.#common(request.value.haves);
    const { text, packFollows } = negotiate(request.value, common);
    if (text.length > 0) yield text;
    if (!packFollows) return;
    const pack = this.#pack(request.value, common, change);
    if (wishes.has('side-band-64k')) yield* inSideBand(pack);
    else yield* pack;
  }

  async #checkWants(wants: readonly string[]): Promise<void> {
    const tips = new Set((await this.#deps.refs()).map(([, oid]) => oid));
    for (const oid of wants) {
      if (!tips.has(oid) && !(await this.#deps.isOurs(oid))) {
        throw new RollcallError('BAD_REQUEST', `want: ${oid} is no commit of this list's history`);
      }
    }
  }

  /** No client gets deeper than the history is here. */
  async #depthChange(request: UploadPackRequest): Promise<DepthChange> {
    const { shallow, unshallow } = await depthChange(this.#deps.store, request);
    const cuts = new Set(await this.#deps.cuts());
    return {
      shallow: [...new Set(shallow).union(cuts.difference(new Set(request.shallow)))],
      unshallow: unshallow.filter(oid => !cuts.has(oid)),
    };
  }

  /** Which of the client's commits this store holds too. */
  async #common(haves: readonly string[]): Promise<string[]> {
    const links = await readLinks(this.#deps.store, haves);
    return haves.filter((_, i) => links[i] !== undefined);
  }

  async *#pack(request: UploadPackRequest, haves: readonly string[], change: DepthChange): AsyncGenerator<Uint8Array> {
    const { store } = this.#deps;
    const haveCuts = new Set(request.shallow);
    const wantCuts = haveCuts.difference(new Set(change.unshallow)).union(new Set(change.shallow));
    const oids = await reachableOids(store, { wants: request.wants, haves, haveCuts, wantCuts });
    yield* packOf(oids.length / oidBytes, storedObjects(store, oids));
  }
}

// ofs-delta and no-progress promise nothing: there are no deltas here and no progress is told.
const capabilities = [
  'multi_ack_detailed',
  'no-done',
  'side-band-64k',
  'no-progress',
  'ofs-delta',
  'shallow',
  'object-format=sha1',
];

const formatDepth = ({ shallow, unshallow }: DepthChange): Uint8Array =>
  Buffer.concat([
    ...shallow.map(oid => formatPktLine(`shallow ${oid}\n`)),
    ...unshallow.map(oid => formatPktLine(`unshallow ${oid}\n`)),
    flushPkt,
  ]);

/**
 * One round. A single common commit is enough to be ready: histories that share one share what is behind it.
 * Clients without multi_ack_detailed are told of the first common commit only, as the protocol has it.
 */
function negotiate({ haves, end, capabilities }: UploadPackRequest, common: readonly string[]) {
  const lines: string[] = [];
  const detailed = capabilities.has('multi_ack_detailed');
  const last = common.at(-1) ?? (haves.length >= strangeHavesMax ? haves.at(-1) : undefined);
  let packFollows = end === 'done';
  if (!detailed) {
    lines.push(common.length > 0 ? `ACK ${common[0]}` : 'NAK');
  } else {
    lines.push(...common.map(oid => `ACK ${oid} common`));
    if (end === 'flush' && last !== undefined) lines.push(`ACK ${last} ready`);
    if (end === 'flush' || common.length === 0) lines.push('NAK');
    packFollows ||= last !== undefined && capabilities.has('no-done');
    if (packFollows && last !== undefined && (end === 'flush' || common.length > 0)) lines.push(`ACK ${last}`);
  }
  return { text: Buffer.concat(lines.map(line => formatPktLine(`${line}\n`))), packFollows };
}

/** Band 1 carries the pack, band 3 says why it ends early: by then the HTTP status is long sent. */
async function* inSideBand(pack: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const dataMax = pktLineBytesMax - 5;
  try {
    for await (const chunk of pack) {
      for (let at = 0; at < chunk.length; at += dataMax) {
        yield formatPktLine('\x01', chunk.subarray(at, at + dataMax));
      }
    }
  } catch (error) {
    const text = error instanceof RollcallError ? error.message : 'the node failed to make the pack';
    yield formatPktLine('\x03', `${text}\n`);
    return;
  }
  yield flushPkt;
}
