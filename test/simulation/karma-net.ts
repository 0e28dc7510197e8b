// Karma of whole nodes on one fake clock: kept, gossiped, asked for and judged by the very code that runs in production.
import defaults from '../../config.default.json' with { type: 'json' };
import { NodeKarma } from '../../node/app/karma.ts';
import { PeerGroups } from '../../node/app/parts.ts';
import { minute, second } from '../../node/base/time.ts';
import type { Config } from '../../node/config/schema.ts';
import { opinionsTopic } from '../../node/gossip/topics.ts';
import type { Write } from '../../node/history/store.ts';
import { MemoryNet } from '../../node/network/memory.ts';
import { signerOf, testList, testNow } from '../announcements.ts';

export const topic = opinionsTopic(testList);

export class KarmaNet {
  readonly net = new MemoryNet({ startMs: testNow, seed: 11 });

  /** A node whose key is the number's; `networkOf` is where peers speak from. */
  async start(number: number, { role = 'server' as Config['role'], groups = new PeerGroups(true) } = {}) {
    const { clock, ticker } = this.net;
    const signer = signerOf(number);
    const network = this.net.join(signer.peerId);
    const held = new Map<string, Uint8Array>();
    const store = {
      async write(writes: readonly Write[]) {
        for (const write of writes) {
          if ('put' in write) held.set(write.put, write.value);
          else held.delete(write.del);
        }
      },
      async *entries() {
        yield* [...held] as [string, Uint8Array][];
      },
    };
    const config = { ...defaults, role, list: { ...defaults.list, name: testList } } as unknown as Config;
    const karma = await NodeKarma.open({
      store,
      config,
      signer,
      network,
      groupOf: groups.of,
      listed: () => true,
      clock,
      monotonic: clock,
      changed: () => {},
      pause: async () => {},
      log: () => {},
    });
    const running = new AbortController();
    ticker(second, () => karma.tick(), running.signal);
    ticker(minute, () => karma.sweep(), running.signal);
    const { peerId } = signer;
    const rate = async (subject: string, action: string, times = 1) => {
      for (let i = 0; i < times; i++) await karma.rate({ subject, action });
    };
    return { karma, network, peerId, rate };
  }
}
