// Every setting there is. A new section is one more constant here and its defaults in config.default.json.
import Type, { type Static } from 'typebox';
import { day, hour, minute, second } from '../base/time.ts';
import {
  address,
  announcer,
  choice,
  count,
  duration,
  form,
  host,
  moment,
  port,
  range,
  share,
  toggle,
} from './kinds.ts';

const denyRule = Type.Refine(
  Type.Object(
    {
      announcer: Type.Optional(announcer('Bars every server of this announcer.')),
      address: Type.Optional(range('Bars servers with an address in this range.')),
      game: Type.Optional(
        form('Bars every server of this game.', 'a game id', text => /^[a-z0-9][a-z0-9_.-]*$/.test(text)),
      ),
      reason: form('Why, in words: people will ask.', 'a reason in words', text => text.trim() !== ''),
      until: Type.Optional(moment('When the rule ends, in Unix milliseconds; without it, never.')),
    },
    {
      description: 'One rule of this node, beside those of the maintainers.',
      is: 'a rule with exactly one of announcer, address, game',
    },
  ),
  rule => [rule.announcer, rule.address, rule.game].filter(barred => barred !== undefined).length === 1,
);

const list = Type.Object({
  name: form(
    'Which list this node carries. Signatures and topics are bound to it: nodes of other names never meet.',
    'a list name (lower-case letters, digits, ".", "_", "-", a letter or digit first, at most 64)',
    text => /^[a-z0-9][a-z0-9._-]{0,63}$/.test(text),
  ),
  lifetimeMs: duration(
    'How long this node’s own announcements are good for; renewed at half of it. The protocol allows a day.',
    {
      minMs: minute,
      maxMs: day,
    },
  ),
  serversMax: count('How many servers the list may hold: a bound on memory, about 2 KB a server.'),
  perAnnouncerMax: count('How many servers one announcer may list: hosters announce thousands, floods more.'),
  perNetworkMax: count(
    'How many servers one IPv4 /24, IPv6 /48 or domain may list: addresses are what a flood has to pay for.',
  ),
  waitingMax: count('How many announcements over quota are kept waiting for a place.', { min: 0 }),
  asDatabase: form(
    'A database of autonomous systems (MMDB), so that an owner of many networks is seen as one.',
    'the path of a file, or empty',
    () => true,
  ),
  deny: Type.Array(denyRule, {
    description: 'What this node bars by itself.',
    maxItems: 10_000,
    is: 'a list of at most 10000 rules',
  }),
});

const addresses = (description: string) =>
  Type.Array(address(description), { description, maxItems: 100, is: 'a list of at most 100 multiaddrs' });

const network = Type.Object({
  listen: addresses('Where this node listens. Port 0 takes a free one.'),
  announce: addresses('Addresses to tell others beside those listened on: behind port forwarding or a proxy.'),
  entries: addresses('Nodes to connect to first; any node of the list will do.'),
  mdns: toggle('Finds other nodes on the local network.'),
  connectionsMax: count('Open connections at most, each takes about 100 KB; of too many, those of least karma go.', {
    max: 100_000,
  }),
  inboundPerSecondMax: count('New connections accepted a second from one address: slows floods of connections.', {
    max: 100_000,
  }),
  rememberedPeersMax: count('Peers remembered for the next start, so that it needs no entry point.', {
    min: 0,
    max: 10_000,
  }),
  allowPrivateAddresses: toggle(
    'Lists and asks servers on loopback and local networks too: for LAN parties, tests and the demo.',
  ),
});

const gossip = Type.Object({
  batchMs: duration('How long announcements are gathered into one message: longer saves work, shorter saves time.', {
    minMs: 0,
    maxMs: minute,
  }),
  batchMax: count('Announcements in one message; 10 to 50 keep the 95th percentile under 20 ms.', { max: 500 }),
  syncIntervalMs: duration('How often the list is compared with some peers, to find what gossip missed.', {
    maxMs: hour,
  }),
  syncPeers: count('With how many peers, drawn by chance and karma, it is compared each time.', { max: 100 }),
});

const history = Type.Object({
  commitIntervalMs: duration(
    'Changes are committed at least this often: a crash loses at most that much uncommitted gossip.',
    { maxMs: hour },
  ),
  commitChangesMax: count('… and as soon as this many have gathered.', { max: 100_000 }),
  keepMs: duration(
    'What is older goes, up to a checkpoint that was adopted; 0 keeps all. A large list adds tens of megabytes a day.',
    { minMs: 0, maxMs: 3_660 * day },
  ),
});

const view = Type.Object({
  perNetworkMax: count('How many new servers of one IPv4 /24, IPv6 /48 or domain players see unless they ask for all.'),
  perSystemMax: count('The same for one autonomous system, where a database of them is at hand.'),
});

const probe = Type.Object({
  enabled: toggle('Asks listed servers from here whether they answer and who plays.'),
  intervalMs: duration('How often one server is asked, and once more when others saw it change.'),
  concurrency: count('How many are asked at once.', { max: 1_000 }),
  timeoutMs: duration('How long one may take to answer.', { maxMs: minute }),
  keepMs: duration('How long an answer is shown before it counts as unknown.'),
});

const action = Type.Object(
  {
    points: Type.Integer({
      description: 'What one event of it adds; other than 0.',
      minimum: -1_000,
      maximum: 1_000,
      is: 'a whole number from -1000 to 1000',
    }),
    role: Type.Optional(
      choice('Who does it: what a server does is about players, anything else about servers.', ['server', 'player']),
    ),
    text: Type.Optional(form('In words, for people.', 'a few words', text => /^[^\p{C}]{1,80}$/u.test(text))),
  },
  { description: 'What can happen, and what it is worth.', is: 'an action with points' },
);

const peers = (description: string) =>
  Type.Array(announcer('The peer id of one of them.'), {
    description,
    maxItems: 10_000,
    is: 'a list of at most 10000 peer ids',
  });

/** No timer runs so long: what fades is worked out when it is asked for. */
const halfLife = (description: string) => duration(description, { minMs: second, maxMs: 3_650 * day });

const karma = Type.Object({
  actions: Type.Record(Type.String({ pattern: '^[a-z][a-z0-9-]{0,39}$' }), action, {
    description: 'What can happen between nodes, by name, and what it is worth here.',
    is: 'actions by name (lower-case letters, digits, "-", a letter first, at most 40)',
  }),
  green: share('Karma from which a node is shown green.'),
  red: share('Karma down to which a node is shown red.'),
  refuseBelow: share('Nodes with less karma are neither let in nor dialled, and connections with them end.'),
  prefer: peers('Nodes that are as good as can be, whatever happens; their word counts in full.'),
  block: peers('Nodes that are as bad as can be, whatever happens; their word counts for nothing.'),
  positiveHalfLifeMs: halfLife('How long it takes until good experience counts half.'),
  negativeHalfLifeMs: halfLife('How long it takes until bad experience counts half.'),
  subjectsMax: count('About how many nodes and players this node remembers: a bound on memory, about 1 KB each.'),
  eventsPerSubjectMax: count('Events shown of each; what is older is kept as a sum.', { max: 1_000 }),
  observers: count('How many nodes look at one server.', { max: 100 }),
  epochMs: duration('How long they do, before others are chosen.', { minMs: minute }),
});

const checkpoints = Type.Object({
  everyMs: duration('How old the last statement may be before this node signs a checkpoint by itself; 0 is never.', {
    minMs: 0,
  }),
  keyFile: form(
    'The armored private key to sign with, without a passphrase: one that is made for this node alone.',
    'the path of a file, or empty',
    () => true,
  ),
});

const gateway = Type.Object(
  {
    enabled: toggle('Speaks this protocol, so that game servers and clients that know it use the list as it is.'),
    host: host('Where it listens; :: takes IPv4 and IPv6.'),
    port: port('The port that game servers and clients expect; 0 takes a free one.'),
    game: Type.Optional(
      form('The game whose servers register, where many games speak one protocol.', 'a game id', text =>
        /^[a-z0-9][a-z0-9_.-]*$/.test(text),
      ),
    ),
  },
  { description: 'A native master server protocol.', is: 'a gateway with enabled, host and port' },
);

const gateways = Type.Record(Type.String({ pattern: '^[a-z][a-z0-9-]{0,19}$' }), gateway, {
  description: 'Native master server protocols that this node speaks, by family.',
  is: 'gateways by family',
});

const http = Type.Object({
  host: host('Where the web viewer and the API listen. Anything but loopback lets others read them.'),
  port: port('0 takes a free port.'),
  allowedHosts: Type.Array(host('A Host header to answer, without port.'), {
    description:
      'Names besides localhost and IP addresses under which this node is asked: the guard against DNS rebinding.',
    maxItems: 100,
    is: 'a list of at most 100 host names',
  }),
});

const log = Type.Object({
  level: choice('The least grave messages that are shown.', [
    'trace',
    'debug',
    'info',
    'warn',
    'error',
    'fatal',
    'silent',
  ]),
});

export const schema = Type.Object({
  role: choice('A server carries the list for others and announces; a player only reads it, and nothing listens.', [
    'server',
    'player',
  ]),
  list,
  network,
  gossip,
  history,
  view,
  probe,
  karma,
  checkpoints,
  gateways,
  http,
  log,
});

export type Config = Static<typeof schema>;
