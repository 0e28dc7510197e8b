import test from 'ava';
import { announcementOf } from '../../test/announcements.ts';
import { formatObjects } from '../../test/objects-answer.ts';
import { gitHash } from '../base/bytes.ts';
import { RollcallError } from '../base/errors.ts';
import { ServersTree } from '../history/servers-tree.ts';
import { emptyTree, formatTree, type TreeEntry } from '../history/tree.ts';
import type { Verified } from '../records/verified.ts';
import { type GatherDeps, gather } from './gather.ts';
import { type Answered, parseObjects } from './protocols.ts';

type Objects = Map<string, NonNullable<Answered>>;

const put = (objects: Objects, type: 'tree' | 'blob', body: Uint8Array): string => {
  const oid = gitHash(type, body);
  objects.set(oid, { type, body });
  return oid;
};
const folder = (name: string, oid: string): TreeEntry => ({ mode: '40000', name, oid });
const file = (name: string, oid: string): TreeEntry => ({ mode: '100644', name, oid });

/** Objects of a statement's tree with these servers and, if there is one, this policy. */
function statementOf(items: readonly Verified[], policy?: string) {
  const objects: Objects = new Map();
  const tree = new ServersTree();
  for (const item of items) {
    tree.set(item.id, item.oid);
    put(objects, 'blob', item.bytes);
  }
  for (const { body } of tree.unsaved().trees) put(objects, 'tree', body);
  const folders: TreeEntry[] = [folder('servers', tree.root())];
  if (policy !== undefined) {
    const blob = put(objects, 'blob', Buffer.from(policy));
    folders.unshift(folder('policy', put(objects, 'tree', formatTree([file('deny.json', blob)]))));
  }
  return { objects, servers: tree.root(), root: put(objects, 'tree', formatTree(folders)) };
}

type Fetch = (oids: readonly string[]) => Promise<Answered[]>;

/** A peer that has some objects, and answers over the wire's own format. */
const peerWith =
  (objects: Objects, answers = (oids: readonly string[]) => oids): Fetch =>
  async oids => {
    const bytes = formatObjects(answers(oids).map(oid => objects.get(oid) ?? null));
    const read = parseObjects(bytes, oids);
    if (!read.ok) throw new RollcallError(read.code, read.message);
    return read.value;
  };

function setup(peers: Readonly<Record<string, Fetch>>, { serversMax = 10_000, here = new Map() as Objects } = {}) {
  const asked = new Map<string, number>();
  let busy = 0;
  let busiest = 0;
  const deps: GatherDeps = {
    held: async oids => oids.map(oid => here.get(oid)),
    lacking: async oids => oids.filter(oid => !here.has(oid)),
    peers: () => Object.keys(peers),
    fetch: async (peer, oids) => {
      asked.set(peer, (asked.get(peer) ?? 0) + oids.length);
      busiest = Math.max(busiest, ++busy);
      try {
        return await peers[peer]!(oids);
      } finally {
        busy--;
      }
    },
    keep: async objects => {
      for (const { type, body, oid } of objects) here.set(oid, { type, body });
    },
    pause: async () => {},
    serversMax,
  };
  return { run: (root: string) => gather(root, deps), deps, here, asked, busiest: () => busiest };
}

const items = Array.from({ length: 2_000 }, (_, i) => announcementOf(`s${i}`));
const whole = statementOf(items, 'rules');

test('from one peer everything comes: servers in path order, files beside, and all is kept', async t => {
  const { run, here } = setup({ a: peerWith(whole.objects) });
  const tree = await run(whole.root);
  if (!tree.ok) return t.fail(tree.message);
  t.is(tree.value.servers, whole.servers);
  t.deepEqual(
    [...tree.value.blobs],
    items.map(({ id, oid }) => [id, oid] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  t.deepEqual(Buffer.from(tree.value.files['deny.json']!).toString(), 'rules');
  t.deepEqual(Object.keys(tree.value.attachments), ['policy']);
  t.deepEqual([...here.keys()].sort(), [...whole.objects.keys()].sort());
});

test('what is here already is not asked for', async t => {
  const { run, asked } = setup({}, { here: whole.objects });
  t.true((await run(whole.root)).ok);
  t.is(asked.size, 0);
  const again = setup({ a: peerWith(whole.objects) }, { here: new Map([...whole.objects].slice(1)) });
  t.true((await again.run(whole.root)).ok);
  t.is(again.asked.get('a'), 1);
});

test('several peers share the work, no more than four at once', async t => {
  const peers = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map(name => [name, peerWith(whole.objects)]));
  const { run, asked, busiest } = setup(peers);
  t.true((await run(whole.root)).ok);
  t.is(busiest(), 4);
  t.true(Math.min(...asked.values()) > whole.objects.size / 10, JSON.stringify([...asked]));
  t.is(
    [...asked.values()].reduce((sum, count) => sum + count),
    whole.objects.size,
    'nothing is asked for twice',
  );
});

test('what one peer lacks another gives, whoever is asked first', async t => {
  const some = (keep: (i: number) => boolean): Objects => new Map([...whole.objects].filter((_, i) => keep(i)));
  for (const peers of [
    { nobody: peerWith(new Map()), a: peerWith(whole.objects) },
    { even: peerWith(some(i => i % 2 === 0)), odd: peerWith(some(i => i % 2 === 1)) },
    Object.fromEntries([0, 1, 2, 3, 4, 5].map(n => [`p${n}`, peerWith(some(i => i % 6 === n))])),
  ]) {
    t.true((await setup(peers).run(whole.root)).ok, Object.keys(peers).join(' '));
  }
});

test('a peer that fails, or sends something else, is not asked again, and the others give what it did not', async t => {
  const other = statementOf([announcementOf('other')])
    .objects.values()
    .next().value!;
  const { run, here, asked } = setup({
    gone: () => Promise.reject(new RollcallError('PEER_GONE', 'gone')),
    liar: async oids => {
      const read = parseObjects(formatObjects(oids.map(() => other)), oids);
      if (!read.ok) throw new RollcallError(read.code, read.message);
      return read.value;
    },
    a: peerWith(whole.objects),
  });
  t.true((await run(whole.root)).ok);
  t.deepEqual([...here.keys()].sort(), [...whole.objects.keys()].sort());
  t.true(asked.get('a')! > 0.8 * whole.objects.size);
});

test('a peer that answers one at a time does not keep the others from the rest', async t => {
  const few = statementOf(items.slice(0, 20));
  t.true((await setup({ slow: peerWith(few.objects, oids => oids.slice(0, 1)) }).run(few.root)).ok);
  let answered = 0;
  const one = peerWith(whole.objects, oids => oids.slice(0, 1));
  const slow: Fetch = async oids => {
    answered++;
    await new Promise(setImmediate);
    return one(oids);
  };
  t.true((await setup({ slow, a: peerWith(whole.objects) }).run(whole.root)).ok);
  t.true(answered < 100, `the slow one was asked ${answered} times`);
});

for (const [title, peers, why] of [
  ['nobody is there', {}, /no peer is connected/],
  ['everybody fails', { a: () => Promise.reject(new RollcallError('TIMED_OUT', 'too late')) }, /too late/],
  [
    'nobody has one of them',
    Object.fromEntries(['a', 'b'].map(name => [name, peerWith(new Map([...whole.objects].slice(1)))])),
    /lacks/,
  ],
] as [string, Record<string, Fetch>, RegExp][]) {
  test(`when ${title} the objects are missing, and what came stays`, async t => {
    const { run, here } = setup(peers);
    const tree = await run(whole.root);
    t.like(tree, { ok: false, code: 'OBJECTS_MISSING' });
    t.regex(tree.ok ? '' : tree.message, why);
    for (const oid of here.keys()) t.true(whole.objects.has(oid));
    const later = setup({ a: peerWith(whole.objects) }, { here });
    t.true((await later.run(whole.root)).ok);
  });
}

test('a store that fails is an error, whoever is still being asked', async t => {
  const { deps } = setup({ a: peerWith(whole.objects), b: peerWith(whole.objects) });
  let kept = 0;
  const keep: GatherDeps['keep'] = async objects => {
    if (++kept > 5) throw new Error('no space left');
    await deps.keep(objects);
  };
  await t.throwsAsync(gather(whole.root, { ...deps, keep }), { message: 'no space left' });
  t.true((await gather(whole.root, deps)).ok);
});

test('a list of nobody needs no peer, and its tree is kept all the same', async t => {
  const { run, here, asked } = setup({ a: peerWith(new Map()) });
  t.like(await run(emptyTree), { ok: true, value: { servers: emptyTree, attachments: {} } });
  t.deepEqual([...here.keys()], [emptyTree]);
  t.is(asked.size, 0);
});

test('more servers than a list may have are refused before any of their announcements is asked for', async t => {
  const { run, asked } = setup({ a: peerWith(whole.objects) }, { serversMax: items.length - 1 });
  t.like(await run(whole.root), { ok: false, code: 'BAD_TREE' });
  t.true(asked.get('a')! < items.length);
  t.true((await setup({ a: peerWith(whole.objects) }, { serversMax: items.length }).run(whole.root)).ok);
});

const [item] = items as [Verified];
const [a, b, c] = item.id.slice(0, 3).split('') as [string, string, string];
const rest = (digits: string) => `${digits}${'0'.repeat(40 - digits.length)}.json`;

/** Trees of the wrong shape, by what is wrong with them: each gives the root. */
const wrong: Record<string, (objects: Objects) => string> = {
  'a blob as its root': objects => put(objects, 'blob', Buffer.from('tree')),
  'an unknown folder at the root': objects =>
    put(objects, 'tree', formatTree([folder('keys', put(objects, 'tree', formatTree([])))])),
  'a file at the root': objects =>
    put(objects, 'tree', formatTree([file('servers', put(objects, 'blob', Buffer.from('x')))])),
  'servers that are none': objects => put(objects, 'tree', formatTree([folder('servers', emptyTree)])),
  'servers that are a blob': objects =>
    put(objects, 'tree', formatTree([folder('servers', put(objects, 'blob', Buffer.from('x')))])),
  'a policy of two files, one of them unknown': objects => {
    const blob = put(objects, 'blob', Buffer.from('x'));
    const policy = put(objects, 'tree', formatTree([file('allow.json', blob), file('deny.json', blob)]));
    return put(objects, 'tree', formatTree([folder('policy', policy)]));
  },
  'a policy of nothing': objects =>
    put(objects, 'tree', formatTree([folder('policy', put(objects, 'tree', formatTree([])))])),
  'a policy of a folder': objects => {
    const policy = put(objects, 'tree', formatTree([folder('deny.json', item.oid)]));
    return put(objects, 'tree', formatTree([folder('policy', policy)]));
  },
  'quotas beside the manifest': objects => {
    const content = put(objects, 'tree', formatTree([file('quotas.json', put(objects, 'blob', Buffer.from('x')))]));
    return put(objects, 'tree', formatTree([folder('content', content)]));
  },
  'a policy of another name': objects => {
    const policy = put(objects, 'tree', formatTree([file('deny.txt', put(objects, 'blob', Buffer.from('x')))]));
    return put(objects, 'tree', formatTree([folder('policy', policy)]));
  },
  'a step of two digits': objects => below(objects, [`${a}${b}`], []),
  'a file where a folder should be': objects => below(objects, [a], [file(b, item.oid)]),
  'an announcement too high up': objects => below(objects, [a, b], [file(rest(item.id.slice(0, 2)), item.oid)]),
  'a leaf one level too deep': objects => below(objects, [a, b, c, 'd'], [file(rest(`${a}${b}${c}d`), item.oid)]),
  'an announcement under other digits': objects =>
    below(objects, [a, b, c], [file(`${'f'.repeat(40)}.json`.replace(/^f/, a === 'f' ? '0' : 'f'), item.oid)]),
  'a file in a leaf that is no announcement': objects => below(objects, [a, b, c], [file('readme.md', item.oid)]),
  'a leaf of nothing': objects => below(objects, [a, b, c], []),
  'entries out of order': objects => {
    const [first, second] = [folder('1', emptyTree), folder('0', emptyTree)];
    return put(objects, 'tree', formatTree([folder('servers', put(objects, 'tree', formatTree([first, second])))]));
  },
  'a step out of the tree': objects => {
    const body = Buffer.concat([Buffer.from('40000 ..\0'), Buffer.from(item.oid, 'hex')]);
    return put(objects, 'tree', formatTree([folder('servers', put(objects, 'tree', body))]));
  },
  'a link': objects => {
    const body = Buffer.concat([Buffer.from('120000 0\0'), Buffer.from(item.oid, 'hex')]);
    return put(objects, 'tree', formatTree([folder('servers', put(objects, 'tree', body))]));
  },
};

/** A root whose `servers` holds these entries at the end of a path. */
function below(objects: Objects, path: readonly string[], entries: readonly TreeEntry[]): string {
  let oid = put(objects, 'tree', formatTree(entries));
  for (const name of path.toReversed()) oid = put(objects, 'tree', formatTree([folder(name, oid)]));
  return put(objects, 'tree', formatTree([folder('servers', oid)]));
}

for (const [title, make] of Object.entries(wrong)) {
  test(`a statement with ${title} is refused, from a peer or from the store`, async t => {
    const objects: Objects = new Map([[item.oid, { type: 'blob', body: item.bytes }]]);
    const root = make(objects);
    const fresh = setup({ a: peerWith(objects), b: peerWith(objects) });
    t.like(await fresh.run(root), { ok: false, code: 'BAD_TREE' });
    t.like(await setup({}, { here: objects }).run(root), { ok: false, code: 'BAD_TREE' });
  });
}

test('deny rules and quotas may lie beside each other, and either alone', async t => {
  for (const names of [['deny.json'], ['quotas.json'], ['deny.json', 'quotas.json']]) {
    const objects: Objects = new Map();
    const files = names.map(name => file(name, put(objects, 'blob', Buffer.from(`in ${name}`))));
    const policy = put(objects, 'tree', formatTree(files));
    const tree = await setup({ a: peerWith(objects) }).run(
      put(objects, 'tree', formatTree([folder('policy', policy)])),
    );
    t.deepEqual(
      Object.entries(tree.ok ? tree.value.files : {}).map(([name, body]) => [name, Buffer.from(body).toString()]),
      names.map(name => [name, `in ${name}`]),
    );
  }
});

const largest = Buffer.alloc(1024 * 1024 - 5, 'x');
const withPolicy = (objects: Objects, body: Uint8Array) => {
  const policy = put(objects, 'tree', formatTree([file('deny.json', put(objects, 'blob', body))]));
  return put(objects, 'tree', formatTree([folder('policy', policy)]));
};

test('a file as large as an answer may be comes from a peer', async t => {
  const objects: Objects = new Map();
  const root = withPolicy(objects, largest);
  const tree = await setup({ a: peerWith(objects) }).run(root);
  t.is(tree.ok && tree.value.files['deny.json']?.length, largest.length);
});

test('a larger file cannot be had from anybody, so it is refused where it is', async t => {
  const objects: Objects = new Map();
  const root = withPolicy(objects, Buffer.concat([largest, Buffer.from('x')]));
  t.like(await setup({ a: peerWith(objects) }).run(root), { ok: false, code: 'OBJECTS_MISSING' });
  t.like(await setup({}, { here: objects }).run(root), { ok: false, code: 'BAD_TREE' });
});

for (const [title, type, body] of [
  ['a tree in the place of an announcement', 'tree', formatTree([file('x', item.oid)])],
  ['an announcement of more than 2 KiB', 'blob', Buffer.alloc(2_049)],
] as const) {
  test(`${title} is refused before it is kept`, async t => {
    const objects: Objects = new Map();
    const oid = put(objects, type, body);
    const root = below(objects, [a, b, c], [file(`${item.id}.json`, oid)]);
    const { run, here } = setup({ a: peerWith(objects) });
    t.like(await run(root), { ok: false, code: 'BAD_TREE' });
    t.false(here.has(oid));
  });
}
