// What bench/serving-pages.ts asks for: filters as people use them, for a page of 100. Words differ from one time to the next,
// so that no answer is kept from before.
import { seeded } from '../node/network/memory.ts';

const random = seeded(7);
const below = (n: number): number => Math.floor(random() * n);
const pick = <T>(items: readonly T[]): T => items[below(items.length)]!;
const games = ['sauerbraten', 'openarena', 'mindustry', 'xonotic', 'teeworlds'];

/** Whom to ask about, when they are known. */
export const announcers: string[] = [];
/** Orders that some of them ask for. */
export const sorts = ['players', 'name', 'ping'];

export const questions: Readonly<Record<string, () => Record<string, string>>> = {
  'a game': () => ({ game: pick(games) }),
  'a game, players>n': () => ({ game: pick(games), filter: `players>${below(20)}` }),
  'players>n': () => ({ filter: `players>${below(20)}` }),
  'a number in the text': () => ({ filter: String(below(100_000)) }),
  'a word of every ninth': () => ({ filter: pick(['coop', 'ctf', 'hardcore', 'instagib']) }),
  'the beginning of an address': () => ({ filter: `${11 + below(89)}.${below(16)}.` }),
  'one letter': () => ({ filter: pick([...'abcdexyz0']) }),
  'a word that nobody has': () => ({ filter: `zz${below(1_000)}` }),
  'a tag': () => ({ filter: `tag:${pick(['sauerbraten', 'xonotic', 'instagib', 'coop'])}` }),
  'not a tag': () => ({ filter: `-tag:${pick(['sauerbraten', 'xonotic', 'instagib', 'coop'])}` }),
  'a country': () => ({ filter: `attributes.country:${pick(['de', 'fr', 'us'])}` }),
  karma: () => ({ filter: 'karma:green' }),
  'an announcer': () => ({ filter: `announcer:${pick(announcers)}` }),
  'four terms': () => ({ filter: `game:${pick(games)} players>0 ping<${100 + below(100)} -tag:coop` }),
  'players>n, most players first': () => ({ filter: `players>${below(5)}`, sort: 'players' }),
  'a game by name': () => ({ game: pick(games), sort: 'name' }),
  'all by ping': () => ({ sort: 'ping' }),
  'all, hidden ones too': () => ({ all: '1', filter: `max>${below(16)}` }),
};
