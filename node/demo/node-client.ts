// Asks one node of the demo over its HTTP API, as any program may.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AnnounceRequest, ServersPage, Status } from '../api/port.ts';
import { RollcallError } from '../base/errors.ts';
import { readEvents, type StreamEvent } from './event-stream.ts';

export type NodeClientDeps = {
  readonly fetch: typeof fetch;
  readonly http: string;
  readonly dataDir: string;
  /** Aborting it breaks off whatever is being asked. */
  readonly signal: AbortSignal;
};

/** As many as may be asked for; the demo lists far fewer. */
const serversMax = 100_000;

/** Every method throws RollcallError with the node's own code when the node refuses. */
export class NodeClient {
  readonly #deps: NodeClientDeps;

  constructor(deps: NodeClientDeps) {
    this.#deps = deps;
  }

  async status(): Promise<Status> {
    return (await this.#ask('/status')).json() as Promise<Status>;
  }

  /** The list as it stands: without any question the node may answer with one that is two seconds old. */
  async servers(): Promise<ServersPage> {
    return (await this.#ask(`/servers?limit=${serversMax}`)).json() as Promise<ServersPage>;
  }

  async announce(request: AnnounceRequest): Promise<void> {
    await this.#write('/announcements', { method: 'POST', body: JSON.stringify(request) });
  }

  async addKey(armored: string): Promise<void> {
    await this.#write('/keys', { method: 'POST', body: JSON.stringify({ armored }) });
  }

  async withdraw(server: string): Promise<void> {
    await this.#write(`/announcements/${server}`, { method: 'DELETE' });
  }

  /** Resolves when the node has begun to tell: what happens from then on is in the stream. */
  async events(): Promise<AsyncGenerator<StreamEvent>> {
    const { body } = await this.#ask('/events');
    return readEvents(body!);
  }

  async #write(path: string, request: { method: string; body?: string }): Promise<void> {
    const token = (await readFile(join(this.#deps.dataDir, 'api-token'), 'utf8')).trim();
    const type = request.body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await this.#ask(path, { ...request, headers: { authorization: `Bearer ${token}`, ...type } });
    await response.arrayBuffer();
  }

  async #ask(path: string, request: RequestInit = {}): Promise<Response> {
    const { fetch, http, signal } = this.#deps;
    const response = await fetch(`${http}/api/v1${path}`, { ...request, signal });
    if (response.ok) return response;
    const { code, detail } = (await response.json().catch(() => ({}))) as { code?: string; detail?: string };
    throw new RollcallError(code ?? 'FAILED', detail ?? `${http} answered ${path} with status ${response.status}`);
  }
}
