// Announcements for tests: keys from small numbers, fields from defaults.
import { createPrivateKey, sign } from 'node:crypto';
import type { Signer } from '../node/identity/keys.ts';
import { peerIdOf } from '../node/identity/keys.ts';
import type { UnsignedAnnouncement } from '../node/records/announcement.ts';
import { announced, type Verified } from '../node/records/verified.ts';

export const testList = 'test';
/** 2026-01-01 00:00 UTC. */
export const testNow = Date.UTC(2026, 0, 1);

/** The same key for the same number, on every machine. */
export function signerOf(number: number): Signer & { readonly seed: Uint8Array } {
  const held = signers.get(number);
  if (held) return held;
  const seed = new Uint8Array(32);
  new DataView(seed.buffer).setUint32(0, number);
  const key = createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const { x } = key.export({ format: 'jwk' });
  const signer = {
    peerId: peerIdOf(Buffer.from(x!, 'base64url')),
    seed,
    sign: (bytes: Uint8Array) => sign(null, bytes, key),
  };
  signers.set(number, signer);
  return signer;
}

const signers = new Map<number, Signer & { readonly seed: Uint8Array }>();

export function announcementOf(
  server: string,
  fields: Partial<Omit<UnsignedAnnouncement, 'announcer'>> & { signer?: Signer; list?: string } = {},
): Verified {
  const { signer = signerOf(1), list = testList, ...rest } = fields;
  const issuedAt = rest.issuedAt ?? testNow;
  return announced(
    {
      server,
      game: 'openarena',
      name: `Server ${server}`,
      addresses: ['203.0.113.7:27960'],
      state: 'up',
      version: '',
      tags: [],
      attributes: {},
      expiresAt: issuedAt + 86_400_000,
      ...rest,
      issuedAt,
    },
    list,
    signer,
  );
}
