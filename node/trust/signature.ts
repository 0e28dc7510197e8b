// The one OpenPGP signature of a statement, read strictly before openpgp.js sees it: all that may vary under a valid signature
// (a second packet, other packet types, unsigned subpackets) is refused here.
import { hexOf, numberOf } from '../base/encoding.ts';
import { fault, type Parsed, type ParseFault, parsed } from '../base/verdict.ts';
import { lengthAt, packetTags, parsePackets } from './packet.ts';

/** A version 4 signature packet (RFC 9580, section 5.2.3) as far as it says who made it and when. */
export type SignatureHead = {
  /** 64-bit key id, 16 hex digits: not enough to tell a key by. */
  readonly keyId: string;
  /** Fingerprint of the key or subkey that claims to have signed; gpg since 2.1 and openpgp.js always say. */
  readonly fingerprint: string | undefined;
  /** By the signer's own clock: good for refusing the future, and for nothing else. */
  readonly createdSeconds: number;
};

/** RSA-8192 with a page of notations. */
export const signatureBytesMax = 2_048;

/** SHA-256, SHA-384, SHA-512: what is good enough and stock gpg knows. */
const hashes = new Set([8, 9, 10]);
/** RSA, ECDSA, EdDSA (version 4 keys of gpg) and Ed25519. */
const algorithms = new Set([1, 19, 22, 27]);
const subpackets = { created: 2, expires: 3, issuer: 16, embedded: 32, fingerprint: 33 } as const;

export function parseSignature(bytes: Uint8Array): Parsed<SignatureHead> {
  if (bytes.length > signatureBytesMax) return bad(`is larger than ${signatureBytesMax} bytes`);
  const packets = parsePackets(bytes, 8);
  if (!packets.ok) return bad(packets.message);
  const [packet] = packets.value;
  if (packets.value.length > 1) return fault('TWO_SIGNATURES', 'signature', 'must be one packet');
  if (packet?.tag !== packetTags.signature) return bad('is no signature packet');
  const { body } = packet;
  const [version, type, algorithm, hash] = body;
  if (version !== 4) return bad(`is of version ${version}, not 4`);
  if (type === 1) return fault('TEXT_SIGNATURE', 'signature', 'is one of text, which holds for other line ends too');
  if (type !== 0) return bad(`is of type ${type}, not one of a document`);
  if (!hashes.has(hash!)) return fault('WEAK_HASH', 'signature', 'must use SHA-256, SHA-384 or SHA-512');
  if (!algorithms.has(algorithm!)) return fault('WEAK_ALGORITHM', 'signature', 'must be RSA, ECDSA or EdDSA');
  const signed = readSubpackets(body, 4);
  const unsigned = signed && readSubpackets(body, signed.end);
  if (!unsigned) return bad('has subpackets that are cut short');
  if (!numbersFill(algorithm!, body.subarray(unsigned.end + 2)))
    return bad('has numbers of another length than they say');
  return headOf(signed.all, unsigned.all);
}

const bad = (why: string): ParseFault => fault('BAD_SIGNATURE_PACKET', 'signature', why);

type Subpacket = { readonly type: number; readonly critical: boolean; readonly body: Uint8Array };

function headOf(signed: readonly Subpacket[], unsigned: readonly Subpacket[]): Parsed<SignatureHead> {
  const isIssuer = ({ type }: Subpacket) => type === subpackets.issuer || type === subpackets.fingerprint;
  if (unsigned.some(it => !isIssuer(it) || it.critical)) return bad('says more than its issuer where it is not signed');
  const find = (type: number) => [...signed, ...unsigned].filter(it => it.type === type).map(({ body }) => body);
  const created = find(subpackets.created);
  const issuers = find(subpackets.issuer);
  const fingerprints = find(subpackets.fingerprint);
  if (find(subpackets.embedded).length > 0) return bad('holds another signature');
  if (find(subpackets.expires).length > 0) {
    return fault('EXPIRING_SIGNATURE', 'signature', 'must not expire: what is latest would change by itself');
  }
  if (created.length !== 1 || created[0]!.length !== 4) return bad('must have one time of making');
  if (issuers.length > 1 || fingerprints.length > 1) return bad('names its issuer twice');
  if (issuers.some(({ length }) => length !== 8)) return bad('has a key id that is not 8 bytes');
  if (fingerprints.some(body => body.length !== 21 || body[0] !== 4)) return bad('must be by a key of version 4');
  const fingerprint = fingerprints[0] && hexOf(fingerprints[0].subarray(1));
  const keyId = issuers[0] ? hexOf(issuers[0]) : fingerprint?.slice(-16);
  if (keyId === undefined) return bad('does not name its issuer');
  if (fingerprint !== undefined && fingerprint.slice(-16) !== keyId) return bad('names two issuers');
  return parsed({ keyId, fingerprint, createdSeconds: numberOf(created[0]!) });
}

/** Undefined when a length points past its end. */
function readSubpackets(body: Uint8Array, at: number): { all: Subpacket[]; end: number } | undefined {
  if (at + 2 > body.length) return undefined;
  const end = at + 2 + (body[at]! << 8) + body[at + 1]!;
  if (end > body.length) return undefined;
  const all: Subpacket[] = [];
  for (let from = at + 2; from < end; ) {
    const size = lengthAt(body, from);
    if (!size || size.length === 0 || size.next + size.length > end) return undefined;
    const first = body[size.next]!;
    const next = size.next + size.length;
    all.push({ type: first & 0x7f, critical: first >= 0x80, body: body.subarray(size.next + 1, next) });
    from = next;
  }
  return { all, end };
}

/** The signature proper: 64 bytes for Ed25519, else one number or two, each behind its exact length in bits. */
function numbersFill(algorithm: number, bytes: Uint8Array): boolean {
  if (algorithm === 27) return bytes.length === 64;
  let at = 0;
  for (let numbers = algorithm === 1 ? 1 : 2; numbers > 0; numbers--) {
    if (at + 3 > bytes.length) return false;
    const bits = (bytes[at]! << 8) + bytes[at + 1]!;
    const octets = (bits + 7) >> 3;
    // gpg 2.4 keeps leading zero bytes of EdDSA numbers and counts them in full.
    const bitsOfFirst = bytes[at + 2] === 0 ? 8 : 32 - Math.clz32(bytes[at + 2]!);
    if (bitsOfFirst !== bits - 8 * (octets - 1)) return false;
    at += 2 + octets;
  }
  return at === bytes.length;
}
