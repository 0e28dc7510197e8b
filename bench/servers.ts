// A large list for measurements: real announcements with real signatures, of many announcers.

import type { Verified } from '../node/records/verified.ts';
import { announcementOf, signerOf, testNow } from '../test/announcements.ts';

/** 1,000 announcers for 100,000 servers: many keys, as in a real list. */
const perAnnouncer = 100;
/** Hosts rent out many servers in one /24; the quota is 64. */
const perNetwork = 25;

/** Server `n` as announced `round` times; each round is a second. */
export function serverOf(n: number, round: number, signer = signerOf(1 + Math.floor(n / perAnnouncer))): Verified {
  const network = Math.floor(n / perNetwork);
  return announcementOf(`server-${n}`, {
    signer,
    game: words[n % words.length]!,
    name: `Server ${n} of ${words[(n * 7) % words.length]} | ${words[(n * 13) % words.length]}`,
    addresses: [
      `${11 + (network % 89)}.${(network >> 8) & 255}.${network & 255}.${1 + (n % 250)}:${20_000 + (n % 97)}`,
    ],
    version: '2026.1',
    tags: [words[n % 5]!, words[5 + (n % 3)]!],
    attributes: { country: ['de', 'fr', 'us', 'br', 'jp'][n % 5]! },
    issuedAt: testNow + round * 1_000,
  });
}

/** Where fakes say that they are: a range for measurements, RFC 2544. */
export const fakesRange = '198.18.0.0/15';

/** Fake `n`, ten seconds later than the others. */
export function fakeOf(n: number): Verified {
  return announcementOf(`fake-${n}`, {
    signer: signerOf(1_000_000 + Math.floor(n / perAnnouncer)),
    game: words[n % words.length]!,
    name: `${n} of 64 players online!`,
    addresses: [`198.18.${(n >> 8) & 255}.${n & 255}:27960`],
    issuedAt: testNow + 10_000,
  });
}

const words = ['sauerbraten', 'openarena', 'mindustry', 'xonotic', 'teeworlds', 'instagib', 'coop', 'ctf', 'hardcore'];
