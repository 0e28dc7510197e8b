// What a maintainer would sign now, and what it would do to the list. Drafting publishes nothing; the objects that the
// draft's tree needs are put into the store, so that the signed commit can be adopted the moment it comes back.
import type { Draft, DraftRequest, DraftServer } from '../api/port.ts';
import { RollcallError } from '../base/errors.ts';
import { type Clock, second } from '../base/time.ts';
import type { Committer } from '../history/committer.ts';
import { batches } from '../history/diff.ts';
import { type Attachments, formatRoot, type History, stored } from '../history/history.ts';
import { type Encoded, encodeObject } from '../history/objects.ts';
import { blobsOf, recordsOf } from '../history/records.ts';
import { ServersTree } from '../history/servers-tree.ts';
import { readAnnouncements } from '../history/source.ts';
import type { Store } from '../history/store.ts';
import { type AttachedFile, formatTree } from '../history/tree.ts';
import { denials } from '../list/deny.ts';
import { addressesOf, clockSkewMaxMs } from '../list/server-list.ts';
import type { Announcement } from '../records/announcement.ts';
import { formatMessage, type Message, parseMessage } from '../trust/message.ts';
import { type DenyRule, formatPolicy, parsePolicy, ruleKey } from '../trust/policy.ts';
import { formatQuotas } from '../trust/policy-quotas.ts';
import { formatPayload } from '../trust/statement.ts';
import type { Adopter } from './adopter.ts';
import { refuseSlip, rulesFor } from './deny-request.ts';
import type { Live } from './live.ts';
import { quotasFor } from './quota-request.ts';
import type { StatementBook } from './statement-book.ts';

export type DraftsDeps = {
  readonly store: Store;
  readonly history: Pick<History, 'head' | 'author' | 'serversOf' | 'attachments'>;
  readonly committer: Pick<Committer, 'flush'>;
  readonly live: Live;
  readonly book: StatementBook;
  readonly adopter: Pick<Adopter, 'statement' | 'policy' | 'quotas'>;
  readonly listName: string;
  readonly clock: Clock;
  readonly pause: () => Promise<void>;
};

const sliceMax = 500;

/**
 * `to`: the commit of a rollback. `vouchedFor`: whether a server is to be listed, beside what the rules say.
 * @throws RollcallError BAD_ANNOUNCER, BAD_RANGE, BAD_FIELD, NO_SUCH_COMMIT, or NOTHING_LISTED before there is any list; without
 * `force` BARS_ITSELF, BARS_EVERYBODY
 */
export async function draft(
  deps: DraftsDeps,
  request: DraftRequest,
  to?: string,
  vouchedFor: (id: string) => boolean = () => true,
): Promise<Draft> {
  const { store, history, committer, live, book, adopter, listName, clock } = deps;
  await committer.flush();
  const now = clock();
  const source = stored(store);
  const from = to ?? history.head;
  if (from === undefined) throw new RollcallError('NOTHING_LISTED', 'there is no list to sign yet');
  const rules = rulesOf(request, adopter.policy, now, history.author);

  // The target's servers, without those that the rules bar.
  const whole = await history.serversOf(from);
  const target = new Map<string, { oid: string; announcement: Announcement }>();
  for (const batch of batches([...(await blobsOf(source, whole))], sliceMax)) {
    const announcements = await readAnnouncements(
      source,
      batch.map(([, oid]) => oid),
    );
    for (const [i, [id, oid]] of batch.entries()) target.set(id, { oid, announcement: announcements[i]! });
    await deps.pause();
  }
  const denied = denials(rules);
  const isBarred = (announcement: Announcement) => denied(announcement, addressesOf(announcement), now) !== undefined;
  const barred = new Map([...target].filter(([, { announcement }]) => isBarred(announcement)));
  const kept = [...target].filter(([id]) => !barred.has(id) && vouchedFor(id));
  const tree = new ServersTree();
  for (const [id, { oid }] of kept) tree.set(id, oid);
  const { trees } = tree.unsaved();
  const objects: Encoded[] = tree.root() === whole ? [] : trees.map(({ body }) => encodeObject('tree', body));
  await keep(store, objects);

  const quotas = quotasFor(request.quotas, adopter.quotas, now);
  const policy = await keepFolder(store, [
    ['deny.json', rules.length > 0 ? formatPolicy({ deny: rules }) : undefined],
    ['quotas.json', quotas.length > 0 ? formatQuotas(quotas) : undefined],
  ]);
  const root = encodeObject(
    'tree',
    formatRoot({ ...withoutPolicy(history.attachments), ...(policy ? { policy } : {}), servers: tree.root() }),
  );
  await keep(store, [root]);

  // What people see of it: the tree holds who withdrew lately too.
  const after = new Map(
    kept.filter(([, { announcement }]) => announcement.state === 'up' && announcement.expiresAt > now),
  );
  const previous = adopter.statement;
  const sequence = Math.max(book.highest, previous?.statement.sequence ?? 0) + 1;
  const orders: Message = {
    subject: subjectOf(request, sequence, after.size),
    text: request.kind === 'checkpoint' ? (request.message ?? '') : '',
    list: listName,
    sequence,
    kind: request.kind,
    records: await recordsOf(source, tree.root()),
    previous: previous?.statement.digest ?? null,
    rollbackTo: request.kind === 'rollback' ? from : null,
  };
  const message = formatMessage(orders);
  const readable = parseMessage(message);
  if (!readable.ok) throw new RollcallError('BAD_FIELD', `message: ${readable.message}`);
  const parents = previous ? [previous.statement.oid] : [];
  const person = { ...request.author, atSeconds: atSecondsOf(request, live, now), zone: '+0000' };
  const payload = formatPayload({ tree: root.oid, parents, author: person, committer: person, ...orders });

  const shown = [...live.list.listed.values()].filter(({ announcement }) => announcement.state === 'up');
  const leaves = shown.filter(
    ({ id, announcement }) => isBarred(announcement) || (request.kind === 'rollback' && !after.has(id)),
  );
  const present = new Set(shown.map(({ id }) => id));
  return {
    payload: Buffer.from(payload).toString('base64'),
    tree: root.oid,
    parents,
    message,
    sequence,
    servers: after.size,
    leaves: leaves.map(({ id, announcement }) => told(id, announcement)),
    returns: [...after].filter(([id]) => !present.has(id)).map(([id, { announcement }]) => told(id, announcement)),
    barred: shown
      .filter(({ announcement }) => isBarred(announcement))
      .map(({ id, announcement }) => told(id, announcement)),
    quotas: quotas.map(({ announcer = null, network = null, servers, reason, until = null }) => ({
      announcer,
      network,
      servers,
      reason,
      until,
    })),
  };
}

const withoutPolicy = ({ policy: _, ...rest }: Attachments): Attachments => rest;

const told = (id: string, { announcer, name, addresses }: Announcement): DraftServer => ({
  id,
  announcer,
  name,
  addresses,
});

function subjectOf({ kind, message = '' }: DraftRequest, sequence: number, servers: number): string {
  if (kind === 'checkpoint') return `checkpoint ${sequence}: ${servers} ${servers === 1 ? 'server' : 'servers'}`;
  return `rollback ${sequence}: ${message.replace(/\s+/g, ' ').trim()}`;
}

/**
 * When the statement says that it was made. A rollback keeps out what was issued until then, and announcements may be dated a
 * little ahead: it is dated behind all that is here, with or without a place, or bots would only have to set their clocks
 * forward.
 */
function atSecondsOf({ kind }: DraftRequest, { list }: Live, now: number): number {
  let latest = now;
  if (kind === 'rollback') {
    for (const id of list.ids()) latest = Math.max(latest, list.held(id)!.announcement.issuedAt);
  }
  return Math.floor(Math.min(latest, now + clockSkewMaxMs - second) / second) + (kind === 'rollback' ? 1 : 0);
}

/** Rules in force that have not ended, and the new ones. */
function rulesOf({ deny }: DraftRequest, policy: readonly DenyRule[], now: number, self: string): DenyRule[] {
  const fresh = deny ? rulesFor(deny) : [];
  // One that is over takes an earlier one back.
  const isBar = (deny?.until ?? Infinity) > now;
  if (isBar && !deny?.force) for (const rule of fresh) refuseSlip(rule, self, "every node's list");
  const replaced = new Set(fresh.map(ruleKey));
  const rules = [...policy.filter(rule => (rule.until ?? Infinity) > now && !replaced.has(ruleKey(rule))), ...fresh];
  const read = parsePolicy(formatPolicy({ deny: rules }));
  if (!read.ok) throw new RollcallError(read.code, read.message);
  return rules;
}

/** Files in order of their names; none is no folder. */
async function keepFolder(
  store: Store,
  files: readonly (readonly [name: AttachedFile, bytes: Uint8Array | undefined])[],
): Promise<string | undefined> {
  const blobs = files.flatMap(([name, bytes]) => (bytes ? [{ name, blob: encodeObject('blob', bytes) }] : []));
  if (blobs.length === 0) return undefined;
  const tree = encodeObject(
    'tree',
    formatTree(blobs.map(({ name, blob }) => ({ mode: '100644', name, oid: blob.oid }))),
  );
  await keep(store, [...blobs.map(({ blob }) => blob), tree]);
  return tree.oid;
}

const keep = (store: Store, objects: readonly Encoded[]): Promise<void> =>
  store.write(objects.map(({ oid, entry }) => ({ space: 'objects', put: oid, value: entry })));
