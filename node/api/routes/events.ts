// GET /events: server-sent events.
import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { RollcallError } from '../../base/errors.ts';
import type { EventHub, EventSink } from '../events.ts';

export type EventRoutesDeps = { readonly hub: EventHub };

export function eventRoutes(app: FastifyInstance, { hub }: EventRoutesDeps): void {
  app.get(
    '/api/v1/events',
    {
      exposeHeadRoute: false,
      schema: {
        summary:
          'Follows what happens: events `servers`, `head`, `peer`, `statement`, `observed`, `karma`; of many in one second `observedMany` and `karmaMany` name the rest; after `resync`, load all again',
        tags: ['events'],
        response: { 200: { content: { 'text/event-stream': { schema: Type.String() } } } },
      },
    },
    (request, reply) => {
      if (hub.full) {
        reply.header('retry-after', '10');
        throw new RollcallError('TOO_BUSY', 'as many clients as are allowed follow the events already');
      }
      const { raw } = reply.hijack();
      raw.writeHead(200, {
        ...(reply.getHeaders() as OutgoingHttpHeaders),
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        // Nginx would keep the events until its buffer is full.
        'x-accel-buffering': 'no',
      });
      const client: EventSink = {
        write: text => void raw.write(text),
        buffered: () => raw.writableLength,
        close: () => void raw.destroy(),
      };
      raw.on('close', () => hub.disconnect(client));
      raw.on('error', () => hub.disconnect(client));
      hub.connect(client, request.headers['last-event-id']?.toString());
    },
  );
}
