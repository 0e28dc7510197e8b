import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import test from 'ava';
import defaults from '../../config.default.json' with { type: 'json' };
import { announcementOf, signerOf } from '../../test/announcements.ts';
import type { NodeEvent } from '../api/port.ts';
import { parseAddress } from '../base/address.ts';
import type { RollcallError } from '../base/errors.ts';
import type { Config } from '../config/schema.ts';
import type { Announced } from '../gateways/registry.ts';
import type { DenyRule } from '../trust/policy.ts';
import { Gateways, type GatewaysDeps } from './gateways.ts';
import type { ChangeListener } from './live.ts';
import { pause } from './timers.ts';

/** Gateways over a node that keeps its own servers in a map, as the store would over a restart. */
class World implements AsyncDisposable {
  readonly own = new Map<string, Announced>();
  readonly rules: DenyRule[] = [];
  readonly held = new Map<string, ReturnType<typeof announcementOf>>();
  readonly #listeners: ChangeListener[] = [];
  #watch: ((event: NodeEvent) => void) | undefined;
  #stop = new AbortController();
  gateways!: Gateways;

  async start(settings: Config['gateways']): Promise<void> {
    this.#stop = new AbortController();
    const list = {
      listed: this.held,
      rules: this.rules,
      held: (id: string) => this.held.get(id),
      deniedBy: ({ game }: Announced) => this.rules.find(rule => rule.game === game),
    };
    const deps = {
      config: { ...defaults, gateways: settings, network: { ...defaults.network, allowPrivateAddresses: true } },
      own: {
        announceAll: async (servers: readonly Announced[]) => servers.map(server => this.#announce(server)),
        withdrawAll: async (servers: readonly string[]) => {
          for (const server of servers) this.own.delete(server);
        },
        announced: () => [...this.own.values()].map(server => this.#item(server).announcement),
      },
      live: { list, onChange: (listener: ChangeListener) => this.#listeners.push(listener) },
      rows: (ids: Iterable<string>) =>
        [...ids].map(id => ({
          id,
          ...this.held.get(id)!.announcement,
          standing: 'new',
          karma: { value: 0, tier: 'yellow' },
          observed: null,
        })),
      watch: (listener: (event: NodeEvent) => void) => {
        this.#watch = listener;
      },
      peerId: signerOf(1).peerId,
      clock: () => 0,
      monotonic: () => 0,
      random: () => 0.5,
      ticker: () => {},
      later: (_: number, task: () => void) => setImmediate(task),
      signal: this.#stop.signal,
      log: () => {},
    } as unknown as GatewaysDeps;
    this.gateways = await Gateways.open(deps);
  }

  /** As a rule, a rollback or a full list does. */
  drop(id: string): void {
    const before = this.held.get(id);
    this.held.delete(id);
    for (const listener of this.#listeners) listener([{ id, before, after: undefined }]);
  }

  emit(event: NodeEvent): void {
    this.#watch?.(event);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.gateways[Symbol.asyncDispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #item(server: Announced) {
    return announcementOf(server.server, server);
  }

  #announce(server: Announced): undefined {
    this.own.set(server.server, server);
    const item = this.#item(server);
    this.held.set(item.id, item);
    for (const listener of this.#listeners) listener([{ id: item.id, before: undefined, after: item }]);
  }
}

const on = { dpmaster: { enabled: true, host: '127.0.0.1', port: 0 } };
const off = { dpmaster: { enabled: false, host: '127.0.0.1', port: 0 } };
const packet = (text: string) => Buffer.from(`\xff\xff\xff\xff${text}`, 'latin1');

/** A game server that answers every question like OpenArena. */
async function gameServer(gateway: number): Promise<{ socket: Socket; port: number; asked: () => number }> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  let asked = 0;
  socket.on('message', bytes => {
    const [, challenge] = /getinfo (\S+)/.exec(bytes.toString('latin1')) ?? [];
    if (challenge === undefined) return;
    asked++;
    const info = `\\protocol\\71\\clients\\0\\sv_maxclients\\8\\gamename\\Quake3Arena\\hostname\\A\\challenge\\${challenge}`;
    socket.send(packet(`infoResponse\n${info}`), gateway, '127.0.0.1');
  });
  socket.send(packet('heartbeat QuakeArena-1\n'), gateway, '127.0.0.1');
  return { socket, port: socket.address().port, asked: () => asked };
}

const portOf = (world: World): number => {
  const address = parseAddress(world.gateways.status()[0]!.address);
  return address.ok ? address.value.port : 0;
};

async function until(wanted: () => boolean): Promise<void> {
  while (!wanted()) await pause();
}

test('a server that registers over a real socket is announced, and told to those who ask', async t => {
  await using world = new World();
  await world.start(on);
  const gateway = portOf(world);
  const { socket, port } = await gameServer(gateway);
  await until(() => world.own.size === 1);
  t.deepEqual([...world.own.keys()], [`dpmaster-127.0.0.1-${port}`]);
  const client = createSocket('udp4');
  client.send(packet('getservers 71 empty full'), gateway, '127.0.0.1');
  const [answer] = (await once(client, 'message')) as [Buffer];
  const entry = Buffer.concat([Buffer.from('\\'), Buffer.from([127, 0, 0, 1, port >> 8, port & 0xff])]);
  t.deepEqual(answer, Buffer.concat([packet('getserversResponse'), entry, Buffer.from('\\EOT\0\0\0')]));
  t.like(world.gateways.status()[0], { family: 'dpmaster', transport: 'udp', registered: 1 });
  client.close();
  socket.close();
});

test('a server of ours that a probe found silent is asked again', async t => {
  await using world = new World();
  await world.start(on);
  const { socket, asked } = await gameServer(portOf(world));
  await until(() => world.own.size === 1 && asked() === 1);
  const [id] = [...world.held.keys()];
  world.emit({ type: 'observed', id: id!, observed: { up: false } as never });
  await until(() => asked() === 2);
  t.is(world.own.size, 1);
  socket.close();
});

test('what registered before a restart is still registered, unless its gateway was switched off', async t => {
  const world = new World();
  await world.start(on);
  const { socket } = await gameServer(portOf(world));
  await until(() => world.own.size === 1);
  socket.close();
  await world.stop();
  world.own.set('by-hand', { ...[...world.own.values()][0]!, server: 'by-hand' });
  await world.start(on);
  t.like(world.gateways.status()[0], { registered: 1 });
  await world.stop();
  await world.start(off);
  t.deepEqual([...world.own.keys()], ['by-hand']);
  t.deepEqual(world.gateways.status(), []);
  await world.stop();
});

test('a family that there is not is an error that names it', async t => {
  const world = new World();
  await t.throwsAsync(world.start({ dpmastr: on.dpmaster }), {
    code: 'BAD_CONFIG',
    message: 'gateways.dpmastr is not a setting',
  });
});

test('a game is a setting of those families alone whose protocol does not tell it', async t => {
  const world = new World();
  const { code, message } = await t.throwsAsync<RollcallError>(
    world.start({ dpmaster: { ...on.dpmaster, game: 'openarena' } }),
  );
  t.deepEqual([code, message], ['BAD_CONFIG', 'gateways.dpmaster.game is not a setting']);
});

test('the plain list takes protocols of gamedig and of other gateways, and none that no node speaks', async t => {
  await using world = new World();
  await world.start({ json: { enabled: true, host: '127.0.0.1', port: 0 } });
  const { address } = world.gateways.status()[0]!;
  // Each has a port of its own: an answer tells what came of the last announcement for it.
  for (const [query, port, status] of [
    ['q3a', 1, 202],
    ['sauerbraten', 2, 202],
    ['luanti', 3, 202],
    ['q4a', 4, 400],
  ] as const) {
    const body = JSON.stringify({ game: 'mygame', port, name: query, attributes: { query } });
    t.is((await fetch(`http://${address}/announce`, { method: 'POST', body })).status, status, query);
  }
});

test('a Cube 2 server that registers is told the ranges that rules bar now, in its own words', async t => {
  await using world = new World();
  const reason = 'a bot net';
  world.rules.push(
    { address: '203.0.113.0/24', reason },
    { address: '198.51.100.7', reason, until: 1 },
    { address: '192.0.2.1', reason, until: 0 },
    { address: '2001:db8::/32', reason },
    { game: 'openarena', reason },
  );
  await world.start({ cube2: { enabled: true, host: '127.0.0.1', port: 0, game: 'inexor' } });
  // Pings go to the port above the game's, and come back with what the server is.
  const info = createSocket('udp4').bind(0, '127.0.0.1');
  await once(info, 'listening');
  info.on('message', (ping, { port }) => {
    info.send(Buffer.concat([ping, Buffer.from([0, 1, 42]), Buffer.from('\0A\0')]), port, '127.0.0.1');
  });
  const game = connect(portOf(world), '127.0.0.1');
  game.write(`regserv ${info.address().port - 1}\n`);
  const told: string[] = [];
  for await (const line of createInterface({ input: game })) if (told.push(line) === 4) break;
  t.deepEqual(told, ['succreg', 'cleargbans', 'addgban 203.0.113', 'addgban 198.51.100.7']);
  await until(() => world.own.size === 1);
  t.is([...world.own.values()][0]!.game, 'inexor');
  game.destroy();
  info.close();
});

test('a registered server that a rule bars is withdrawn; one that left the list for another reason is not', async t => {
  await using world = new World();
  await world.start(on);
  const { socket } = await gameServer(portOf(world));
  await until(() => world.own.size === 1);
  const [[id, item]] = [...world.held] as [[string, ReturnType<typeof announcementOf>]];
  world.drop(id);
  t.like(world.gateways.status()[0], { registered: 1 });
  world.held.set(id, item);
  world.rules.push({ game: item.announcement.game, reason: 'a bot net' });
  world.drop(id);
  t.like(world.gateways.status()[0], { registered: 0 });
  await until(() => world.own.size === 0);
  socket.close();
});

test('a port that is taken is an error, and frees what was opened before', async t => {
  const holder = createSocket('udp4').bind(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address();
  const world = new World();
  const { code, message, remedy } = await t.throwsAsync<RollcallError>(
    world.start({ dpmaster: { enabled: true, host: '127.0.0.1', port } }),
  );
  t.deepEqual([code, message], ['PORT_TAKEN', `the gateway dpmaster: port ${port} of 127.0.0.1 is in use`]);
  t.is(remedy, 'choose another with gateways.dpmaster.port, or stop what listens there');
  holder.close();
});
