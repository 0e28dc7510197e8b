// /openapi.json, made from the very schemas that check input, and that tests hold answers to.
import type { FastifyInstance, RouteOptions } from 'fastify';
import type { TSchema } from 'typebox';
import * as inputs from './inputs.ts';
import * as historyInputs from './inputs-history.ts';
import { problemType } from './problem.ts';
import * as schemas from './schemas.ts';
import * as historySchemas from './schemas-history.ts';
import * as karmaSchemas from './schemas-karma.ts';
import * as nodesSchemas from './schemas-nodes.ts';
import * as statementSchemas from './schemas-statements.ts';

/** What a route says of itself beside its schemas. */
declare module 'fastify' {
  interface FastifySchema {
    summary?: string;
    tags?: readonly string[];
    /** Needs the token of this node. */
    secured?: boolean;
  }
}

export type Route = { readonly method: string; readonly url: string; readonly schema: RouteOptions['schema'] };

/** Notes each route with a summary that is added to `app` from here on; what has none is no part of the interface. */
export function collectRoutes(app: FastifyInstance): Route[] {
  const routes: Route[] = [];
  app.addHook('onRoute', ({ method, url, schema }) => {
    if (schema?.summary === undefined || method === 'HEAD') return;
    routes.push({ method: String(method).toLowerCase(), url, schema: { ...schema } });
  });
  return routes;
}

export function openApi(routes: readonly Route[], version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.url.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Rollcall',
      version,
      description: 'A server list for multiplayer games that nobody has to host and nobody can take down.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(named).map(([name, schema]) => [name, inlined(schema)])),
      responses: {
        Problem: { description: 'What went wrong', content: { [problemType]: { schema: ref('Problem') } } },
      },
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'The content of <data>/api-token' } },
    },
  };
}

function operation({ url, method, schema = {} }: Route): Record<string, unknown> {
  const { summary, tags, secured, querystring, body, response } = schema;
  const parameters = [
    ...[...url.matchAll(/:(\w+)/g)].map(([, name]) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
    })),
    ...queryParameters(querystring as ObjectSchema | undefined),
  ];
  const answers = Object.entries((response ?? {}) as Record<string, AnswerSchema>);
  return {
    operationId: `${method}${url.replace('/api/v1', '').replaceAll(/[^A-Za-z]+(\w?)/g, (_, letter: string) => letter.toUpperCase())}`,
    summary,
    tags,
    ...(secured ? { security: [{ token: [] }] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { content: { 'application/json': { schema: shown(body as TSchema) } } } }),
    responses: {
      ...Object.fromEntries(answers.map(([status, schema]) => [status, answer(schema)])),
      default: { $ref: '#/components/responses/Problem' },
    },
  };
}

type ObjectSchema = { properties: Record<string, TSchema>; required?: string[] };
/** A schema for JSON; or, as Fastify has it, a schema for each content type. */
type AnswerSchema = TSchema | { description?: string; content: Record<string, { schema: TSchema }> };

const queryParameters = (query: ObjectSchema | undefined) =>
  Object.entries(query?.properties ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: query?.required?.includes(name) ?? false,
    schema: shown(schema),
  }));

function answer(schema: AnswerSchema): Record<string, unknown> {
  if (!('content' in schema)) return { description: 'OK', content: { 'application/json': { schema: shown(schema) } } };
  const content = Object.entries(schema.content as Record<string, { schema: TSchema }>);
  return {
    description: schema.description ?? 'OK',
    content: Object.fromEntries(content.map(([type, { schema }]) => [type, { schema: shown(schema) }])),
  };
}

const named: Readonly<Record<string, TSchema>> = Object.fromEntries(
  Object.entries({
    ...schemas,
    ...historySchemas,
    ...karmaSchemas,
    ...nodesSchemas,
    ...statementSchemas,
    ...inputs,
    ...historyInputs,
  }).flatMap(([name, schema]) => (typeof schema === 'object' ? [[name, schema]] : [])),
);
const names = new Map<unknown, string>(Object.entries(named).map(([name, schema]) => [schema, name]));
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** A schema with those in it that have a name referred to by it. */
function shown(schema: unknown): unknown {
  const name = names.get(schema);
  return name === undefined ? inlined(schema) : ref(name);
}

function inlined(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(shown);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, shown(value)]));
}
