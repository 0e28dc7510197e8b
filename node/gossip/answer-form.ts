// An answer as it travels: a byte that tells its form, then the answer as it is, or deflated as a whole. Together, announcements
// of one node deflate to a third of what each takes alone, and zlib is set up once.
import { constants, deflateSync, inflateSync } from 'node:zlib';
import { fault, type Parsed, parsed } from '../base/verdict.ts';

const forms = { asIs: 0, deflated: 1 } as const;
/** The byte before an answer. */
export const formBytes = 1;

/** The next levels take up to twice the time, and save a tenth of the bytes. */
const level = constants.Z_BEST_SPEED;
/** Node's usual 16 KiB would be many pieces of an answer. */
const chunkSize = 64 * 1024;

/** `isText`: deflating is worth it, which it is not for hashes. */
export function formatAnswer(answer: Uint8Array, isText: boolean): Uint8Array {
  const short = isText ? deflateSync(answer, { level, chunkSize }) : answer;
  const [form, body] = short.length < answer.length ? [forms.deflated, short] : [forms.asIs, answer];
  return Buffer.concat([Uint8Array.of(form), body]);
}

/** Nothing is inflated past `bytesMax`. */
export function parseAnswer(bytes: Uint8Array, bytesMax: number): Parsed<Uint8Array> {
  const body = bytes.subarray(formBytes);
  const answer =
    bytes[0] === forms.asIs ? body : bytes[0] === forms.deflated ? inflatedWhole(body, bytesMax) : undefined;
  return answer && answer.length <= bytesMax
    ? parsed(answer)
    : fault('BAD_ANSWER', 'answer', `is not in a form that is known, or larger than ${bytesMax} bytes`);
}

function inflatedWhole(body: Uint8Array, maxOutputLength: number): Uint8Array | undefined {
  try {
    // The types of Node do not know what `info` does.
    const { buffer, engine } = inflateSync(body, { maxOutputLength, chunkSize, info: true }) as unknown as Info;
    return engine.bytesWritten === body.length ? buffer : undefined;
  } catch {
    return undefined;
  }
}

type Info = { readonly buffer: Uint8Array; readonly engine: { readonly bytesWritten: number } };
