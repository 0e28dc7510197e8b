// The gateways of the node: native master servers that unmodified game servers and clients talk to.
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import type { GatewayStatus } from '../../gateways/family.ts';
import { describes } from '../describes.ts';
import type { Node } from '../port.ts';
import { closed, count } from '../schema-kinds.ts';

const GatewayInfo = describes<GatewayStatus>()(
  Type.Object(
    {
      family: Type.String(),
      transport: Type.Enum(['udp', 'tcp', 'http']),
      address: Type.String(),
      registered: count,
      timeoutMs: Type.Integer({ minimum: 1, description: 'silence after which a registered server is withdrawn' }),
      counters: Type.Record(Type.String(), count),
    },
    closed,
  ),
);
const Gateways = Type.Object({ gateways: Type.Array(GatewayInfo) }, closed);

export function gatewayRoutes(app: FastifyInstance, { node }: { readonly node: Pick<Node, 'gateways'> }): void {
  app.get(
    '/api/v1/gateways',
    {
      schema: {
        summary: 'The gateways that run here: where they listen, and what they have done since the start',
        tags: ['node'],
        response: { 200: Gateways },
      },
    },
    async () => ({ gateways: node.gateways() }),
  );
}
