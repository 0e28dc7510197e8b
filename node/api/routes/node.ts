// The node itself: status, peers, configuration; health and metrics for whoever runs it.
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { RollcallError } from '../../base/errors.ts';
import type { Clock } from '../../base/time.ts';
import { formatMetrics, metricsType } from '../metrics.ts';
import type { Node } from '../port.ts';
import { closed } from '../schema-kinds.ts';
import * as schemas from '../schemas.ts';
import { needsToken } from '../security.ts';

export type NodeRoutesDeps = {
  readonly node: Pick<Node, 'status' | 'peers' | 'config'>;
  readonly token: string;
  readonly clock: Clock;
  readonly ready: () => Readiness;
  readonly eventClients: () => number;
};

/** `reasons`: what is still missing, in words; empty when ready. */
export type Readiness = { readonly ok: boolean; readonly reasons: readonly string[] };

const tags = ['node'];
const Ok = Type.Object({ ok: Type.Literal(true) }, closed);

export function nodeRoutes(app: FastifyInstance, deps: NodeRoutesDeps): void {
  const { node, token, clock, ready, eventClients } = deps;

  app.get(
    '/api/v1/status',
    { schema: { summary: 'What this node is and does', tags, response: { 200: schemas.Status } } },
    async () => node.status(),
  );

  app.get(
    '/api/v1/peers',
    { schema: { summary: 'The nodes that this one is connected to', tags, response: { 200: schemas.Peers } } },
    async () => ({ peers: node.peers() }),
  );

  app.get(
    '/api/v1/config',
    {
      onRequest: needsToken(token),
      schema: {
        summary: 'The configuration in force, and where each value comes from',
        tags,
        secured: true,
        response: { 200: schemas.Config },
      },
    },
    async () => ({ settings: node.config() }),
  );

  app.get('/healthz', { schema: { summary: 'The process is alive', tags, response: { 200: Ok } } }, async () => ({
    ok: true,
  }));

  app.get(
    '/readyz',
    { schema: { summary: 'The node can be asked; 503 while it starts or drains', tags, response: { 200: Ok } } },
    async () => {
      const { ok, reasons } = ready();
      if (!ok) throw new RollcallError('NOT_READY', reasons.join('; ') || 'not ready yet');
      return { ok };
    },
  );

  app.get(
    '/metrics',
    {
      schema: {
        summary: 'Gauges in the text format of Prometheus',
        tags,
        response: { 200: { content: { 'text/plain': { schema: Type.String() } } } },
      },
    },
    async (_, reply) => {
      const memoryBytes = process.memoryUsage.rss();
      const input = { status: node.status(), nowMs: clock(), memoryBytes, eventClients: eventClients() };
      return reply.type(metricsType).send(formatMetrics(input));
    },
  );
}
