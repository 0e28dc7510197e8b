// Why this node cannot listen for others. libp2p says it in one text for all addresses: a line each, with the system's code.
import { messageOf, RollcallError } from '../base/errors.ts';

const setting = '--listen or network.listen';

const reasons: Readonly<Record<string, readonly [why: string, remedy: string]>> = {
  EADDRINUSE: ['another program holds the port', `stop that, or choose another port with ${setting}`],
  EADDRNOTAVAIL: ['this machine has no such address', `correct ${setting}, or listen on 0.0.0.0 or ::`],
  EACCES: ['this user may not listen on that port', `choose one above 1023 with ${setting}`],
};

/** The first address that failed, for people put in order one after the other. */
export function listenFault(addresses: readonly string[], error: unknown): RollcallError {
  const [, address, code = ''] = /^ {2}(\/\S+): .*\b(E[A-Z]{3,})\b/m.exec(messageOf(error)) ?? [];
  const [why, remedy] = reasons[code] ?? [code, `correct ${setting}; "rollcall doctor" looks at each address`];
  const where = `cannot listen on ${address ?? addresses.join(', ')}`;
  return new RollcallError('LISTEN_FAILED', why === '' ? where : `${where}: ${why}`, { cause: error, remedy });
}
