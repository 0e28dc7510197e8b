// Mutated messages for Teeworlds in both versions, for DDNet and for OpenTTD: their masters without sockets, and real messages
// to begin with.
import { formatAddress } from '../node/base/address.ts';
import type { ChallengeBook } from '../node/gateways/challenges.ts';
import { ddnet } from '../node/gateways/ddnet/ddnet.ts';
import { DdnetMaster } from '../node/gateways/ddnet/master.ts';
import { OpenTtdMaster } from '../node/gateways/openttd/master.ts';
import { openttd } from '../node/gateways/openttd/openttd.ts';
import type { Connection } from '../node/gateways/tcp.ts';
import { TeeMaster } from '../node/gateways/teeworlds/master.ts';
import { teeworlds, teeworlds06 } from '../node/gateways/teeworlds/teeworlds.ts';
import { formatTokenRequest, formatWord, header, packetBytesMax } from '../node/gateways/teeworlds/wire.ts';
import type { Target } from './gateway-fuzz.ts';
import { overHttp } from './gateway-http.ts';
import { GatewayWorld } from './gateways.ts';

export const teeworldsTargets: Readonly<Record<string, () => Target>> = {
  teeworlds: teeworldsTarget,
  teeworlds06: teeworlds06Target,
  ddnet: ddnetTarget,
  openttd: openttdTarget,
};

const [token, own] = [Buffer.from('0a1b2c3d', 'hex'), Buffer.from('abcd')];
const info06 = Buffer.from('7\x000.6.5\0Bob\0dm1\0DM\x000\x002\x008\x003\x0012\0');
const info07 = Buffer.from('\x000.7.5\0Bob\0\0dm1\0DM\0\0\0\x02\x08\x03\x0c');
/** Nobody meets a challenge by chance, so whatever is listed is a fault. */
const unanswerable = (challenge: string): ChallengeBook => ({ issue: () => challenge, holds: () => false });

function teeworldsTarget(): Target {
  const world = new GatewayWorld('teeworlds', teeworlds.timeoutMs, { lab: false });
  const book = { issue: () => token.toString('hex'), holds: () => false };
  const master = new TeeMaster(world.deps, '0.7', book);
  world.list('here', { game: 'teeworlds', addresses: ['8.8.8.8:8303'] });
  const words = [formatWord(header(token, own), 'bea2', Buffer.from([0x20, 0x6f]))];
  for (const word of ['cou2', 'req2'] as const) words.push(formatWord(header(token, own), word));
  words.push(formatWord(header(token, own), 'inf3', info07));
  return udpTarget(world, master, [formatTokenRequest(own), formatTokenRequest(token), ...words]);
}

function teeworlds06Target(): Target {
  const world = new GatewayWorld('teeworlds06', teeworlds06.timeoutMs, { lab: false });
  const master = new TeeMaster(world.deps, '0.6', unanswerable('07'));
  world.list('here', { game: 'teeworlds-0.6', addresses: ['8.8.8.8:8303'] });
  const words = [formatWord(header(), 'bea2', Buffer.from([0x20, 0x6f])), formatWord(header(), 'inf3', info06)];
  for (const word of ['cou2', 'req2'] as const) words.push(formatWord(header(), word));
  return udpTarget(world, master, words);
}

function udpTarget(world: GatewayWorld, master: TeeMaster, seeds: readonly Buffer[]): Target {
  const udp = world.udp({ packetBytesMax, receive: exchange => master.receive(exchange) });
  world.every(() => master.tick());
  return {
    world,
    seeds,
    receive: (from, bytes) => udp.message(bytes, from),
    isList: answer => answer.includes('lis2') || answer.includes('siz2'),
  };
}

function ddnetTarget(): Target {
  const world = new GatewayWorld('ddnet', ddnet.timeoutMs, { lab: false });
  const udp = world.udp({ packetBytesMax: 0, receive: () => {} });
  const master = new DdnetMaster(world.deps, unanswerable('token'), udp.ask);
  world.every(() => master.tick());
  const headers = [
    'POST /ddnet/15/register HTTP/1.1\r\nAddress: tw-0.7+udp://connecting-address.invalid:8303\r\nSecret: 81fa3955\r\n',
    'Challenge-Secret: 81fa3955:tw0.7/ipv4\r\nChallenge-Token: token\r\nConnless-Token: 1a2b3c4d\r\nInfo-Serial: 0\r\n',
  ].join('');
  const seeds = [
    `${headers}Content-Type: application/json\r\n\r\n{"name":"A","version":"1","game_type":"DM","passworded":true}`,
    `${headers}Action: delete\r\n\r\n`,
    'GET /ddnet/15/servers.json HTTP/1.1\r\n\r\n',
  ];
  return {
    world,
    seeds: seeds.map(text => Buffer.from(text)),
    receive: overHttp(world, master),
    proved: true,
  };
}

/** Nobody is there who could be reached. */
function openttdTarget(): Target {
  const world = new GatewayWorld('openttd', openttd.timeoutMs, { lab: false });
  const master = new OpenTtdMaster(world.deps, openttd.timeoutMs, () => Promise.resolve(undefined));
  const connections = new Map<string, Connection>();
  const packets = [
    '09000106018b0f0000',
    '15000106018b0f2b48333939310073656b72697400',
    '0e0004060631332e300000000000',
    '0b0006062b483339393100',
    '0c0008062b48333939310000',
  ];
  return {
    world,
    seeds: packets.map(hex => Buffer.from(hex, 'hex')),
    receive: (from, bytes) => {
      const peer = { ...from, port: 50_000 + (from.port % 8) };
      const held = connections.get(formatAddress(peer));
      const connection = held && !held.closed.aborted ? held : world.tcp(peer);
      connections.set(formatAddress(peer), connection);
      master.read(connection, bytes);
    },
    proved: true,
  };
}
