// Observations: what an online node saw of game servers when it asked them. One signed batch, gossiped, held for minutes,
// never committed.
import { minute } from '../base/time.ts';
import { fault, type Parsed, type ParseFault } from '../base/verdict.ts';
import type { Signer } from '../identity/keys.ts';
import {
  entriesFault,
  fieldsFault,
  matching,
  oneOf,
  orNull,
  peerId,
  signature,
  textOf,
  time,
  wholeUpTo,
} from './checks.ts';
import { type Form, formatSigned, parseSigned, type Signed, sign, verifySigned } from './signed.ts';

/**
 * One batch. On the wire one line of JSON with these keys in this order, without white space, and a final newline; shown
 * here on several lines:
 *
 *     {"observer":"12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X","issuedAt":1763600000123,"entries":[
 *     {"server":"0123456789abcdef0123456789abcdef01234567","up":true,"players":5,"maxPlayers":16,"map":"oa_dm1",
 *     "version":null,"rttMs":34,"at":1763599999000}],"signature":"…86 characters of base64url…"}
 */
export type Observations = {
  /** libp2p peer id of the node that asked, and signed. */
  readonly observer: string;
  /** Unix milliseconds. */
  readonly issuedAt: number;
  /** In ascending order of `server`, each once. */
  readonly entries: readonly ObservedServer[];
  /** Ed25519, base64url. */
  readonly signature: string;
};

/** What is `null` the server did not say. A server that is down says nothing. */
export type ObservedServer = {
  /** Identity of the server, 40 hex digits. */
  readonly server: string;
  readonly up: boolean;
  readonly players: number | null;
  readonly maxPlayers: number | null;
  readonly map: string | null;
  readonly version: string | null;
  /** From the observer's place. */
  readonly rttMs: number | null;
  /** When it was asked, Unix milliseconds, at most `observationAgeMaxMs` before `issuedAt`. */
  readonly at: number;
};

/** An eighth of what one gossip message may hold, and a hundred typical entries of 140 B. */
export const observationsBytesMax = 16_384;
export const observationEntriesMax = 100;
/** Older ones tell nothing about now. */
export const observationAgeMaxMs = 5 * minute;
/** More players than any game server has held; what claims more is not believed. */
export const observedPlayersMax = 100_000;
export const mapGraphemesMax = 64;
const versionGraphemesMax = 32;
/** No answer is waited for so long. */
const rttMaxMs = minute;

export const formatObservations = (it: Observations): Uint8Array => formatSigned(observationsForm, it);
export const parseObservations = (bytes: Uint8Array): Parsed<Observations> => parseSigned(observationsForm, bytes);
export const verifiedObservations = (it: Observations, bytes: Uint8Array, list: string) =>
  verifySigned(observationsForm, it, bytes, list);

/** Entries may come in any order. @throws RollcallError with the fault's code when a field is out of bounds */
export const observed = (
  fields: Pick<Observations, 'issuedAt' | 'entries'>,
  list: string,
  signer: Signer,
): Signed<Observations> =>
  sign(observationsForm, { ...fields, entries: fields.entries.toSorted(byServer) }, list, signer);

/** Cut into as few batches as their bounds allow. */
export function observationSlices(entries: readonly ObservedServer[]): ObservedServer[][] {
  const slices: ObservedServer[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = Buffer.byteLength(JSON.stringify(entryInOrder(entry))) + 1;
    const last = slices.at(-1);
    if (last && last.length < observationEntriesMax && bytes + size <= observationsBytesMax - headBytes) {
      last.push(entry);
      bytes += size;
    } else {
      slices.push([entry]);
      bytes = size;
    }
  }
  return slices;
}

/** Everything around the entries: observer, time and signature. */
const headBytes = 256;

const byServer = (a: ObservedServer, b: ObservedServer): number => (a.server < b.server ? -1 : 1);

const players = orNull(wholeUpTo(observedPlayersMax));

const entryChecks = {
  server: matching(/^[0-9a-f]{40}$/, 'the id of a server, 40 hex digits'),
  up: oneOf(true, false),
  players,
  maxPlayers: players,
  map: orNull(textOf(mapGraphemesMax)),
  version: orNull(textOf(versionGraphemesMax)),
  rttMs: orNull(wholeUpTo(rttMaxMs)),
  at: time,
} satisfies Record<keyof ObservedServer, unknown>;

const checks = {
  observer: peerId,
  issuedAt: time,
  entries: value => (Array.isArray(value) ? undefined : 'must be a list'),
  signature,
} satisfies Record<keyof Observations, (value: unknown) => string | undefined>;

const answers = ['players', 'maxPlayers', 'map', 'version', 'rttMs'] as const;

function observationsFault(raw: unknown): ParseFault | undefined {
  const wrong = fieldsFault(raw, checks, 'observations');
  if (wrong) return wrong;
  const { issuedAt, entries } = raw as Observations;
  const relation = (entry: ObservedServer, within: string): ParseFault | undefined => {
    const answer = entry.up ? undefined : answers.find(field => entry[field] !== null);
    if (answer) return fault('BAD_FIELD', `${within}${answer}`, 'must be null, for the server is down');
    if (entry.at > issuedAt) return fault('BAD_TIME', `${within}at`, 'is later than issuedAt');
    if (entry.at < issuedAt - observationAgeMaxMs) {
      return fault('BAD_TIME', `${within}at`, 'is more than 5 min before issuedAt');
    }
    return undefined;
  };
  return entriesFault(entries, { checks: entryChecks, key: 'server', min: 1, max: observationEntriesMax, relation });
}

const entryInOrder = ({
  server,
  up,
  players,
  maxPlayers,
  map,
  version,
  rttMs,
  at,
}: ObservedServer): ObservedServer => ({
  server,
  up,
  players,
  maxPlayers,
  map,
  version,
  rttMs,
  at,
});

export const observationsForm: Form<Observations> = {
  name: 'observations',
  bytesMax: observationsBytesMax,
  author: ({ observer }) => observer,
  withAuthor: observer => ({ observer }),
  fault: observationsFault,
  inOrder: ({ observer, issuedAt, entries, signature }) => ({
    observer,
    issuedAt,
    entries: entries.map(entryInOrder),
    signature,
  }),
};
