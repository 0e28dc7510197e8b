// What mutated messages are thrown at: each family's gateway without sockets, and real messages to begin with.
import { formatAddress } from '../node/base/address.ts';
import type { ChallengeBook } from '../node/gateways/challenges.ts';
import { cube2, redEclipse } from '../node/gateways/cube2/cube2.ts';
import { CubeMaster } from '../node/gateways/cube2/master.ts';
import { DpMaster, dpmaster } from '../node/gateways/dpmaster/dpmaster.ts';
import { packetBytesMax } from '../node/gateways/dpmaster/wire.ts';
import type { Connection } from '../node/gateways/tcp.ts';
import type { Target } from './gateway-fuzz.ts';
import { httpTargets } from './gateway-targets-http.ts';
import { teeworldsTargets } from './gateway-targets-teeworlds.ts';
import { GatewayWorld } from './gateways.ts';

/** By family. Each call makes a new one. */
export const fuzzTargets: Readonly<Record<string, () => Target>> = {
  dpmaster: dpmasterTarget,
  cube2: () => cubeTarget('cube2'),
  redeclipse: () => cubeTarget('redeclipse'),
  ...teeworldsTargets,
  ...httpTargets,
};

/** Nobody meets a challenge by chance, so whatever is listed is a fault. */
const unanswerable = (challenge: string): ChallengeBook => ({ issue: () => challenge, holds: () => false });

function dpmasterTarget(): Target {
  const world = new GatewayWorld('dpmaster', dpmaster.timeoutMs, { lab: false });
  const udp = world.udp({ packetBytesMax, receive: exchange => master.receive(exchange) });
  const master: DpMaster = new DpMaster(world.deps, unanswerable('b57f80e'), udp.ask);
  world.every(() => master.tick());
  world.list('here', { addresses: ['8.8.8.8:27960'], attributes: { gamename: 'Quake3Arena', protocol: '71' } });
  const messages = [
    'heartbeat QuakeArena-1\n',
    'infoResponse\n\\protocol\\71\\clients\\0\\sv_maxclients\\8\\gamename\\Quake3Arena\\challenge\\0b57f80e\\hostname\\A',
    'getservers 71 empty full',
    'getserversExt Quake3Arena 71 empty full gametype=4 ipv4 ipv6',
  ];
  return {
    world,
    seeds: messages.map(text => Buffer.from(`\xff\xff\xff\xff${text}`, 'latin1')),
    receive: (from, bytes) => udp.message(bytes, from),
    isList: answer => answer.includes('getservers'),
  };
}

/** Lines over a handful of connections, and datagrams where pings are answered. */
function cubeTarget(dialect: 'cube2' | 'redeclipse'): Target {
  const { name, timeoutMs } = dialect === 'cube2' ? cube2 : redEclipse;
  const world = new GatewayWorld(name, timeoutMs, { lab: false });
  const udp = world.udp({ packetBytesMax: 512, receive: ({ from, bytes }) => master.pong(from, bytes) });
  const master: CubeMaster = new CubeMaster(world.deps, dialect, timeoutMs, unanswerable('q7Zx-0aB'), udp.ask);
  world.every(() => master.tick());
  const connections = new Map<string, Connection>();
  const messages = [
    'regserv 28785\n',
    'server 28801 * 229 "Bob^"s" 0 stable\n',
    'list\n',
    'GET /list HTTP/1.1\r\n\r\n',
    'reqauth 1 bob\n',
  ];
  return {
    world,
    seeds: [
      ...messages.map(text => Buffer.from(text)),
      Buffer.from('q7Zx-0aB\0\x05\x80\x04\x01\0\0\x0c\0\0A\0', 'latin1'),
    ],
    receive: (from, bytes) => {
      if (from.port % 4 === 0) return udp.message(bytes, from);
      const peer = { ...from, port: 50_000 + (from.port % 8) };
      const held = connections.get(formatAddress(peer));
      const connection = held && !held.closed.aborted ? held : world.tcp(peer);
      connections.set(formatAddress(peer), connection);
      master.read(connection, bytes);
    },
    proved: true,
  };
}
