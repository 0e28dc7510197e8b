// What observations and opinions have in common: one line of canonical JSON, signed for one list. Only this file makes a
// `Signed`: a record whose signature was checked, or that was signed here.
import { base64url, fromUtf8, sameBytes, utf8 } from '../base/bytes.ts';
import { RollcallError } from '../base/errors.ts';
import { fault, type Parsed, type ParseFault, parsed } from '../base/verdict.ts';
import { type Signer, verifyBy } from '../identity/keys.ts';

declare const checked: unique symbol;

/** A record that is known to be its author's own word. */
export type Signed<R> = {
  readonly record: R;
  /** The very bytes that came or went: no others parse to this record. */
  readonly bytes: Uint8Array;
  readonly [checked]: true;
};

/** One kind of record: what it is called, how large it may be, and what its fields must be. */
export type Form<R extends { readonly signature: string }> = {
  /** As in faults, and in what is signed: `opinions`. */
  readonly name: string;
  readonly bytesMax: number;
  readonly author: (record: R) => string;
  readonly withAuthor: (peerId: string) => Partial<R>;
  /** The first thing wrong with the fields, whoever wrote them. */
  readonly fault: (raw: unknown) => ParseFault | undefined;
  /** The same with every key in its place, the signature last. */
  readonly inOrder: (record: R) => R;
};

type Record = { readonly signature: string };

/** The canonical bytes. `parseSigned` accepts exactly what this gives. */
export const formatSigned = <R extends Record>(form: Form<R>, record: R): Uint8Array =>
  utf8(`${JSON.stringify(form.inOrder(record))}\n`);

/** What the signature covers: bound to purpose and list, so that neither can be exchanged. */
export function signedBytes<R extends Record>(form: Form<R>, record: R, list: string): Uint8Array {
  const { signature: _, ...unsigned } = form.inOrder(record);
  return utf8(`rollcall/${form.name}/1\n${list}\n${JSON.stringify(unsigned)}\n`);
}

/** Reads canonical bytes; the fault names the first field that is wrong. Signature and time are judged elsewhere. */
export function parseSigned<R extends Record>(form: Form<R>, bytes: Uint8Array): Parsed<R> {
  const large = sizeFault(form, bytes);
  if (large) return large;
  const text = fromUtf8(bytes);
  if (text === undefined) return fault('NOT_UTF8', form.name, 'is not UTF-8');
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return fault('NOT_JSON', form.name, 'is not JSON');
  }
  const wrong = form.fault(raw);
  if (wrong) return wrong;
  const record = form.inOrder(raw as R);
  if (!sameBytes(formatSigned(form, record), bytes)) {
    return fault('NOT_CANONICAL', form.name, 'is not in canonical form (key order, no white space, final newline)');
  }
  return parsed(record);
}

/** Checks the author's signature for `list`: about 40 µs, so every cheaper check comes before it. `bytes` parsed to `record`. */
export function verifySigned<R extends Record>(
  form: Form<R>,
  record: R,
  bytes: Uint8Array,
  list: string,
): Signed<R> | undefined {
  const signature = Buffer.from(record.signature, 'base64url');
  const good = verifyBy(form.author(record), signedBytes(form, record, list), signature);
  return good ? ({ record, bytes } as Signed<R>) : undefined;
}

/**
 * Signs the fields as this node's own word.
 * @throws RollcallError with the fault's code when a field is out of bounds; nothing was signed then.
 */
export function sign<R extends Record>(form: Form<R>, fields: Partial<R>, list: string, signer: Signer): Signed<R> {
  const blank = { ...fields, ...form.withAuthor(signer.peerId), signature: 'A'.repeat(86) } as R;
  const wrong = form.fault(blank) ?? sizeFault(form, formatSigned(form, blank));
  if (wrong) throw new RollcallError(wrong.code, wrong.message);
  const record = form.inOrder({ ...blank, signature: base64url(signer.sign(signedBytes(form, blank, list))) });
  return { record, bytes: formatSigned(form, record) } as Signed<R>;
}

const sizeFault = <R extends Record>(form: Form<R>, bytes: Uint8Array): ParseFault | undefined =>
  bytes.length > form.bytesMax
    ? fault('TOO_LARGE', form.name, `${bytes.length} bytes, at most ${form.bytesMax} are allowed`)
    : undefined;
