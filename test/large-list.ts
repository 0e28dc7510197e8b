// A store larger than any: a list of many servers, with a long history. It takes minutes to write, and holds for some hours.
import { join } from 'node:path';
import { day, hour } from '../node/base/time.ts';
import { openStore } from '../node/history/store.ts';
import { openIdentity } from '../node/identity/keyfile.ts';
import { announcementOf, signerOf } from './announcements.ts';
import { lived } from './lived.ts';

/** Announcers of the large list: many keys, as in a real one; and hosts rent out many servers in one /24. */
const perAnnouncer = 100;
const perNetwork = 25;

/** As many servers as commits: one joins with each of the last ones, so that each has a change of its own. */
export async function writeLargeList(data: string, servers: number, commits: number): Promise<void> {
  const { peerId } = await openIdentity(data);
  const now = Date.now();
  /** What is announced holds for a day. */
  const begin = now - 20 * hour;
  await using store = await openStore(join(data, 'store'));
  const node = await lived(store, peerId, servers + 1);
  const announce = (n: number, round: number, at: number) => node.door.admit(largeServer(n, round, at));
  node.until(begin);
  for (let n = 0; n < servers; n++) announce(n, 0, begin);
  await node.commit();
  for (let round = 1; round < commits; round++) {
    const at = begin + Math.floor((round * (now - begin)) / commits);
    node.until(at);
    announce(round % servers, round, at);
    await node.commit();
  }
}

const words = ['instagib', 'capture', 'friendly', 'hardcore', 'public', 'Zażółć', '日本語', 'Αθήνα', 'night', 'coop'];

function largeServer(n: number, round: number, at: number) {
  const network = Math.floor(n / perNetwork);
  const pick = (step: number): string => words[(n * step) % words.length]!;
  return announcementOf(`server-${n}`, {
    signer: signerOf(1 + Math.floor(n / perAnnouncer)),
    game: ['openarena', 'xonotic', 'css', 'mindustry', 'sauerbraten'][n % 5]!,
    name: `${pick(7)} ${pick(3)} #${n}`,
    addresses: [
      `${11 + (network >> 16)}.${(network >> 8) & 255}.${network & 255}.${1 + (n % 250)}:${20_000 + (n % 97)}`,
    ],
    version: `2026.${round % 100}`,
    tags: [...new Set([pick(1), pick(9)])],
    attributes: { country: ['de', 'fr', 'us', 'br', 'jp'][n % 5]! },
    issuedAt: at,
    expiresAt: at + day,
  });
}
