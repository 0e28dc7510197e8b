import test from 'ava';
import type { AnnounceRequest } from '../api/port.ts';
import { minute } from '../base/time.ts';
import { Asker } from '../probe/ask.ts';
import { identityOf } from '../records/announcement.ts';
import { cast, understudies } from './cast.ts';
import { Stage } from './stage.ts';

/** `chances`: what is drawn next; zeros when there are no more. */
function setup(chances: number[] = []) {
  const announced: (AnnounceRequest & { by: string })[] = [];
  const withdrawn: string[] = [];
  const sent: string[] = [];
  const over = new AbortController();
  const announcer = (name: string) => ({
    name,
    peerId: `peer of ${name}`,
    client: {
      announce: async (request: AnnounceRequest) => void announced.push({ ...request, by: name }),
      withdraw: async (server: string) => void withdrawn.push(server),
    },
  });
  const stage = new Stage({
    announcers: [announcer('server-1'), announcer('server-2')],
    sending: id => sent.push(id),
    random: () => chances.shift() ?? 0,
    signal: over.signal,
  });
  return { stage, announced, withdrawn, sent, over, chances };
}

test('servers are announced by the nodes in turn, where they answer', async t => {
  const { stage, announced, sent } = setup();
  await using _ = stage;
  for (const part of cast.slice(0, 3)) await stage.join(part);
  t.deepEqual(
    announced.map(({ by, server, name }) => [by, server, name]),
    [
      ['server-1', 'eu-1', "Bob's instagib"],
      ['server-2', 'ru-1', 'Большая свалка 24/7'],
      ['server-1', 'gr-1', 'Η ταράτσα της Αθήνας'],
    ],
  );
  t.is(sent[1], identityOf('peer of server-2', 'ru-1'));
  const asker = new Asker(minute);
  t.teardown(() => asker.close());
  const port = Number(announced[0]!.addresses[0]!.split(':')[1]);
  t.like(await asker.ask({ ip: '127.0.0.1', port, protocol: 'quake3' }), { map: 'oa_dm1', maxPlayers: 16 });
});

test('a server that left comes back through the node that announced it before', async t => {
  const { stage, announced, withdrawn, chances } = setup();
  await using _ = stage;
  for (const part of cast) await stage.join(part);
  chances.push(0.99, 0, 0);
  await stage.goOn();
  t.deepEqual(withdrawn, ['eu-1']);
  // The last of those that wait.
  chances.push(0.8, 0.99);
  await stage.goOn();
  t.is(announced.length, cast.length + 1);
  t.like(announced.at(-1), { server: 'eu-1', by: 'server-1' });
});

test('a rename is announced, another map is not', async t => {
  const { stage, announced, chances } = setup();
  await using _ = stage;
  await stage.join(understudies[0]!);
  chances.push(0.65);
  await stage.goOn();
  chances.push(0.4);
  await stage.goOn();
  t.deepEqual(
    announced.map(({ name }) => name),
    [...understudies[0]!.names],
  );
  t.is(announced[0]!.addresses[0], announced[1]!.addresses[0]);
});

test('nobody joins a demo that is over', async t => {
  const { stage, announced, over } = setup();
  await using _ = stage;
  over.abort();
  await t.throwsAsync(stage.join(cast[0]!), { name: 'AbortError' });
  t.deepEqual(announced, []);
});
