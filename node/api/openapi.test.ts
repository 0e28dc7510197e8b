import test from 'ava';
import { faultOf } from '../../test/api/described.ts';
import { setup } from '../../test/api/fake-node.ts';

type Operation = {
  operationId: string;
  summary: string;
  security?: object[];
  parameters?: { name: string; in: string }[];
};

test('every route of the interface is described, under a name of its own', async t => {
  const { document } = await setup(t);
  const operations = Object.entries<Record<string, Operation>>(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, request: `${method} ${path}` })),
  );
  t.deepEqual(operations.map(({ request }) => request).sort(), [
    'delete /api/v1/announcements/{server}',
    'delete /api/v1/deny',
    'delete /api/v1/keys/{fingerprint}',
    'get /api/v1/announcers',
    'get /api/v1/announcers/{peer}',
    'get /api/v1/commits/{oid}',
    'get /api/v1/commits/{oid}/raw',
    'get /api/v1/commits/{oid}/records',
    'get /api/v1/commits/{oid}/servers',
    'get /api/v1/compare/{range}',
    'get /api/v1/config',
    'get /api/v1/deny',
    'get /api/v1/events',
    'get /api/v1/gateways',
    'get /api/v1/history',
    'get /api/v1/history/graph',
    'get /api/v1/karma',
    'get /api/v1/karma/{peer}',
    'get /api/v1/keys',
    'get /api/v1/nodes/graph',
    'get /api/v1/observations/{id}',
    'get /api/v1/peers',
    'get /api/v1/series',
    'get /api/v1/servers',
    'get /api/v1/servers/{id}',
    'get /api/v1/servers/{id}/history',
    'get /api/v1/statements',
    'get /api/v1/statements/{digest}',
    'get /api/v1/status',
    'get /healthz',
    'get /list.bundle',
    'get /list.git/info/refs',
    'get /metrics',
    'get /readyz',
    'post /api/v1/announcements',
    'post /api/v1/deny',
    'post /api/v1/export',
    'post /api/v1/karma/events',
    'post /api/v1/keys',
    'post /api/v1/statements',
    'post /api/v1/statements/draft',
    'post /api/v1/verify',
    'post /list.git/git-upload-pack',
  ]);
  t.is(new Set(operations.map(({ operationId }) => operationId)).size, operations.length);
  for (const { operationId, summary, request, parameters = [], security } of operations) {
    t.regex(operationId, /^[a-z]+[A-Za-z]*$/);
    t.truthy(summary, request);
    const named = parameters.filter(parameter => parameter.in === 'path').map(({ name }) => name);
    t.deepEqual(
      named,
      [...request.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
      request,
    );
    const write = /^(post|delete) \/api/.test(request) || request.endsWith('/config');
    t.is(security !== undefined, write, `${request} needs the token`);
  }
});

test('every reference in the document leads somewhere', async t => {
  const { document } = await setup(t);
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path!);
  t.true(refs.length > 20);
  for (const path of new Set(refs)) {
    t.truthy(
      path.split('/').reduce((part, key) => part?.[key], document),
      path,
    );
  }
});

test('schemas that recur are shared, not repeated', async t => {
  const { document } = await setup(t);
  t.deepEqual(document.components.schemas.ServersPage.properties.servers.items, {
    $ref: '#/components/schemas/ServerRow',
  });
  t.deepEqual(document.components.schemas.CommitDetail.properties.diff, { $ref: '#/components/schemas/ServersDiff' });
});

test('the check that the other tests rely on finds an answer that is not described', async t => {
  const { app, document } = await setup(t);
  const answer = await app.inject('/api/v1/status');
  t.is(faultOf(document, 'GET', '/api/v1/status', answer), undefined);
  t.regex(faultOf(document, 'GET', '/api/v1/peers', answer)!, /^\/peerId /);
  t.regex(faultOf(document, 'GET', '/metrics', answer)!, /not described/);
  t.regex(faultOf(document, 'GET', '/api/v1/nothing', answer)!, /not described/);
});
