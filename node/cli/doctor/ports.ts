// Can a node listen where it is told to, and does anybody answer where it is told to begin?
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { second } from '../../base/time.ts';
import type { Config } from '../../config/schema.ts';
import { type Finding, findingsOf } from './findings.ts';

export type Endpoint = { readonly host: string; readonly port: number };

/** Undefined when it can be listened on, or the code of what went wrong. */
export type Listens = (endpoint: Endpoint) => Promise<string | undefined>;

/** An entry point that is up answers within a few round trips. */
const connectMs = 5 * second;

/** `/ip4/203.0.113.7/tcp/7481/…`; undefined for what is not over TCP. */
export function endpointOf(multiaddr: string): Endpoint | undefined {
  const [, host, port] = /^\/(?:ip4|ip6|dns|dns4|dns6)\/([^/]+)\/tcp\/(\d+)(?:\/|$)/.exec(multiaddr) ?? [];
  return host === undefined ? undefined : { host, port: Number(port) };
}

/** Before a start: takes each port for a moment. */
export async function judgePorts({
  http,
  network,
  role,
}: Pick<Config, 'http' | 'network' | 'role'>): Promise<Finding[]> {
  const wanted = [
    { what: 'http.host, http.port', ...http },
    ...(role === 'player' ? [] : network.listen).flatMap(text => {
      const endpoint = endpointOf(text);
      return endpoint ? [{ what: 'network.listen', ...endpoint }] : [];
    }),
  ];
  // One after the other: one port of two families may count as the same.
  const findings: Finding[] = [];
  for (const { what, host, port } of wanted) findings.push(await judgePort(what, { host, port }));
  return findings;
}

/** Takes a port for a moment. `what`: the settings that name it. */
export async function judgePort(
  what: string,
  { host, port }: Endpoint,
  check = 'ports',
  listens: Listens = listensTcp,
): Promise<Finding> {
  const { ok, problem } = findingsOf(check);
  const code = await listens({ host, port });
  const where = `port ${port} of ${host} (${what})`;
  if (code === undefined) return ok(port === 0 ? `any free port of ${host} (${what})` : `${where} is free`);
  const [message, remedy] = reasons[code] ?? [`cannot be listened on: ${code}`, `choose another with ${what}`];
  return problem(`${where} ${message}`, remedy.replace('<what>', what));
}

const reasons: Readonly<Record<string, readonly [message: string, remedy: string]>> = {
  EADDRINUSE: ['is in use by another program', 'stop that, or choose another port with <what>'],
  EACCES: ['may not be listened on by this user', 'choose one above 1023 with <what>'],
  EADDRNOTAVAIL: ['is not there: this machine has no such address', 'correct <what>, or use 0.0.0.0 or ::'],
  EAFNOSUPPORT: ['is not there: this machine has no such addresses', 'take it out of <what>'],
};

async function listensTcp({ host, port }: Endpoint): Promise<string | undefined> {
  const server = createServer();
  try {
    server.listen({ host, port, ipv6Only: true });
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  } finally {
    server.close();
  }
}

export async function listensUdp({ host, port }: Endpoint): Promise<string | undefined> {
  // `ipv6Only` is an error for IPv4.
  const socket = host.includes(':') ? createSocket({ type: 'udp6', ipv6Only: true }) : createSocket('udp4');
  try {
    socket.bind(port, host);
    await once(socket, 'listening');
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  } finally {
    socket.close();
  }
}

export async function judgeEntries({ entries, mdns }: Config['network']): Promise<Finding[]> {
  const { ok, warning, problem } = findingsOf('entry points');
  if (entries.length === 0) {
    const remedy = 'name one with --entry or network.entries';
    return [
      mdns
        ? ok('none are configured: a node finds others on the local network and among those it remembers')
        : warning('none are configured, and none are looked for on the local network', remedy),
    ];
  }
  const findings = await Promise.all(
    entries.map(async entry => {
      const endpoint = endpointOf(entry);
      if (!endpoint) return warning(`${entry} is not over TCP`, 'give one such as /dns4/play.example.org/tcp/7481');
      const fault = await answers(endpoint);
      if (fault === undefined) return ok(`${entry} answers`);
      return warning(
        `${entry} does not answer: ${fault}`,
        'see whether it is up, and whether a firewall is in between',
      );
    }),
  );
  if (findings.some(({ state }) => state === 'ok')) return findings;
  return [...findings, problem('no entry point answers', 'name others with --entry or network.entries')];
}

/** Undefined when somebody accepts the connection. */
async function answers({ host, port }: Endpoint): Promise<string | undefined> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(connectMs) });
    return undefined;
  } catch (error) {
    const { name, code } = error as NodeJS.ErrnoException;
    return name === 'AbortError' ? `no answer in ${connectMs / second} s` : (code ?? String(error));
  } finally {
    socket.destroy();
  }
}
