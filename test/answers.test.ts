// What real nodes answer is what /openapi.json describes: answers are written as they are, no schema filters them.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { DenyRuleJson, KeyJson } from '../node/api/port.ts';
import { faultOf } from './api/described.ts';
import { maintainerOf } from './maintainers.ts';
import { type NodeProcess, startProcess, temporaryFolder, waitFor } from './processes.ts';
import { announce, inForce, state, statementsOf, trust } from './statement-processes.ts';

test('every answer of a real node is one that it describes', async t => {
  await using folder = await temporaryFolder();
  const list = ['--list', 'answers', '--set', 'history.commitIntervalMs=100'];
  await using first = await startProcess(join(folder.path, 'first'), list);
  await using process = await startProcess(join(folder.path, 'second'), [...list, '--entry', first.address]);
  const { node, paths } = await checked(t, process);
  const ada = await maintainerOf('Ada', Date.now());
  await announce(first, 'eu-1');
  await announce(node, 'eu-2', 20_001);
  const { keys } = (await trust(node, ada.publicArmored)) as { keys: KeyJson[] };
  await waitFor(async () => (await node.servers()).total === 2);
  await state(node, ada);
  await waitFor(async () => (await inForce(node)) === 1);
  await node.send('POST', '/deny', { addresses: ['198.51.100.0/24'], reason: 'a trial' });
  const { rules } = await node.get<{ rules: DenyRuleJson[] }>('/deny');
  t.is(rules.length, 1);
  await node.send('POST', '/karma/events', { subject: first.peerId, action: 'good-connection' });
  await node.send('DELETE', '/announcements/eu-2');
  await waitFor(async () => (await node.status()).uncommitted === 0);
  await node.send('POST', '/verify', { full: true });
  await node.send('POST', '/export', { folder: join(folder.path, 'exported') });

  const [server] = (await node.servers()).servers;
  const [statement] = await statementsOf(node);
  const parts = {
    ...{ id: server!.id, oid: 'HEAD', range: 'HEAD~1...HEAD', peer: first.peerId, announcer: first.peerId },
    digest: statement!.digest,
  } as Record<string, string>;
  for (const path of paths) await node.get(path.replaceAll(/\{(\w+)\}/g, (_, name) => parts[name] ?? name));
  await node.send('DELETE', '/deny?address=198.51.100.0%2F24');
  await node.send('DELETE', `/keys/${keys.at(-1)!.fingerprint}`);
});

/** The same node, each answer of which is compared with its own description; and the paths below /api/v1 that it describes. */
async function checked(t: ExecutionContext, process: NodeProcess) {
  const document = (await (await fetch(`${process.http}/openapi.json`)).json()) as Parameters<typeof faultOf>[0];
  const token = (await readFile(join(process.data, 'api-token'), 'utf8')).trim();
  const ask = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const headers = { authorization: `Bearer ${token}`, 'accept-encoding': 'identity' };
    const json = { 'content-type': 'application/json' };
    const response = await fetch(`${process.http}/api/v1${path}`, {
      method,
      headers: body === undefined ? headers : { ...headers, ...json },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const rawPayload = Buffer.from(await response.arrayBuffer());
    const text = rawPayload.toString();
    t.true(response.ok, `${method} ${path}: ${response.status} ${text.slice(0, 500)}`);
    const answer = {
      statusCode: response.status,
      headers: Object.fromEntries(response.headers),
      rawPayload,
      body: text,
    };
    t.is(faultOf(document, method, `/api/v1${path}`.replace(/\?.*$/, ''), answer), undefined, `${method} ${path}`);
    return /json/.test(String(answer.headers['content-type'])) ? JSON.parse(text) : (text as T);
  };
  const get = <T>(path: string) => ask<T>('GET', path);
  const node: NodeProcess = {
    ...process,
    get,
    send: ask,
    servers: () => get('/servers'),
    status: () => get('/status'),
  };
  const described = Object.entries(document.paths);
  const paths = described.flatMap(([path, { get }]) => {
    // One never ends, and nobody here asks game servers how they are.
    if (!get || !path.startsWith('/api/v1/') || /events|observations/.test(path)) return [];
    return [path.slice('/api/v1'.length)];
  });
  return { node, paths };
}
