// Makes announcements, good and forged, from fixed keys. It shares no code with node/records.
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { base58btc } from 'multiformats/bases/base58';

export type Fields = Record<string, unknown>;

const key = (fill: number) => {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, fill)]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const raw = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32);
  const peerId = base58btc.baseEncode(Buffer.concat([Buffer.from('002408011220', 'hex'), raw]));
  return { privateKey, peerId };
};
export const [alice, bob] = [key(1), key(2)];

export const issuedAt = 1_763_600_000_123;
export const plain: Fields = {
  announcer: alice.peerId,
  server: 'eu-1',
  game: 'sauerbraten',
  name: "Bob's instagib",
  addresses: ['203.0.113.7:28785', '[2001:db8::7]:28785', 'play.example.org:28785'],
  state: 'up',
  version: '2020.12.27',
  tags: ['instagib'],
  attributes: { country: 'de' },
  issuedAt,
  expiresAt: issuedAt + 43_200_000,
};

export const print = (fields: Fields) => `${JSON.stringify(fields, null, 2)}\n`;
const signature = (fields: Fields, list: string, by: typeof alice) =>
  sign(null, Buffer.from(`rollcall/announcement/1\n${list}\n${print(fields)}`), by.privateKey);
export const signed = (change: Fields = {}, { list = 'vectors', by = alice } = {}): Fields => {
  const fields = { ...plain, ...change };
  return { ...fields, signature: signature(fields, list, by).toString('base64url') };
};
export const announcement = (change: Fields = {}) => print(signed(change));
export const without = (field: string) =>
  print(Object.fromEntries(Object.entries(signed()).filter(([name]) => name !== field)));

/** Exactly so many bytes, all of them sound. */
export function ofSize(bytes: number): string {
  const attributes: Record<string, string> = {};
  for (let i = 0; i < 16; i++) attributes[`k${String.fromCharCode(97 + i)}`] = 'x'.repeat(64);
  const missing = bytes - announcement({ attributes }).length;
  const each = Math.floor(missing / 16);
  for (const name of Object.keys(attributes)) attributes[name] += 'x'.repeat(each);
  attributes.ka += 'x'.repeat(missing - 16 * each);
  return announcement({ attributes });
}

/** The same signature with the group order added to S: what careless verifiers take for good. */
export function malleated(): string {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const bytes = signature(plain, 'vectors', alice);
  let s = BigInt(`0x${Buffer.from(bytes.subarray(32)).reverse().toString('hex')}`) + order;
  for (let i = 32; i < 64; i++, s >>= 8n) bytes[i] = Number(s & 255n);
  return print({ ...plain, signature: bytes.toString('base64url') });
}

export const good = announcement();
export const goodSignature = signed().signature as string;
export const twisted = (from: string, to: string) => {
  if (!good.includes(from)) throw new Error(`no ${JSON.stringify(from)} in the announcement`);
  return good.replace(from, to);
};

/** One bit of the 512 turned round. */
export function flipped(bit: number): string {
  const bytes = signature(plain, 'vectors', alice);
  bytes[bit >> 3]! ^= 1 << (bit & 7);
  return print({ ...plain, signature: bytes.toString('base64url') });
}
