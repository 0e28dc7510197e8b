// OpenPGP's text form (RFC 9580, section 6): base64 between two marker lines. A signature in a statement must be in the one
// form that gpg writes, so that no header, line break or checksum of an armor can be varied under a valid signature.
import { base64, fromBase64 } from '../base/encoding.ts';
import { fault, type Parsed, parsed } from '../base/verdict.ts';

export type ArmorKind = 'SIGNATURE' | 'PUBLIC KEY BLOCK' | 'PRIVATE KEY BLOCK';

/** What gpg and Sequoia write. */
const lineLength = 64;

const beginOf = (kind: ArmorKind): string => `-----BEGIN PGP ${kind}-----`;
const endOf = (kind: ArmorKind): string => `-----END PGP ${kind}-----`;

/** The canonical lines: marker, blank, base64 in lines of 64, checksum, marker. */
export function armorLines(kind: ArmorKind, bytes: Uint8Array): string[] {
  const lines = base64(bytes).match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? [];
  return [beginOf(kind), '', ...lines, `=${checksumOf(bytes)}`, endOf(kind)];
}

/** Strict: accepts exactly what `armorLines` gives. */
export function parseArmor(kind: ArmorKind, lines: readonly string[]): Parsed<Uint8Array> {
  if (lines[0] !== beginOf(kind)) return fault('BAD_ARMOR', 'armor', `must begin with ${beginOf(kind)}`);
  if (lines[1] !== '') {
    return /^[A-Za-z-]+: /.test(lines[1] ?? '')
      ? fault('ARMOR_HEADER', 'armor', 'must not have headers (gpg: --no-comments --no-emit-version)')
      : fault('BAD_ARMOR', 'armor', 'must have a blank line behind its first');
  }
  if (lines.at(-1) !== endOf(kind)) return fault('BAD_ARMOR', 'armor', `must end with ${endOf(kind)}`);
  const checksum = lines.at(-2)!;
  // One signature has one armor; and some versions of gpg need the checksum (https://dev.gnupg.org/T7071).
  if (!checksum.startsWith('=')) return fault('BAD_CHECKSUM', 'armor', 'has no checksum line');
  const bytes = fromBase64(lines.slice(2, -2).join(''));
  const canonical = bytes && armorLines(kind, bytes);
  if (!canonical || lines.slice(2, -2).join('\n') !== canonical.slice(2, -2).join('\n')) {
    return fault('BAD_ARMOR', 'armor', `is not base64 in lines of ${lineLength}`);
  }
  return checksum === canonical.at(-2) ? parsed(bytes) : fault('BAD_CHECKSUM', 'armor', 'has a wrong checksum');
}

/**
 * For files that people hand over: every block of one kind, whatever stands around them. Headers, line lengths, CRLF and a
 * missing checksum are let pass; a wrong checksum or anything that is not base64 is not.
 */
export function readBlocks(kind: ArmorKind, text: string): Parsed<Uint8Array[]> {
  const blocks: Uint8Array[] = [];
  const lines = text.split(/\r?\n/).map(line => line.trimEnd());
  for (let at = lines.indexOf(beginOf(kind)); at >= 0; at = lines.indexOf(beginOf(kind), at + 1)) {
    const end = lines.indexOf(endOf(kind), at);
    if (end < 0) return fault('BAD_ARMOR', 'armor', `has no line ${endOf(kind)}`);
    let body = lines.slice(at + 1, end);
    while (/^[A-Za-z-]+: /.test(body[0] ?? '')) body = body.slice(1);
    if (body[0] === '') body = body.slice(1);
    const checksum = body.at(-1)?.startsWith('=') ? body.pop() : undefined;
    const bytes = fromBase64(body.join(''));
    if (!bytes) return fault('BAD_ARMOR', 'armor', 'is not base64');
    if (checksum !== undefined && checksum !== `=${checksumOf(bytes)}`) {
      return fault('BAD_CHECKSUM', 'armor', 'has a wrong checksum: the file is damaged');
    }
    blocks.push(bytes);
  }
  return parsed(blocks);
}

/** CRC-24 of RFC 9580, section 6.1.1, in base64: it finds accidents and stops nobody. */
function checksumOf(bytes: Uint8Array): string {
  let crc = 0xb704ce;
  for (const byte of bytes) {
    crc ^= byte << 16;
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc & 0x800000 ? 0x1864cfb : 0);
  }
  return base64(Uint8Array.of(crc >> 16, crc >> 8, crc));
}
