// What bots announce: servers that are not there, under names that real floods had. Pure.

export type Fake = {
  readonly server: string;
  readonly game: string;
  readonly name: string;
  readonly address: string;
  readonly tags: readonly string[];
};

/** All fakes say that they are here. Loopback: nobody outside of this machine is asked because of them. */
export const fakesNetwork = '127.66.6.0/24';

/** What puts a name first, in lists that are sorted by it. */
const openers = ['!!!', '!', '#1', '*', '***', '+++'];
const claims = [
  'Dust2 only 24/7',
  'FREE VIP for everyone',
  '1000 FPS no lag',
  'Instant respawn',
  'All weapons unlocked',
  'Best ping in Europe',
  'Public 128 tick',
  'Deathmatch fun',
  'Official tournament',
  'New players welcome',
];
const games = ['css', 'openarena', 'counterstrike16', 'xonotic', 'teamfortress2', 'urbanterror'];

/** Fake `n` of a flood. */
export function fake(n: number): Fake {
  const opener = openers[n % openers.length]!;
  return {
    server: `s${n}`,
    game: games[n % games.length]!,
    name: `${opener} ${claims[n % claims.length]!} ${n + 1}`,
    address: `127.66.6.${1 + (n % 250)}:${27_000 + Math.floor(n / 250)}`,
    tags: ['vip', 'nolag'],
  };
}
