// Mutated requests for the gateways over HTTP: their masters without sockets, and real requests to begin with.
import { bzflag } from '../node/gateways/bzflag/bzflag.ts';
import { BzflagMaster } from '../node/gateways/bzflag/master.ts';
import { Checks } from '../node/gateways/checks.ts';
import type { Family } from '../node/gateways/family.ts';
import { json } from '../node/gateways/json/json.ts';
import { JsonMaster } from '../node/gateways/json/master.ts';
import { luanti } from '../node/gateways/luanti/luanti.ts';
import { LuantiMaster } from '../node/gateways/luanti/master.ts';
import { Reports } from '../node/gateways/luanti/reports.ts';
import type { Target } from './gateway-fuzz.ts';
import { formPost, overHttp } from './gateway-http.ts';
import { GatewayWorld } from './gateways.ts';

export const httpTargets: Readonly<Record<string, () => Target>> = {
  luanti: () =>
    target(luanti, (world, checks) => new LuantiMaster(world.deps, checks, new Reports(luanti.timeoutMs)), [
      formPost('/announce', { json: luantiStart }),
      `POST /announce HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=--x\r\n\r\n----x\r\nContent-Disposition: form-data; name="json"\r\n\r\n${luantiStart}\r\n----x--\r\n`,
      'POST /announce?json=%7B%22action%22%3A%22delete%22%2C%22port%22%3A30000%7D HTTP/1.1\r\n\r\n',
      'GET /list?proto_version_min=37&proto_version_max=41 HTTP/1.1\r\n\r\n',
    ]),
  bzflag: () =>
    target(bzflag, (world, checks) => new BzflagMaster(world.deps, checks, bzflag.timeoutMs), [
      formPost('/db/', {
        ...{ action: 'ADD', nameport: '0.0.0.0:5154', version: 'BZFS0221', title: 'A', checktokens: 'bob=1\r\n' },
        gameinfo: '000000100001000000000000000000000c000c000c000c000c000c00c8',
      }),
      formPost('/db/', { action: 'REMOVE', nameport: 'a.example.org' }),
      'GET /?action=LIST&version=BZFS0221&callsign=bob&password=x HTTP/1.1\r\n\r\n',
    ]),
  json: () =>
    target(json, (world, checks) => new JsonMaster(world.deps, checks, json.timeoutMs), [
      `POST /announce HTTP/1.1\r\n\r\n{"game":"mygame","port":5000,"name":"A","tags":["x"],"attributes":{"a":"b"}}`,
      `POST /announce HTTP/1.1\r\n\r\n{"game":"mygame","port":5000,"name":"A","state":"left"}`,
      'GET /list?game=mygame HTTP/1.1\r\n\r\n',
    ]),
};

const luantiStart = JSON.stringify({
  ...{ action: 'start', port: 30000, name: 'A', description: 'B', version: '5.6.1', gameid: 'minetest', clients: 1 },
  ...{ clients_max: 9, uptime: 0, game_time: 0, proto_min: 37, proto_max: 41, mods: ['dye'], clients_list: ['bob'] },
});

/** No port ever answers, so whatever is listed is a fault. */
function target(
  { name, timeoutMs }: Family,
  masterOf: (world: GatewayWorld, checks: Checks) => Parameters<typeof overHttp>[1],
  messages: readonly string[],
): Target {
  const world = new GatewayWorld(name, timeoutMs, { lab: false });
  return {
    world,
    seeds: messages.map(text => Buffer.from(text)),
    receive: overHttp(world, masterOf(world, new Checks(world.deps, async () => undefined))),
    proved: true,
  };
}
