// HTTP at a gateway without a socket: requests as they were recorded, answers as transcripts have them.
import { setImmediate } from 'node:timers/promises';
import type { Address } from '../node/base/address.ts';
import { formatAddress } from '../node/base/address.ts';
import type { NativeProbe } from '../node/gateways/family.ts';
import type { Answer, Request } from '../node/gateways/http.ts';
import type { Answer as State } from '../node/probe/observation.ts';
import type { GatewayWorld } from './gateways.ts';

/** A request as it came over the connection: its line, headers, and the body behind an empty line. */
export function requestOf(raw: Uint8Array | string, from: Address): Request {
  const bytes = Buffer.from(raw);
  const end = bytes.indexOf('\r\n\r\n');
  const head = bytes.toString('latin1', 0, end < 0 ? bytes.length : end);
  const [line = '', ...lines] = head.split('\r\n');
  const [method = '', target = ''] = line.split(' ');
  const url = URL.parse(`http://gateway${target.startsWith('/') ? target : '/'}`);
  const headers = Object.fromEntries(
    lines.map(it => [it.slice(0, it.indexOf(':')).toLowerCase(), it.slice(it.indexOf(':') + 1).trim()]),
  );
  return {
    from,
    method,
    path: url?.pathname ?? '/',
    query: url?.searchParams ?? new URLSearchParams(),
    headers,
    body: end < 0 ? Buffer.alloc(0) : bytes.subarray(end + 4),
  };
}

/** `202␊Request has been filed.`: the status, a line feed, and the body byte for byte. Headers are Node's. */
export const answered = ({ status, body = '' }: Answer): Buffer =>
  Buffer.concat([Buffer.from(`${status}\n`), Buffer.from(body)]);

/** Requests come in here; their answers, at once or later, go out to the world. */
export const overHttp =
  (world: GatewayWorld, master: { readonly answer: (request: Request) => Answer | Promise<Answer> }) =>
  (from: Address, bytes: Uint8Array): void => {
    const peer = `http ${formatAddress(from)}`;
    const say = (answer: Answer) => void world.sent.push({ peer, bytes: answered(answer) });
    const answer = master.answer(requestOf(bytes, from));
    if (answer instanceof Promise) void answer.then(say);
    else say(answer);
  };

export const formPost = (path: string, fields: Readonly<Record<string, string>>): string =>
  `POST ${path} HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n${new URLSearchParams(fields)}`;

type Way<T> = {
  readonly over: 'udp' | 'tcp';
  readonly question: Uint8Array;
  readonly read: (bytes: Buffer) => T | undefined;
  readonly stateOf: (it: T) => Omit<State, 'rttMs'>;
  readonly farewell?: (it: T) => Uint8Array;
};

/** Questions to game servers without a socket: they go out to the world, and `hear` is what comes back, 12 ms later. */
export class Asking<T> {
  readonly #world: GatewayWorld;
  readonly #way: Way<T>;
  readonly #open = new Map<string, PromiseWithResolvers<T>>();

  constructor(world: GatewayWorld, way: Way<T>) {
    this.#world = world;
    this.#way = way;
  }

  readonly ask: NativeProbe['ask'] = async ({ ip, port }) => {
    const { question, stateOf, farewell } = this.#way;
    const place = `${ip}:${port}`;
    this.#send(place, question);
    const open = Promise.withResolvers<T>();
    this.#open.set(place, open);
    const value = await open.promise;
    if (farewell) this.#send(place, farewell(value));
    return { ...stateOf(value), rttMs: 12 };
  };

  async hear(from: Address, bytes: Buffer): Promise<void> {
    const value = this.#way.read(bytes);
    if (value !== undefined) this.#open.get(formatAddress(from))?.resolve(value);
    await setImmediate();
  }

  /** Nobody who was asked answers; nor when he is asked again, `times` in all. */
  async fallSilent(times = 3): Promise<void> {
    for (let i = 0; i < times; i++) {
      for (const { reject } of this.#open.values()) reject(new Error('no answer'));
      await setImmediate();
    }
  }

  #send(place: string, bytes: Uint8Array): void {
    this.#world.sent.push({ peer: `${this.#way.over} ${place}`, bytes: Buffer.from(bytes) });
  }
}
