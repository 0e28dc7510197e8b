// Who may ask: the Host allow-list against DNS rebinding, the Origin rule against pages of others, the token for writes.
import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { FastifyInstance, onRequestHookHandler } from 'fastify';
import { RollcallError } from '../base/errors.ts';

/** On every answer. The policy is that of a page whose scripts and styles are files and whose text is text nodes. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
    "form-action 'none'",
    // The viewer can be installed, and browsers take the manifest for that only from where a policy says so.
    "manifest-src 'self'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
};

export type HostRules = {
  /** What the server is bound to. */
  readonly host: string;
  /** Names it goes by, without port. */
  readonly allowedHosts: readonly string[];
};

/**
 * Whether a request may carry this Host header, with any port. A page that rebinds its own name to this address
 * carries that name, so names must be listed; when bound to all addresses, any IP literal will do.
 */
export function hostAllowed(header: string | undefined, { host, allowedHosts }: HostRules): boolean {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^\s:[\]/@]+))(?::[0-9]{1,5})?$/i.exec(header ?? '');
  if (!match) return false;
  const name = (match[1] ?? match[2]!).toLowerCase();
  if ((host === '0.0.0.0' || host === '::') && isIP(name) !== 0) return true;
  return [...loopback, host, ...allowedHosts].some(allowed => bare(allowed) === name);
}

/** Browsers name the page that asks in Origin; programs send none. `null` is a sandboxed page or a file. */
export function originAllowed(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[],
): boolean {
  if (origin === undefined || allowed.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
}

/** Compares hashes, so that neither content nor length shows in the time it takes. */
export function tokenMatches(authorization: string | undefined, token: string): boolean {
  const given = /^Bearer +([\x21-\x7e]+)$/i.exec(authorization ?? '')?.[1];
  return given !== undefined && token !== '' && timingSafeEqual(digest(given), digest(token));
}

/** For every request: headers on, wrong hosts and foreign pages out. */
export function guard(app: FastifyInstance, rules: HostRules & { readonly allowedOrigins: readonly string[] }): void {
  /** The Host header that was allowed last: the next request has the same, as a rule. */
  let allowed: string | undefined;
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(securityHeaders);
    const { host, origin } = request.headers;
    if (host === undefined || host !== allowed) {
      if (!hostAllowed(host, rules)) return done(hostNotAllowed());
      allowed = host;
    }
    if (!readMethods.has(request.method) && !originAllowed(origin, host, rules.allowedOrigins))
      return done(new RollcallError('ORIGIN_NOT_ALLOWED', 'pages of other sites may not write to this node'));
    done();
  });
}

const hostNotAllowed = () =>
  new RollcallError('HOST_NOT_ALLOWED', 'this node does not go by the name in the Host header', {
    remedy: 'add the name to http.allowedHosts',
  });

/** An `onRequest` hook for the routes of this node's own people; runs before any body is read. */
export function needsToken(token: string): onRequestHookHandler {
  return async (request, reply) => {
    if (tokenMatches(request.headers.authorization, token)) return;
    reply.header('www-authenticate', 'Bearer realm="rollcall"');
    throw new RollcallError('UNAUTHORIZED', 'this needs the token of this node', {
      remedy: 'send "Authorization: Bearer …" with the content of <data>/api-token',
    });
  };
}

const loopback = ['127.0.0.1', 'localhost', '::1'];
const readMethods = new Set(['GET', 'HEAD', 'OPTIONS']);
const bare = (name: string): string => name.toLowerCase().replace(/^\[|\]$/g, '');
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
