// What came with an HTTP request as names and values: from the query, and from a form in either of its two encodings. Pure.
import { fromUtf8 } from '../base/bytes.ts';
import type { Request } from './http.ts';

/** No family has forms of more fields. */
export const fieldsMax = 64;

/**
 * The query first, then the body. Undefined when the body is none of
 *
 *     application/x-www-form-urlencoded      action=ADD&nameport=203.0.113.7%3A5154
 *     multipart/form-data; boundary=x        --x␍␊Content-Disposition: form-data; name="json"␍␊␍␊{"action":…}␍␊--x--␍␊
 */
export function fieldsOf({ query, headers, body }: Pick<Request, 'query' | 'headers' | 'body'>): Fields | undefined {
  const fields = new Map<string, string>();
  for (const [name, value] of query) if (fields.size < fieldsMax) fields.set(name, value);
  if (body.length === 0) return fields;
  const text = fromUtf8(body);
  if (text === undefined) return undefined;
  const type = headers['content-type'] ?? '';
  const [, quoted, bare] = /^multipart\/form-data;.*\bboundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(type) ?? [];
  const boundary = quoted ?? bare;
  if (boundary !== undefined) return withParts(fields, text, boundary);
  if (!/^application\/x-www-form-urlencoded\b/i.test(type)) return undefined;
  for (const [name, value] of new URLSearchParams(text)) if (fields.size < fieldsMax) fields.set(name, value);
  return fields;
}

export type Fields = ReadonlyMap<string, string>;

function withParts(fields: Map<string, string>, text: string, boundary: string): Fields | undefined {
  // A line break before the first boundary makes it like the others.
  const parts = `\r\n${text}`.split(`\r\n--${boundary}`, fieldsMax + 2).slice(1);
  if (parts.length < 2 || !parts.at(-1)!.startsWith('--')) return undefined;
  for (const part of parts.slice(0, -1)) {
    const end = part.indexOf('\r\n\r\n');
    const [, name] = /\r\ncontent-disposition:[^\r\n]*[;\s]name="([^"\r\n]*)"/i.exec(part.slice(0, end)) ?? [];
    if (end < 0 || name === undefined) return undefined;
    fields.set(name, part.slice(end + '\r\n\r\n'.length));
  }
  return fields;
}
