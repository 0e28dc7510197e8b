// Replays recorded exchanges between real programs and a gateway, byte for byte: test/vectors/gateways/<family>.json.
import { readFile } from 'node:fs/promises';
import type { ExecutionContext } from 'ava';
import type { Address } from '../node/base/address.ts';
import { at, type GatewayWorld } from './gateways.ts';

/**
 * `peer` is `udp 127.0.0.1:27961`, `tcp 127.0.0.1:50000` or `http 127.0.0.1:50000`, the other side of both kinds of steps. After
 * each `in` the gateway must send exactly the `out`s that follow, in that order. `text` is for people. `close`: a TCP peer hangs
 * up. Over HTTP `in` is a whole request, `out` is as test/gateway-http.ts has it.
 */
export type Step =
  | { readonly peer: string; readonly in: string; readonly text?: string }
  | { readonly peer: string; readonly out: string; readonly text?: string }
  | { readonly peer: string; readonly close: true }
  | { readonly passMs: number };

export type Transcript = {
  readonly title: string;
  /** Which programs were recorded, or which document the bytes are from. */
  readonly source: string;
  readonly challenge?: string;
  readonly steps: readonly Step[];
};

export type Ways = {
  readonly udp?: (from: Address, bytes: Buffer) => void | Promise<void>;
  readonly tcp?: (from: Address, bytes: Buffer) => void | Promise<void>;
  readonly http?: (from: Address, bytes: Buffer) => void | Promise<void>;
  readonly close?: (from: Address) => void;
};

export async function transcripts(family: string): Promise<Transcript[]> {
  const file = new URL(`vectors/gateways/${family}.json`, import.meta.url);
  return JSON.parse(await readFile(file, 'utf8')) as Transcript[];
}

export async function replay(
  t: ExecutionContext,
  { steps }: Transcript,
  world: GatewayWorld,
  ways: Ways,
): Promise<void> {
  for (const [i, step] of steps.entries()) {
    const where = `step ${i}`;
    if ('out' in step) {
      const sent = world.sent.shift();
      t.deepEqual({ peer: sent?.peer, out: sent?.bytes.toString('hex') }, { peer: step.peer, out: step.out }, where);
      continue;
    }
    t.deepEqual(world.sent.splice(0), [], `before ${where} more was sent than recorded`);
    if ('passMs' in step) await world.pass(step.passMs);
    else {
      const [way, address = ''] = step.peer.split(' ');
      if ('close' in step) ways.close?.(at(address));
      else await ways[way as 'udp' | 'tcp' | 'http']?.(at(address), Buffer.from(step.in, 'hex'));
      await world.settle();
    }
  }
  t.deepEqual(world.sent.splice(0), [], 'more was sent than recorded');
}
