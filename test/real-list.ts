// The real history of a public list (Mindustry's, 22 months, 269 changes, names in many scripts), lived again by a node.
import { readFile } from 'node:fs/promises';
import { tidyAddress } from '../node/base/address.ts';
import { sha256Hex } from '../node/base/bytes.ts';
import { day, second } from '../node/base/time.ts';
import type { Store } from '../node/history/store.ts';
import { identityOf } from '../node/records/announcement.ts';
import { announcementOf, signerOf } from './announcements.ts';
import { type Lived, lived } from './lived.ts';

type Event = { readonly list: string; readonly address: string; readonly name?: string };
type Step = { readonly at: number; readonly joined: readonly Event[]; readonly left: readonly Event[] };
/** What the data say of one server. */
export type Known = {
  readonly id: string;
  readonly server: string;
  readonly name: string;
  readonly addresses: string[];
  readonly list: string;
};

/** The game's default port, which the data leave out. */
const defaultPort = 6567;

export const steps: readonly Step[] = (
  await readFile(new URL('data/mindustry-list-history.ndjson', import.meta.url), 'utf8')
)
  .trim()
  .split('\n')
  .map(line => JSON.parse(line));

/** `80.74.28.57:55072, 80.74.28.57:7623 ` is two addresses of one server. */
const addressesIn = (text: string): string[] =>
  text.split(',').map(part => {
    const address = tidyAddress(/:\d+\s*$/.test(part) ? part : `${part.trim()}:${defaultPort}`);
    if (!address.ok) throw new Error(address.message);
    return address.value;
  });

const announcers: Readonly<Record<string, number>> = { servers_be: 1, servers_v8: 2 };

export function knownOf({ list, address, name = '' }: Event): Known {
  const server = `s-${sha256Hex(`${list} ${address}`).slice(0, 12)}`;
  const id = identityOf(signerOf(announcers[list]!).peerId, server);
  return { id, server, name, addresses: addressesIn(address), list };
}

/** One step after the other, each in a commit of its own. @param laterMs moves the whole history */
export async function* relive(store: Store, author: string, laterMs = 0): AsyncGenerator<{ node: Lived; now: number }> {
  const node = await lived(store, author, 1_000);
  const announcement = ({ server, name, addresses, list }: Known, state: 'up' | 'left', now: number) => {
    const times = { issuedAt: now, expiresAt: now + day };
    const fields = { game: 'mindustry', name, addresses, state, attributes: { list }, ...times };
    return announcementOf(server, { ...fields, signer: signerOf(announcers[list]!) });
  };
  const announce = async (known: Known, state: 'up' | 'left', now: number) => {
    const [received] = await node.door.receive([announcement(known, state, now).bytes]);
    if (received!.verdict.action !== 'accept') throw new Error(`${known.name} is refused: ${received!.verdict.code}`);
  };
  const up = new Map<string, Known>();
  let before: number | undefined;
  for (const { at, joined, left } of steps) {
    const now = at * second + laterMs;
    // Until the next change every server keeps announcing itself, as ours do; the one time a day is enough here.
    for (before ??= now - 1; before < now - 1; ) {
      before = Math.min(before + day - second, now - 1);
      node.until(before);
      for (const known of up.values()) node.door.admit(announcement(known, 'up', before));
    }
    before = now;
    node.until(now);
    for (const event of left) {
      const known = up.get(knownOf(event).id)!;
      await announce(known, 'left', now);
      up.delete(known.id);
    }
    for (const event of joined) {
      const known = knownOf(event);
      await announce(known, 'up', now);
      up.set(known.id, known);
    }
    await node.commit();
    yield { node, now };
  }
}
