// Who plays in the demo: game servers with names in many scripts, of games that gamedig can ask.
import type { Protocol } from './game-server-protocols.ts';

export type Part = {
  /** The announcer's own name for it. */
  readonly server: string;
  readonly game: string;
  /** What its small game server speaks: the protocol in which that game is asked. */
  readonly protocol: Protocol;
  /** A rename takes the other one. */
  readonly names: readonly [string, string];
  readonly maps: readonly [string, string, ...string[]];
  readonly maxPlayers: number;
  readonly country: string;
};

/** On the list from the beginning. */
export const cast: readonly Part[] = [
  {
    server: 'eu-1',
    game: 'openarena',
    protocol: 'quake3',
    names: ["Bob's instagib", "Bob's instagib: cup tonight"],
    maps: ['oa_dm1', 'oa_ctf2', 'aggressor'],
    maxPlayers: 16,
    country: 'de',
  },
  {
    server: 'ru-1',
    game: 'teamfortress2',
    protocol: 'a2s',
    names: ['Большая свалка 24/7', 'Большая свалка: без ботов'],
    maps: ['cp_badlands', 'pl_upward', 'koth_harvest_final'],
    maxPlayers: 24,
    country: 'ru',
  },
  {
    server: 'gr-1',
    game: 'urbanterror',
    protocol: 'quake3',
    names: ['Η ταράτσα της Αθήνας', 'Η ταράτσα, μόνο μαχαίρια'],
    maps: ['ut4_turnpike', 'ut4_abbey', 'ut4_casa'],
    maxPlayers: 20,
    country: 'gr',
  },
  {
    server: 'jp-1',
    game: 'xonotic',
    protocol: 'quake3',
    names: ['日本語サーバー 初心者歓迎', '日本語サーバー 大会中'],
    maps: ['stormkeep', 'drain', 'afterslime'],
    maxPlayers: 12,
    country: 'jp',
  },
  {
    server: 'cn-1',
    game: 'css',
    protocol: 'a2s',
    names: ['上海深夜竞技', '上海深夜竞技（练习）'],
    maps: ['de_dust2', 'de_inferno', 'cs_office'],
    maxPlayers: 32,
    country: 'cn',
  },
  {
    server: 'kr-1',
    game: 'nexuiz',
    protocol: 'quake3',
    names: ['한밤의 결투장', '한밤의 결투장 (고수만)'],
    maps: ['bloodprison', 'basement', 'soylent'],
    maxPlayers: 10,
    country: 'kr',
  },
  {
    server: 'eg-1',
    game: 'counterstrike16',
    protocol: 'a2s',
    names: ['ساحة الأبطال', 'ساحة الأبطال الجديدة'],
    maps: ['de_nuke', 'de_train', 'fy_iceworld'],
    maxPlayers: 22,
    country: 'eg',
  },
  {
    server: 'il-1',
    game: 'q3a',
    protocol: 'quake3',
    names: ['לילה לבן בחיפה', 'לילה לבן, רק ריילגאן'],
    maps: ['q3dm17', 'q3dm6', 'q3tourney2'],
    maxPlayers: 8,
    country: 'il',
  },
  {
    server: 'in-1',
    game: 'garrysmod',
    protocol: 'a2s',
    names: ['दिल्ली का अखाड़ा', 'दिल्ली का अखाड़ा: रविवार'],
    maps: ['gm_construct', 'gm_flatgrass', 'ttt_minecraft_b5'],
    maxPlayers: 48,
    country: 'in',
  },
  {
    server: 'nz-1',
    game: 'tremulous',
    protocol: 'quake3',
    names: ['🥝 Kiwi bunker 🚀', '🥝 Kiwi bunker 🌙 night shift'],
    maps: ['atcs', 'karith', 'niveus'],
    maxPlayers: 14,
    country: 'nz',
  },
];

/** They come later, and go again. */
export const understudies: readonly Part[] = [
  {
    server: 'pl-1',
    game: 'openarena',
    protocol: 'quake3',
    names: ['Zażółć gęślą jaźń', 'Zażółć gęślą jaźń: turniej'],
    maps: ['oa_dm4', 'oa_dm7'],
    maxPlayers: 12,
    country: 'pl',
  },
  {
    server: 'vn-1',
    game: 'l4d2',
    protocol: 'a2s',
    names: ['Sân chơi Sài Gòn', 'Sân chơi Sài Gòn, cuối tuần'],
    maps: ['c1m1_hotel', 'c5m1_waterfront'],
    maxPlayers: 8,
    country: 'vn',
  },
  {
    server: 'ge-1',
    game: 'svencoop',
    protocol: 'a2s',
    names: ['ძველი თბილისი', 'ძველი თბილისი: ღამე'],
    maps: ['hl_c00', 'sc_another'],
    maxPlayers: 16,
    country: 'ge',
  },
  {
    server: 'th-1',
    game: 'urbanterror',
    protocol: 'quake3',
    names: ['กรุงเทพยามดึก', 'กรุงเทพยามเช้า'],
    maps: ['ut4_algiers', 'ut4_kingdom'],
    maxPlayers: 18,
    country: 'th',
  },
];
