// Whether an answer of the HTTP API is one that /openapi.json describes.
import type { LightMyRequestResponse } from 'fastify';
import { Compile } from 'typebox/schema';

type Operation = { responses: Record<string, { content: Record<string, { schema: object }> }> };

/** Why an answer is not one that the document describes. */
export function faultOf(
  document: { paths: Record<string, Record<string, Operation>> },
  method: string,
  url: string,
  {
    statusCode,
    headers,
    rawPayload,
    body,
  }: Pick<LightMyRequestResponse, 'statusCode' | 'headers' | 'rawPayload' | 'body'>,
): string | undefined {
  const type = String(headers['content-type'] ?? '').replace(/;.*$/, '');
  if (statusCode === 304) return rawPayload.length === 0 ? undefined : 'a 304 with a body';
  const problem = { schema: { $ref: '#/components/schemas/Problem' } };
  // A path without parameters goes before one that would take its last part for a parameter.
  const templates = [url, ...Object.keys(document.paths)].filter(path => Object.hasOwn(document.paths, path));
  const path = templates.find(template =>
    new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(url),
  );
  const operation = path === undefined ? undefined : document.paths[path]![method.toLowerCase()];
  const content = statusCode < 400 ? operation?.responses[statusCode]?.content[type] : problem;
  if (statusCode >= 400 && type === 'text/plain' && url.startsWith('/list.git/')) return undefined;
  if (statusCode >= 400 && type !== 'application/problem+json') return `${statusCode} as ${type}`;
  if (content === undefined) return `${statusCode} ${type} is not described`;
  if (!type.endsWith('json') || headers['content-encoding'] !== undefined) return undefined;
  const [sound, errors] = Compile({ ...document, ...content.schema }).Errors(JSON.parse(body));
  return sound ? undefined : `${errors[0]?.instancePath} ${errors[0]?.message}`;
}
