// The part of a node that carries the list, put together as production puts it, over whatever network it is given. Nothing is
// stored: what a commit takes is measured by itself.
import defaults from '../config.default.json' with { type: 'json' };
import { composeCore } from '../node/app/core.ts';
import { Live } from '../node/app/live.ts';
import { pause } from '../node/app/timers.ts';
import { inTurns } from '../node/base/slices.ts';
import type { Clock } from '../node/base/time.ts';
import type { Config } from '../node/config/schema.ts';
import type { Signer } from '../node/identity/keys.ts';
import { Neighbours } from '../node/list/neighbours.ts';
import { ServerList } from '../node/list/server-list.ts';
import type { Network } from '../node/network/port.ts';
import { testList } from '../test/announcements.ts';

export const config = { ...defaults, list: { ...defaults.list, name: testList } } as unknown as Config;

/** For all nodes of a process. Else each turn of the event loop has a slice of every node before anything is read, as if all slept that long. */
const oneByOne = inTurns(pause);

export function openListNode(network: Network, signer: Signer, clock: Clock) {
  const live = new Live(new ServerList({ ...config.list, countPrivateNetworks: true }));
  const neighbours = new Neighbours({ ...config.view, since: clock, countPrivateNetworks: true });
  live.onChange(changes => neighbours.changed(changes));
  const core = composeCore({
    config,
    live,
    network,
    signer,
    store: {
      write: async () => {},
      async *entries() {},
    },
    stored: async oids => oids.map(() => undefined),
    head: () => undefined,
    statement: () => null,
    heard: async () => {},
    clock,
    monotonic: clock,
    random: Math.random,
    karma: () => 0,
    later: (delayMs, task) => void setTimeout(task, delayMs).unref(),
    pause: oneByOne,
    log: () => {},
  });
  return { ...core, live };
}
