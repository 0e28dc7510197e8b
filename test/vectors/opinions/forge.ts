// Makes signed records, good and forged, from fixed keys, and the files of vectors. It shares no code with node/records, so
// that the two check each other; the vectors of observations are made with it too.
//
// A vector is { title, list, text or base64, expect }: the bytes of a record, the list that they were sent to, and 'accept'
// or the code and field of the refusal.
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { base58btc } from 'multiformats/bases/base58';

export type Fields = Record<string, unknown>;
export type Expectation = 'accept' | { code: string; field: string };
export type Vector = { title: string; list: string; text?: string; base64?: string; expect: Expectation };
export type Case = { title: string; bytes: Uint8Array; expect: Expectation; list?: string };

const key = (fill: number) => {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, fill)]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const raw = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32);
  const peerId = base58btc.baseEncode(Buffer.concat([Buffer.from('002408011220', 'hex'), raw]));
  return { privateKey, peerId };
};
export const [alice, bob, carol, dave] = [key(1), key(2), key(3), key(4)] as const;

export const print = (fields: Fields) => `${JSON.stringify(fields)}\n`;

export const accepted = (title: string, text: string): Case => ({ title, bytes: Buffer.from(text), expect: 'accept' });
export const refused = (title: string, code: string, field: string, bytes: string | Uint8Array, list?: string): Case => ({
  title,
  bytes: Buffer.from(bytes as string),
  expect: { code, field },
  ...(list === undefined ? {} : { list }),
});

/** A kind of record whose fields are `plain` unless said otherwise. */
export class Forge {
  readonly name: string;
  readonly plain: Fields;

  constructor(name: string, plain: Fields) {
    this.name = name;
    this.plain = plain;
  }

  signature(fields: Fields, { list = 'vectors', by = alice, purpose = `rollcall/${this.name}/1` } = {}): Buffer {
    return sign(null, Buffer.from(`${purpose}\n${list}\n${print(fields)}`), by.privateKey);
  }

  signed(change: Fields = {}, options: Parameters<Forge['signature']>[1] = {}): Fields {
    const fields = { ...this.plain, ...change };
    return { ...fields, signature: this.signature(fields, options).toString('base64url') };
  }

  text(change: Fields = {}): string {
    return print(this.signed(change));
  }

  twisted(from: string, to: string): string {
    const good = this.text();
    if (!good.includes(from)) throw new Error(`no ${JSON.stringify(from)} in the record`);
    return good.replace(from, to);
  }

  /** What every kind of record refuses. `bytesMax + 1` bytes are given by `large`, `author` names its first field. */
  common({ author, large }: { author: string; large: string }): Case[] {
    const good = this.text();
    const whole = (title: string, code: string, bytes: string | Uint8Array) => refused(title, code, this.name, bytes);
    const signatureOf = (title: string, value: unknown) =>
      refused(title, 'BAD_FIELD', 'signature', print({ ...this.plain, signature: value }));
    const forged = (title: string, bytes: string, list?: string) =>
      refused(title, 'BAD_SIGNATURE', 'signature', bytes, list);
    const bits = this.signature(this.plain);
    const flipped = Buffer.from(bits);
    flipped[63]! ^= 1;
    const goodSignature = bits.toString('base64url');
    return [
      whole('one byte too many', 'TOO_LARGE', large),
      whole('a byte that UTF-8 has no use for', 'NOT_UTF8', Buffer.from(good.replace('issuedAt', '\xff'), 'latin1')),
      whole('a byte order mark', 'NOT_JSON', `\ufeff${good}`),
      whole('nothing', 'NOT_JSON', ''),
      whole('a cut record', 'NOT_JSON', good.slice(0, -3)),
      whole('two records', 'NOT_JSON', good + good),
      whole('an array', 'NOT_AN_OBJECT', '[]\n'),
      whole('null', 'NOT_AN_OBJECT', 'null\n'),
      whole('two keys the other way round', 'NOT_CANONICAL', print({ issuedAt: this.plain.issuedAt, ...this.signed() })),
      whole('a space', 'NOT_CANONICAL', good.replace(':', ': ')),
      whole('an indent', 'NOT_CANONICAL', `${JSON.stringify(this.signed(), null, 2)}\n`),
      whole('no final newline', 'NOT_CANONICAL', good.slice(0, -1)),
      whole('two final newlines', 'NOT_CANONICAL', `${good}\n`),
      whole('a key twice, the first one hidden', 'NOT_CANONICAL', this.twisted('{', '{"issuedAt":1,')),
      whole('a time with an exponent', 'NOT_CANONICAL', this.twisted('"issuedAt":1763600000123', '"issuedAt":1.763600000123e12')),
      refused('a field that nobody knows', 'UNKNOWN_FIELD', 'note', print({ ...this.signed(), note: 'x' })),
      refused('a field named __proto__', 'UNKNOWN_FIELD', '__proto__', this.twisted('{', '{"__proto__":{},')),
      ...[...Object.keys(this.plain), 'signature'].map(field => {
        const rest = Object.fromEntries(Object.entries(this.signed()).filter(([name]) => name !== field));
        return refused(`${field} is missing`, 'BAD_FIELD', field, print(rest));
      }),
      refused('an author that is no peer id', 'BAD_FIELD', author, this.text({ [author]: 'alice' })),
      refused('an issuedAt of zero', 'BAD_FIELD', 'issuedAt', this.text({ issuedAt: 0 })),
      refused('entries that are text', 'BAD_FIELD', 'entries', this.text({ entries: 'x' })),
      refused('an entry that is null', 'NOT_AN_OBJECT', 'entries[0]', this.text({ entries: [null] })),
      signatureOf('a signature of 85 letters', goodSignature.slice(0, -1)),
      signatureOf('a signature with unused bits set', `${goodSignature.slice(0, -1)}B`),
      signatureOf('a signature that is null', null),
      forged('a record for another list', good, 'elsewhere'),
      forged('a signature of another key', print(this.signed({}, { by: bob }))),
      forged('a signature for another purpose', print(this.signed({}, { purpose: 'rollcall/announcement/1' }))),
      forged('the author exchanged', this.twisted(alice.peerId, dave.peerId)),
      forged('a signature with a bit flipped', print({ ...this.plain, signature: flipped.toString('base64url') })),
      forged('a signature of zeros', print({ ...this.plain, signature: 'A'.repeat(86) })),
    ];
  }
}

/** Name and content of every file. */
export function filesOf(cases: readonly Case[]): Map<string, string> {
  const made = new Map<string, string>();
  for (const { title, bytes, expect, list = 'vectors' } of cases) {
    const code = expect === 'accept' ? 'good' : expect.code.toLowerCase().replaceAll('_', '-');
    const name = `${code}--${title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.json`;
    if (made.has(name)) throw new Error(`two vectors are called ${name}`);
    const buffer = Buffer.from(bytes);
    const text = buffer.toString('utf8');
    const body = Buffer.from(text).equals(buffer) ? { text } : { base64: buffer.toString('base64') };
    made.set(name, `${JSON.stringify({ title, list, ...body, expect } satisfies Vector, null, 2)}\n`);
  }
  return made;
}
