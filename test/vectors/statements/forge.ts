// Makes statements, good and forged, with the keys beside it. It shares no code with node/trust.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  armor,
  config,
  createMessage,
  enums,
  LiteralDataPacket,
  type PrivateKey,
  readPrivateKey,
  SignaturePacket,
  sign,
} from 'openpgp';

/** 2025-11-20. */
export const atSeconds = 1_763_600_000;
export const date = new Date(atSeconds * 1_000);

export const oid = (digit: string) => digit.repeat(40);
export const digest = (text: string) => createHash('sha256').update(text).digest('hex');

export type Fields = Record<string, unknown> & { subject: string; text: string; extra: string };
export const fields = {
  subject: 'checkpoint 12: 1043 servers',
  text: '',
  list: 'vectors',
  sequence: 12 as number | string,
  kind: 'checkpoint',
  records: `sha256:${digest('records')}`,
  previous: `sha256:${digest('previous')}`,
};
export type Words = Partial<typeof fields> & { rollbackTo?: string; trailers?: string[] };

export const trailersOf = (words: Words): string[] => {
  const it = { ...fields, ...words };
  return [
    `Rollcall-List: ${it.list}`,
    `Rollcall-Sequence: ${it.sequence}`,
    `Rollcall-Kind: ${it.kind}`,
    `Rollcall-Records: ${it.records}`,
    `Rollcall-Previous: ${it.previous}`,
    ...(words.rollbackTo ? [`Rollcall-Rollback-To: ${words.rollbackTo}`] : []),
  ];
};
export const messageOf = (words: Words = {}): string => {
  const { subject, text } = { ...fields, ...words };
  return `${[subject, ...(text ? [text] : []), (words.trailers ?? trailersOf(words)).join('\n')].join('\n\n')}\n`;
};

export const person = `Ada Quist <ada@example.org> ${atSeconds} +0100`;
export const headOf = ({ parents = [oid('a')], author = person, committer = person, more = '' } = {}): string =>
  [`tree ${oid('e')}`, ...parents.map(it => `parent ${it}`), `author ${author}`, `committer ${committer}`].join('\n') +
  more;

export const keyFile = (name: string) => readFileSync(new URL(`keys/${name}`, import.meta.url), 'utf8');
const keys = new Map<string, Promise<PrivateKey>>();
const keyOf = (name: string) => {
  const held = keys.get(name) ?? readPrivateKey({ armoredKey: keyFile(`${name}.private.asc`) });
  keys.set(name, held);
  return held;
};

/** No chance in it, and no rules: forgers have none. */
const loose = {
  ...config,
  nonDeterministicSignaturesViaNotation: false,
  minRSABits: 1024,
  rejectPublicKeyAlgorithms: new Set<enums.publicKey>(),
  rejectHashAlgorithms: new Set<enums.hash>(),
  rejectMessageHashAlgorithms: new Set<enums.hash>(),
};

export type How = {
  by?: string;
  type?: enums.signature;
  hash?: enums.hash;
  primary?: boolean;
  change?: object;
  at?: Date;
};

/** A signature packet over any bytes, by the newest subkey if there is one, with whatever oddities are asked for. */
export async function packetOf(payload: Uint8Array, how: How = {}): Promise<Uint8Array> {
  const { by = 'ada', type = enums.signature.binary, hash = enums.hash.sha512, primary = false } = how;
  const key = await keyOf(by);
  const { keyPacket } = (primary ? undefined : key.subkeys.at(-1)) ?? key;
  const literal = new LiteralDataPacket();
  (literal as unknown as { setBytes(bytes: Uint8Array, format: enums.literal): void }).setBytes(
    payload,
    enums.literal.binary,
  );
  const packet = new SignaturePacket();
  Object.assign(packet, {
    signatureType: type,
    publicKeyAlgorithm: keyPacket.algorithm,
    hashAlgorithm: hash,
    ...how.change,
  });
  await (packet.sign as (...args: unknown[]) => Promise<void>)(keyPacket, literal, how.at ?? date, true, loose);
  const body = packet.write();
  return Buffer.concat([Buffer.from([0x88 | 1, body.length >> 8, body.length & 0xff]), body]);
}

/** What `sign` of openpgp.js makes, binary. */
export async function signatureBy(by: string, payload: Uint8Array): Promise<Uint8Array> {
  const message = await createMessage({ binary: payload });
  return sign({ message, signingKeys: await keyOf(by), detached: true, format: 'binary', date, config: loose });
}

/** As gpg writes it. The checksum is that of openpgp.js, so that ours is checked against another. */
export function armored(packet: Uint8Array, headers: readonly string[] = []): string[] {
  const checksum = /^=.{4}$/m.exec(armor(enums.armor.signature, packet, undefined, undefined, undefined, true))![0];
  const lines = Buffer.from(packet)
    .toString('base64')
    .match(/.{1,64}/g)!;
  return ['-----BEGIN PGP SIGNATURE-----', ...headers, '', ...lines, checksum, '-----END PGP SIGNATURE-----'];
}

/** Head, signature and message put together as git does. */
export const commitOf = (head: string, lines: readonly string[], message: string): string =>
  `${head}\ngpgsig ${lines.join('\n ')}\n\n${message}`;

/** Signs head and message, however odd, and puts the signature where it belongs. */
export async function signed(head = headOf(), message = messageOf(), how: How = {}): Promise<string> {
  return commitOf(head, armored(await packetOf(Buffer.from(`${head}\n\n${message}`), how)), message);
}
