// A gateway over HTTP that asks who registers at the port of his game: before he is listed, and when a probe found him silent.
import type { Checks } from './checks.ts';
import type { Gateway } from './family.ts';
import { type HttpOptions, openHttp } from './http.ts';

/** @throws RollcallError PORT_TAKEN, CANNOT_LISTEN */
export async function openChecked(checks: Checks, options: HttpOptions): Promise<Gateway> {
  const { address, close } = await openHttp(options);
  return { address, recheck: server => void checks.recheck(server), close };
}
