import test from 'ava';
import { queryOf } from './games.ts';

for (const [game, attributes, gamePort, protocol, port] of [
  ['openarena', {}, 27_960, 'quake3', 27_960],
  ['openarena', {}, 31_000, 'quake3', 31_000],
  ['xonotic', {}, 26_000, 'xonotic', 26_000],
  ['quake3arena', {}, 27_960, 'quake3', 27_960],
  ['openttd', {}, 3_979, 'openttd', 3_979],
  ['mumble', {}, 64_738, 'mumbleping', 64_738],
  ['armagetron', {}, 4_534, 'armagetron', 4_534],
  ['minecraft', {}, 25_565, 'minecraftvanilla', 25_565],
  ['arma3', {}, 2_302, 'valve', 2_303],
  ['arma3', { 'query-port': '2400' }, 2_302, 'valve', 2_400],
  ['my-own-mod', { query: 'q3a' }, 27_960, 'quake3', 27_960],
  ['openarena', { query: 'css' }, 27_015, 'valve', 27_015],
] as const) {
  test(`${game} ${JSON.stringify(attributes)} at ${gamePort} is asked in ${protocol} at ${port}`, t => {
    const query = queryOf(game, attributes)!;
    t.deepEqual([query.protocol, query.port(gamePort)], [protocol, port]);
  });
}

for (const [game, attributes, why] of [
  ['sauerbraten', {}, 'gamedig does not know it'],
  ['minetest', {}, 'gamedig asks a central list instead'],
  ['factorio', {}, 'gamedig asks a central list instead'],
  ['discord', {}, 'gamedig asks a central host instead'],
  ['gta5f', {}, 'HTTP answers may redirect anywhere'],
  ['terrariatshock', {}, 'HTTP answers may redirect anywhere'],
  ['teamspeak3', {}, 'gamedig asks another port'],
  ['constructor', {}, 'it is no game'],
  ['openarena', { query: 'nothing' }, 'its hint is unknown'],
  ['openarena', { 'query-port': '0' }, 'its port is none'],
] as const) {
  test(`${game} ${JSON.stringify(attributes)} is not asked: ${why}`, t => {
    t.is(queryOf(game, attributes), undefined);
  });
}
