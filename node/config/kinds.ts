// The kinds of values that settings take. Each says in words what it `is`, so that every fault reads the same:
// `network.listen[0]: "foo" is not a multiaddr with a TCP port, such as /ip4/0.0.0.0/tcp/7481`.
import { peerIdFromString } from '@libp2p/peer-id';
import { multiaddr } from '@multiformats/multiaddr';
import Type from 'typebox';
import { parseCidr } from '../base/address.ts';
import { day } from '../base/time.ts';

/** Above this, a setting is a mistake; and Node's timers take 2^31 − 1 ms (24.8 days) for 1 ms. */
const durationMaxMs = day;
/** No list, queue or quota of a node reaches ten million: memory would end first. */
const countMax = 10_000_000;

/** A length of time in milliseconds. */
export const duration = (description: string, { minMs = 1, maxMs = durationMaxMs } = {}) =>
  Type.Integer({
    description,
    minimum: minMs,
    maximum: maxMs,
    is: `a whole number of milliseconds from ${minMs} to ${maxMs}`,
  });

export const count = (description: string, { min = 1, max = countMax } = {}) =>
  Type.Integer({ description, minimum: min, maximum: max, is: `a whole number from ${min} to ${max}` });

/** Karma and its thresholds. */
export const share = (description: string) =>
  Type.Number({ description, minimum: -1, maximum: 1, is: 'a number from -1 to 1' });

/** A moment in Unix milliseconds. */
export const moment = (description: string) =>
  Type.Integer({ description, minimum: 0, is: 'a time in Unix milliseconds' });

export const port = (description: string) =>
  Type.Integer({ description, minimum: 0, maximum: 65_535, is: 'a port from 0 to 65535' });

export const toggle = (description: string) => Type.Boolean({ description, is: 'true or false' });

export const choice = <const Values extends string[]>(description: string, values: Values) =>
  Type.Unsafe<Values[number]>(Type.Enum(values, { description, type: 'string', is: `one of ${values.join(', ')}` }));

/** Text of a fixed form; `is` says which. */
export const form = (description: string, is: string, fits: (text: string) => boolean) =>
  Type.Refine(Type.String({ description, is }), fits);

export const address = (description: string) =>
  form(description, 'a multiaddr with a TCP port, such as /ip4/0.0.0.0/tcp/7481', isMultiaddr);

export const range = (description: string) =>
  form(description, 'an address range, such as 203.0.113.0/24', text => parseCidr(text).ok);

export const announcer = (description: string) =>
  form(description, 'an Ed25519 peer id, such as 12D3KooW…', text => /^12D3KooW/.test(text) && isPeerId(text));

export const host = (description: string) =>
  form(description, 'a host name or IP address', text => /^[a-z0-9_:][a-z0-9_.:-]{0,252}$/i.test(text));

function isMultiaddr(text: string): boolean {
  try {
    const parts = multiaddr(text).getComponents();
    // There is no other transport: without one, nothing could listen or be dialled.
    return (
      parts.some(({ name }) => name === 'tcp') &&
      parts.every(({ name, value }) => name !== 'p2p' || isPeerId(value ?? ''))
    );
  } catch {
    return false;
  }
}

function isPeerId(text: string): boolean {
  try {
    return peerIdFromString(text).toString() === text;
  } catch {
    return false;
  }
}
