// The HTTP API over a node that is a plain object, on a free port of loopback.
import { type Api, type ApiDeps, createApi } from '../../node/api/api.ts';
import type { Node } from '../../node/api/port.ts';
import { apiDeps } from './fake-node.ts';

export async function listeningApi(
  node: Node,
  overrides: Partial<ApiDeps> = {},
): Promise<Api & { readonly address: string }> {
  const api = await createApi(apiDeps(node, overrides));
  return { ...api, address: await api.listen() };
}
