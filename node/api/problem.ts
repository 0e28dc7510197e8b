// Every error leaves as an RFC 9457 problem document, and here alone its code is mapped to an HTTP status.
import { STATUS_CODES } from 'node:http';
import type { FastifyReply } from 'fastify';
import { RollcallError } from '../base/errors.ts';

/**
 *     {
 *       "title": "Bad Request",
 *       "status": 400,
 *       "code": "BAD_FIELD",
 *       "detail": "name: is longer than 64 characters",
 *       "field": "name"
 *     }
 */
export type Problem = {
  readonly title: string;
  readonly status: number;
  /** Stable: scripts may rely on it. */
  readonly code: string;
  readonly detail: string;
  /** Which input is wrong. */
  readonly field?: string;
  /** What to do about it. */
  readonly remedy?: string;
  /** Hashes of objects that the node lacks. */
  readonly missing?: readonly string[];
};

export const problemType = 'application/problem+json';

const statuses = new Map(
  Object.entries({
    AMBIGUOUS_COMMIT: 400,
    OWN_SUBJECT: 400,
    PRIVATE_KEY: 400,
    UNAUTHORIZED: 401,
    BARS_EVERYBODY: 403,
    BARS_ITSELF: 403,
    DUMB_PROTOCOL: 403,
    ORIGIN_NOT_ALLOWED: 403,
    READ_ONLY: 403,
    REFUSED: 403,
    TOO_MANY_KEYS: 403,
    TOO_MANY_RULES: 403,
    METHOD_NOT_ALLOWED: 405,
    EXISTS: 409,
    NOTHING_LISTED: 409,
    OBJECTS_MISSING: 409,
    OTHER_KEY: 409,
    SHALLOW: 409,
    TOO_LARGE: 413,
    UNSUPPORTED_MEDIA_TYPE: 415,
    HOST_NOT_ALLOWED: 421,
    NOT_READY: 503,
    TOO_BUSY: 503,
    VIEWER_NOT_BUILT: 503,
  }),
);

/** Families of codes: the strict parsers' faults are all of the first three. */
const families: readonly [prefix: string, status: number][] = [
  ['BAD_', 400],
  ['NOT_', 400],
  ['UNKNOWN_', 400],
  ['NO_SUCH_', 404],
];

export const statusOf = (code: string): number =>
  statuses.get(code) ?? families.find(([prefix]) => code.startsWith(prefix))?.[1] ?? 500;

/** The problem to show for anything thrown. What is no `RollcallError` may hold paths and internals: its text stays here. */
export function problemOf(error: unknown): Problem {
  const known = error instanceof RollcallError ? error : fromFramework(error);
  const status = statusOf(known.code);
  // `fault()` and the validator write "field: what is wrong with it".
  const field = status === 400 || status === 413 ? /^([A-Za-z_][\w.-]{0,63}): /.exec(known.message)?.[1] : undefined;
  const { missing } = known.details ?? {};
  return {
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code: known.code,
    detail: known.message,
    ...(field === undefined ? {} : { field }),
    ...(known.remedy === undefined ? {} : { remedy: known.remedy }),
    ...(Array.isArray(missing) ? { missing: missing.map(String) } : {}),
  };
}

export const sendProblem = (reply: FastifyReply, problem: Problem): FastifyReply =>
  reply
    .code(problem.status)
    .type(problemType)
    .send(Buffer.from(JSON.stringify(problem)));

/** Fastify marks what the client did wrong with a status below 500. */
function fromFramework(error: unknown): RollcallError {
  const { statusCode, message } = error as { statusCode?: number; message?: string };
  const code = statusCode === undefined ? undefined : frameworkCodes[statusCode];
  return code === undefined
    ? new RollcallError('INTERNAL', 'something went wrong in this node; its log says what')
    : new RollcallError(code, message ?? code);
}

const frameworkCodes: Readonly<Record<number, string>> = {
  400: 'BAD_REQUEST',
  404: 'NO_SUCH_PAGE',
  413: 'TOO_LARGE',
  414: 'BAD_REQUEST',
  415: 'UNSUPPORTED_MEDIA_TYPE',
};
