// A node with an online key signs, by itself, what it saw to be reachable.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { startGameServer } from '../node/demo/game-server.ts';
import { makeKey } from '../node/trust/make-key.ts';
import { startProcess, temporaryFolder, waitFor } from './processes.ts';

test('a node with an online key endorses the servers that answer, and no others', async t => {
  await using folder = await temporaryFolder();
  await using game = await startGameServer({
    protocol: 'quake3',
    name: 'Alive',
    map: 'q3dm17',
    maxPlayers: 8,
    players: 2,
  });
  const { privateArmored, publicArmored } = await makeKey({ name: 'Online', email: 'online@example.org' }, Date.now());
  const keyFile = join(folder.path, 'online.asc');
  await writeFile(keyFile, privateArmored, { mode: 0o600 });
  const sets = [
    'probe.enabled=true',
    'probe.intervalMs=1000',
    'checkpoints.everyMs=1000',
    `checkpoints.keyFile=${keyFile}`,
  ];
  await using node = await startProcess(
    join(folder.path, 'a'),
    sets.flatMap(set => ['--set', set]),
  );
  await node.send('POST', '/keys', { armored: publicArmored });
  const announce = (name: string, address: string) =>
    node.send('POST', '/announcements', { game: 'q3a', name, addresses: [address] });
  await announce('Alive', game.address);
  await announce('Dead', '127.0.0.1:9');
  await waitFor(async () => {
    const { servers, statement } = await node.servers();
    const standing = Object.fromEntries(servers.map(({ name, standing }) => [name, standing]));
    return (statement?.sequence ?? 0) >= 2 && standing.Alive === 'endorsed' && standing.Dead === 'new';
  });
  t.is((await node.status()).statement?.signer, 'Online <online@example.org>');
});
