// A maintainer who has nothing but stock git and gpg: he clones the list, commits into it, and hands the commit in.
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { formatPolicy } from '../node/trust/policy.ts';
import { maintainerOf } from './maintainers.ts';
import { type NodeProcess, program, startProcess, temporaryFolder, waitFor } from './processes.ts';
import { announce, draft, gpgHome, grace, inForce, standings, state, trust } from './statement-processes.ts';

const ada = await maintainerOf('Ada', Date.now());

const rollcall = async (node: NodeProcess, cwd: string, ...args: string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, [program, ...args, '--data', node.data], { cwd })).stdout;

test('a commit that stock git signed in a clone comes into force everywhere, and what it leaves is sound', async t => {
  await using home = await gpgHome();
  await using folder = await temporaryFolder();
  await using a = await startProcess(join(folder.path, 'a'));
  await using b = await startProcess(join(folder.path, 'b'), ['--entry', a.address]);
  for (const node of [a, b]) for (const key of [ada.publicArmored, home.publicArmored]) await trust(node, key);
  const env = {
    ...{ PATH: process.env.PATH, HOME: folder.path, GNUPGHOME: home.GNUPGHOME, GIT_CONFIG_NOSYSTEM: '1' },
    ...{ GIT_AUTHOR_NAME: grace.name, GIT_AUTHOR_EMAIL: grace.email },
    ...{ GIT_COMMITTER_NAME: grace.name, GIT_COMMITTER_EMAIL: grace.email },
  };
  const git = async (cwd: string, ...args: string[]) =>
    (await promisify(execFile)('git', args, { cwd, env })).stdout.trim();

  await announce(a, 'one');
  await state(a, ada);
  await announce(a, 'two');
  const { message } = await draft(a, grace, { message: 'Written by hand.' });
  const clone = join(folder.path, 'clone');
  await git(folder.path, 'clone', '--quiet', `${a.http}/list.git`, clone);
  await mkdir(join(clone, 'policy'));
  await writeFile(join(clone, 'policy/deny.json'), formatPolicy({ deny: [{ game: 'quake', reason: 'not here' }] }));
  await git(clone, 'add', '.');
  await writeFile(join(folder.path, 'message'), message);
  await git(clone, 'commit', '--quiet', `-S${grace.email}`, '-F', join(folder.path, 'message'));

  t.regex(await rollcall(a, clone, 'publish', 'HEAD'), /statement 2 \(checkpoint by Grace/);
  await waitFor(async () => (await inForce(b)) === 2);
  for (const node of [a, b]) {
    t.deepEqual(await standings(node), ['one endorsed', 'two endorsed']);
    const quake = { game: 'quake', name: 'x', addresses: ['127.0.0.1:1'] };
    await t.throwsAsync(node.send('POST', '/announcements', quake), { message: /not here/ });
    t.regex(await rollcall(node, clone, 'verify', '--full'), /sound/);
    const again = join(folder.path, `clone-of-${node.peerId}`);
    await git(folder.path, 'clone', '--quiet', `${node.http}/list.git`, again);
    await git(again, 'fsck', '--strict');
    const spine = (await git(again, 'log', '--first-parent', '--format=%s')).split('\n');
    t.deepEqual(spine.slice(0, 2), [spine[0], 'checkpoint 2: 2 servers']);
    t.regex(spine[0]!, /^adopt checkpoint 2/);
    await git(again, 'verify-commit', 'HEAD^1');
  }
  // What b was given of the clone's commit has no parent there.
  t.is(await git(join(folder.path, `clone-of-${b.peerId}`), 'rev-parse', '--is-shallow-repository'), 'true');
});
