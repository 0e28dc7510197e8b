// Statements of sound form that are refused for their signature, for the key behind it, or for where and when they arrive.
import { enums } from 'openpgp';
import {
  armored,
  atSeconds,
  commitOf,
  type How,
  headOf,
  keyFile,
  messageOf,
  packetOf,
  person,
  signed,
} from './forge.ts';
import type { Case } from './make.ts';

const refused = (expect: string, title: string, how: How): Case => ({
  expect,
  title,
  commit: signed(undefined, undefined, how),
});
const packets = (expect: string, title: string, packet: Uint8Array): Case => ({
  expect,
  title,
  commit: commitOf(headOf(), armored(packet), messageOf()),
});
const rewritten = (title: string, message: string, how: How = {}): Case => ({
  expect: 'BAD_SIGNATURE',
  title,
  commit: packetOf(Buffer.from(`${headOf()}\n\n${messageOf()}`), how).then(it =>
    commitOf(headOf(), armored(it), message),
  ),
});

const payload = Buffer.from(`${headOf()}\n\n${messageOf()}`);
const good = Buffer.from(await packetOf(payload));
const byAnother = Buffer.from(await packetOf(payload, { by: 'rsa' }));
const literal = Buffer.from([0xcb, 7, 0x62, 0, 0, 0, 0, 0, 0x61]);

/** Bytes of the packet's body, which begins behind a header of three, changed. */
const changed = (at: number, byte: number): Buffer => {
  const bytes = Buffer.from(good);
  bytes[3 + at] = byte;
  return bytes;
};

/** The packet with these bytes in its area of unsigned subpackets, which is empty. */
function unsigned(...area: number[]): Buffer {
  const at = 3 + 6 + good.readUInt16BE(3 + 4);
  const body = Buffer.concat([good.subarray(3, at), Buffer.from([0, area.length, ...area]), good.subarray(at + 2)]);
  return Buffer.concat([Buffer.from([0x89, body.length >> 8, body.length & 0xff]), body]);
}

/** The same with the group order added to S: what careless verifiers of Ed25519 take for good. */
function malleated(): Buffer {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const s = BigInt(`0x${Buffer.from(good.subarray(-32)).reverse().toString('hex')}`) + order;
  const bytes = Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse();
  const bits = 256 - Math.clz32(bytes[0]!) + 24;
  return Buffer.concat([good.subarray(0, -34), Buffer.from([bits >> 8, bits & 0xff]), bytes]);
}

const year2023 = new Date(Date.UTC(2023, 5, 1));
const february = new Date(Date.UTC(2025, 1, 1));
const late = `${Date.UTC(2025, 11, 1) / 1_000 + 601}`;

export const badSignatures: Case[] = [
  packets('TWO_SIGNATURES', 'a signature twice', Buffer.concat([good, good])),
  packets('TWO_SIGNATURES', 'signatures of two keys', Buffer.concat([good, byAnother])),
  packets('TWO_SIGNATURES', 'a signature and another packet', Buffer.concat([good, literal])),
  packets('BAD_SIGNATURE_PACKET', 'no signature but a message', literal),
  packets('BAD_SIGNATURE_PACKET', 'a signature cut short', good.subarray(0, -1)),
  packets('BAD_SIGNATURE_PACKET', 'a byte behind the signature', Buffer.concat([good, Buffer.from([0])])),
  packets(
    'BAD_SIGNATURE_PACKET',
    'a packet of no definite length',
    Buffer.concat([Buffer.from([0x8b]), good.subarray(3)]),
  ),
  packets('BAD_SIGNATURE_PACKET', 'a signature of version 3', changed(0, 3)),
  packets('BAD_SIGNATURE_PACKET', 'a signature of version 6', changed(0, 6)),
  packets('BAD_SIGNATURE_PACKET', 'subpackets beyond the end', changed(4, 0xff)),
  packets('BAD_SIGNATURE_PACKET', 'a note that is not signed', unsigned(3, 100, 1, 1)),
  packets('BAD_SIGNATURE_PACKET', 'another issuer that is not signed', unsigned(9, 16, 1, 2, 3, 4, 5, 6, 7, 8)),
  packets('BAD_SIGNATURE_PACKET', 'a time that is not signed', unsigned(5, 2, 1, 2, 3, 4)),
  packets('BAD_SIGNATURE_PACKET', 'a signature inside of the signature', unsigned(3, 32, 4, 0)),
  refused('BAD_SIGNATURE_PACKET', 'a signature of a certification', {
    type: enums.signature.certGeneric,
    change: { toSign: () => payload },
  }),
  refused('TEXT_SIGNATURE', 'a signature of text', { type: enums.signature.text }),
  refused('WEAK_HASH', 'a signature with SHA-1', { by: 'rsa', hash: enums.hash.sha1 }),
  refused('WEAK_HASH', 'a signature with SHA-224', { by: 'rsa', hash: enums.hash.sha224 }),
  { expect: 'WEAK_ALGORITHM', title: 'a signature by DSA', commit: keyFile('dsa.commit') },
  refused('EXPIRING_SIGNATURE', 'a signature that expires', {
    change: { signatureExpirationTime: 30 * 86_400, signatureNeverExpires: false },
  }),

  rewritten('a sequence changed after signing', messageOf({ sequence: 13 })),
  rewritten('a subject changed after signing', messageOf({ subject: 'checkpoint 12: 1042 servers' })),
  rewritten('a reason added after signing', messageOf({ text: 'because' })),
  packets('BAD_SIGNATURE', 'a signature with a bit flipped', changed(good.length - 3 - 1, good.at(-1)! ^ 1)),
  packets('BAD_SIGNATURE', 'a signature with the group order added', malleated()),
  refused('BAD_SIGNATURE', 'a critical subpacket that nobody knows', {
    change: { rawNotations: [{ name: 'a@example.org', value: Buffer.from('b'), humanReadable: true, critical: true }] },
  }),
];

export const badKeys: Case[] = [
  refused('UNKNOWN_KEY', 'a key that is not trusted', { by: 'stranger' }),
  refused('KEY_EXPIRED', 'a key that expired, at a time when it had not', { by: 'expired', at: year2023 }),
  refused('KEY_EXPIRED', 'a key that expired', { by: 'expired' }),
  refused('KEY_EXPIRED', 'a subkey that expired, at a time when it had not', { by: 'expired-subkey', at: february }),
  refused('KEY_REVOKED', 'a key that was superseded, at a time when it was not', { by: 'revoked' }),
  refused('KEY_REVOKED', 'a subkey that was superseded, at a time when it was not', { by: 'revoked-subkey' }),
  refused('KEY_CANNOT_SIGN', 'a key that only certifies', { by: 'gpg', primary: true }),
  refused('KEY_WEAK', 'a key of RSA with 1024 bits', { by: 'weak' }),
  refused('FROM_THE_FUTURE', 'a signature of more than 10 minutes from now', { at: new Date(Number(late) * 1_000) }),
  {
    expect: 'FROM_THE_FUTURE',
    title: 'a commit of more than 10 minutes from now',
    commit: signed(headOf({ committer: person.replace(`${atSeconds}`, late) })),
  },
  { expect: 'WRONG_LIST', title: 'a statement about another list', commit: signed(), list: 'elsewhere' },
  {
    expect: 'SEQUENCE_JUMP',
    title: 'a leap of 1025',
    commit: signed(undefined, messageOf({ sequence: 1_037 })),
    highest: 12,
  },
];
