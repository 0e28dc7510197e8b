import test from 'ava';
import { announcementOf, signerOf } from '../../test/announcements.ts';
import { atOnce } from '../base/slices.ts';
import type { Verified } from '../records/verified.ts';
import { Neighbours } from './neighbours.ts';

const deps = { perNetworkMax: 2, perSystemMax: 3, since: () => 1, countPrivateNetworks: true };
const asOf = (ip: string) => (ip.startsWith('45.') ? 64_500 : undefined);
const at = (server: string, ...addresses: string[]) => announcementOf(server, { addresses });
const joins = (...items: Verified[]) => items.map(after => ({ id: after.id, before: undefined, after }));
const leaves = (...items: Verified[]) => items.map(before => ({ id: before.id, before, after: undefined }));
const groupsOf = (neighbours: Neighbours, { id }: Verified) =>
  neighbours.get(id)!.groups.map(({ name, news }) => `${name} ${news}`);

test('new servers are counted by network, by autonomous system, and private ones as one', t => {
  const neighbours = new Neighbours({ ...deps, asOf });
  const one = at('one', '45.1.2.3:1', '[2a01:1:2::3]:1', 'play.example.org:1');
  const two = at('two', '45.1.2.4:1');
  const home = at('home', '192.168.0.2:1', '198.18.0.1:1');
  neighbours.changed(joins(one, two, home));
  t.deepEqual(groupsOf(neighbours, one), ['45.1.2.0/24 2', 'AS64500 2', '2a01:1:2::/48 1', 'example.org 1']);
  t.deepEqual(groupsOf(neighbours, home), ['private networks 1']);
  neighbours.changed(leaves(two));
  t.deepEqual(groupsOf(neighbours, one).slice(0, 2), ['45.1.2.0/24 1', 'AS64500 1']);
});

test('in a lab private addresses are nobody’s network, and never shared', t => {
  const neighbours = new Neighbours({ ...deps, countPrivateNetworks: false });
  const [one, two] = [at('one', '127.0.0.1:1'), at('two', '127.0.0.1:1')];
  neighbours.changed(joins(one, two));
  t.deepEqual(groupsOf(neighbours, one), []);
  t.is(neighbours.sharing('127.0.0.1:1'), undefined);
});

test('whom the statement in force lists is no part of a crowd, from the moment it does', t => {
  const neighbours = new Neighbours(deps);
  const items = ['a', 'b', 'c'].map((name, n) => at(name, `45.1.2.${n}:1`));
  neighbours.changed(joins(...items));
  t.deepEqual(
    [...neighbours.crowded].map(({ name }) => name),
    ['45.1.2.0/24'],
  );
  atOnce(neighbours.restated(new Set([items[0]!.id])));
  t.is(neighbours.crowded.size, 0);
  neighbours.changed(leaves(items[0]!));
  t.deepEqual(groupsOf(neighbours, items[1]!), ['45.1.2.0/24 2']);
  atOnce(neighbours.restated(new Set()));
  t.deepEqual(groupsOf(neighbours, items[1]!), ['45.1.2.0/24 2']);
});

test('a server is listed since it came up, through renewals, other addresses and leaving', t => {
  let now = 5;
  const neighbours = new Neighbours({ ...deps, since: () => now });
  const first = at('one', '45.1.2.3:1');
  neighbours.changed(joins(first));
  now = 9;
  const moved = announcementOf('one', { addresses: ['46.1.2.3:1'], issuedAt: first.announcement.issuedAt + 1 });
  const left = announcementOf('one', { state: 'left', issuedAt: first.announcement.issuedAt + 2 });
  neighbours.changed([{ id: first.id, before: first, after: moved }]);
  t.like(neighbours.get(first.id), { since: 5, addresses: ['46.1.2.3:1'] });
  neighbours.changed([{ id: first.id, before: moved, after: left }]);
  t.like(neighbours.get(first.id), { since: 5, addresses: [], groups: [] });
  neighbours.changed(leaves(left));
  t.is(neighbours.get(first.id), undefined);
  neighbours.changed(joins(first));
  t.is(neighbours.get(first.id)!.since, 9, 'out of the list its time is over');
});

test('whatever the order of changes, what is counted is what is listed', t => {
  let seed = 7;
  const below = (n: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % n;
  };
  const versions = Array.from({ length: 12 }, (_, n) =>
    Array.from({ length: 4 }, (_, version) =>
      announcementOf(`s${n}`, {
        signer: signerOf(n % 3),
        addresses: [`45.1.${below(3)}.${below(3)}:1`, `46.1.${below(2)}.1:1`].slice(0, 1 + below(2)),
        state: version === 3 ? 'left' : 'up',
      }),
    ),
  );
  const neighbours = new Neighbours({ ...deps, asOf });
  const listed = new Map<string, Verified>();
  let endorsed = new Set<string>();
  for (let step = 0; step < 500; step++) {
    const item = versions[below(12)]![below(4)]!;
    if (step % 50 === 49) {
      endorsed = new Set([...listed.keys()].filter(() => below(2) === 0));
      atOnce(neighbours.restated(endorsed));
    }
    const before = listed.get(item.id);
    const after = below(3) === 0 ? undefined : item;
    if (after) listed.set(item.id, after);
    else listed.delete(item.id);
    neighbours.changed([{ id: item.id, before, after }]);
  }
  const fresh = new Neighbours({ ...deps, asOf });
  atOnce(fresh.restated(endorsed));
  fresh.changed(joins(...listed.values()));
  for (const item of listed.values()) t.deepEqual(groupsOf(neighbours, item), groupsOf(fresh, item));
  const names = (all: Neighbours) => [...all.crowded].map(({ name }) => name).toSorted();
  t.deepEqual(names(neighbours), names(fresh));
  const sharing = (all: Neighbours, address: string) =>
    [...(all.sharing(address) ?? [])].map(({ id }) => id).toSorted();
  for (const address of versions.flat().flatMap(({ announcement }) => announcement.addresses))
    t.deepEqual(sharing(neighbours, address), sharing(fresh, address), address);
});

test('a network that the statement in force has raised is a crowd only past what it was raised to', t => {
  const items = Array.from({ length: 5 }, (_, i) => announcementOf(`s${i}`, { addresses: [`45.1.2.3:${i + 1}`] }));
  let raised: number | undefined;
  const neighbours = new Neighbours({
    ...deps,
    perNetworkMax: 2,
    ruledFor: name => (name === '45.1.2.0/24' ? raised : undefined),
  });
  neighbours.changed(items.map(after => ({ id: after.id, before: undefined, after })));
  t.is(neighbours.crowded.size, 1);
  raised = 5;
  atOnce(neighbours.restated(new Set()));
  t.is(neighbours.crowded.size, 0);
  raised = 4;
  atOnce(neighbours.restated(new Set()));
  t.is(neighbours.crowded.size, 1);
});

test('a statement that comes into force while those of another are counted is the one that counts', t => {
  const items = Array.from({ length: 6_000 }, (_, n) => announcementOf(`s${n}`, { addresses: [`45.1.2.3:${n + 1}`] }));
  const neighbours = new Neighbours(deps);
  neighbours.changed(joins(...items));
  const first = neighbours.restated(new Set(items.map(({ id }) => id)));
  t.false(first.next().done);
  t.deepEqual(groupsOf(neighbours, items[0]!), ['45.1.2.0/24 1001']);
  atOnce(neighbours.restated(new Set()));
  atOnce(first);
  t.deepEqual(groupsOf(neighbours, items[0]!), ['45.1.2.0/24 6000']);
});
