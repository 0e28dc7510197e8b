// Who takes part in the flood: the real servers, and what each kind of attacker announces. All of it follows from numbers, so
// that processes which share nothing agree on it.
import { hour, minute, second } from '../../node/base/time.ts';
import { fake } from '../../node/demo/fakes.ts';
import type { UnsignedAnnouncement } from '../../node/records/announcement.ts';
import { identityOf } from '../../node/records/announcement.ts';
import type { Verified } from '../../node/records/verified.ts';
import { announcementOf, signerOf } from '../announcements.ts';

export const list = 'flood';

/** How large it is. */
export type Scale = {
  readonly real: number;
  /** Real servers in networks that the attacker fills: one a network, from the first on. */
  readonly neighbours: number;
  readonly fakes: number;
  readonly identities: number;
  /** The attacker's addresses, each in a /24 of its own: the more networks, the more places. */
  readonly addresses: number;
};

/** An honest host announces a few servers. */
const perHost = 3;
const firstHost = 1_000_000;
const firstBot = 2_000_000;
const signerOfReal = (n: number) => signerOf(firstHost + Math.floor(n / perHost));

const pairOf = (n: number): string => `${n >> 8}.${n & 255}`;
const attackersNetwork = (n: number): string => `45.${pairOf(n)}`;
const realAddress = (n: number, { neighbours }: Scale): string =>
  `${n < neighbours ? attackersNetwork(n) : `81.${pairOf(n)}`}.20:27960`;
const realName = (n: number): string => `Real ${n}`;

export function realServer(n: number, scale: Scale, now: number): Verified {
  return announcementOf(`real-${n}`, {
    list,
    signer: signerOfReal(n),
    name: realName(n),
    addresses: [realAddress(n, scale)],
    issuedAt: now,
  });
}

/** Addresses of this network are free for servers that are announced while the flood runs. */
export const lateAddress = (n: number): string => `84.${pairOf(n)}.20:27960`;

type Fields = Partial<Omit<UnsignedAnnouncement, 'announcer'>>;
type Kind = { readonly text: string; readonly fake: (n: number, scale: Scale, now: number) => FakeFields };
type FakeFields = { readonly bot: number; readonly server: string } & Fields;

const ports = 60_000;
/** Each address has as many fakes as the others; the same server keeps its address. */
const address = (n: number, { addresses }: Scale): string =>
  `${attackersNetwork(n % addresses)}.7:${1_024 + (Math.floor(n / addresses) % ports)}`;
const plain = (n: number, scale: Scale): FakeFields => {
  const { name, game, tags } = fake(n);
  const bot = Math.floor(n / (scale.fakes / scale.identities));
  return { bot, server: `s${n}`, name, game, tags, addresses: [address(n, scale)] };
};

/** What the `n`th fake of each kind says; `now` is the time that the attack begins. */
export const kinds = {
  crowd: { text: 'as many fakes as possible', fake: plain },
  ground: {
    text: 'server names ground until their ids begin with 00',
    fake: (n, scale) => {
      const it = plain(n, scale);
      const { peerId } = signerOf(firstBot + it.bot);
      for (let nonce = 0; ; nonce++) {
        const server = `s${n}-${nonce}`;
        if (identityOf(peerId, server).startsWith('00')) return { ...it, server };
      }
    },
  },
  neighbours: {
    text: 'all of them in the networks of real servers, one network after another',
    fake: (n, scale) => ({
      ...plain(n, scale),
      addresses: [`81.${pairOf(Math.floor((n * scale.real) / scale.fakes))}.7:${1_024 + (n % ports)}`],
    }),
  },
  copies: {
    text: 'names and addresses of real servers',
    fake: (n, scale) => ({
      ...plain(n, scale),
      game: 'openarena',
      tags: [],
      name: realName(n % scale.real),
      addresses: [realAddress(n % scale.real, scale)],
    }),
  },
  one: { text: 'one identity', fake: (n, scale) => ({ ...plain(n, scale), bot: 0 }) },
  domains: {
    text: 'host names, each address a domain',
    fake: (n, scale) => ({
      ...plain(n, scale),
      addresses: [`h${n}.domain-${n % scale.addresses}.example:27015`],
    }),
  },
  wide: {
    text: 'a network for each of them, until the list is full',
    fake: (n, scale) => ({ ...plain(n, scale), addresses: [`${60 + (n >> 16)}.${pairOf(n & 65_535)}.7:27015`] }),
  },
  renewals: {
    text: 'the same few servers again and again, each announcement a second newer',
    fake: (n, scale, now) => {
      const servers = Math.min(scale.fakes, scale.addresses * 64);
      const round = Math.floor(n / servers);
      return { ...plain(n % servers, scale), issuedAt: now - 2 * hour + round * second };
    },
  },
  toggles: {
    text: 'the same few servers up, gone and up again',
    fake: (n, scale, now) => {
      const servers = Math.min(scale.fakes, scale.addresses * 64);
      const round = Math.floor(n / servers);
      const state = round % 2 === 0 ? 'up' : 'left';
      return { ...plain(n % servers, scale), state, issuedAt: now - 2 * hour + round * second };
    },
  },
  brief: {
    text: 'each announcement runs out after a few minutes',
    fake: (n, scale, now) => ({ ...plain(n, scale), expiresAt: now + 2 * minute + (n % 60) * second }),
  },
} satisfies Record<string, Kind>;

export type KindName = keyof typeof kinds;

export function fakeServer(n: number, kind: KindName, scale: Scale, now: number): Verified {
  const { bot, server, ...fields } = kinds[kind].fake(n, scale, now);
  return announcementOf(server, { list, signer: signerOf(firstBot + bot), issuedAt: now, ...fields });
}

/** The ranges of the attacker's addresses, for whoever bars them. */
export const attackersRanges = ({ addresses }: Scale): string[] =>
  Array.from({ length: addresses }, (_, n) => `${attackersNetwork(n)}.7/32`);
