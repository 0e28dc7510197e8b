// The programs of docs/gateways.md, compiled and run as they stand there: servers register, clients read the list.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { json } from '../node/gateways/json/json.ts';
import { at, GatewayWorld } from './gateways.ts';
import { textOf } from './source.ts';

const page = await textOf('docs/gateways.md');
const blocks = [...page.matchAll(/^```(js|python|c)\n([\s\S]*?)^```$/gm)].map(([, language, code]) => ({
  language,
  code: code!,
}));

type Language = { readonly tool: string; readonly file: string; readonly run: (file: string) => readonly string[] };
const languages: Readonly<Record<string, Language>> = {
  js: { tool: process.execPath, file: 'it.mjs', run: file => [process.execPath, file] },
  python: { tool: 'python3', file: 'it.py', run: file => ['python3', file] },
  c: { tool: 'cc', file: 'it.c', run: file => compiled(file) },
};

function compiled(file: string): string[] {
  const { status, stderr } = spawnSync('cc', ['-Wall', '-Wextra', '-Werror', '-o', `${file}.out`, file]);
  if (status !== 0) throw new Error(String(stderr));
  return [`${file}.out`];
}

test('there are a server and a client for each language', t => {
  for (const language of Object.keys(languages))
    t.is(blocks.filter(it => it.language === language).length, 2, language);
});

for (const [language, it] of Object.entries(languages)) {
  // `.ci/run` installs what is missing; elsewhere the name of the test says which language was not tried.
  const testHere = spawnSync(it.tool, ['--version']).status === 0 ? test : test.skip;
  testHere(`the server and the client in ${language} do what the page says`, async t => {
    const world = new GatewayWorld('json', json.timeoutMs);
    const gateway = await json.open(world.deps);
    t.teardown(gateway.close);
    const port = await freePort();
    const [server, client] = blocks.filter(block => block.language === language);
    const start = (code: string) => run(t, it, inPlace(code, gateway.address.split(':')[1]!, port));
    const running = await start(server!.code);
    const ended = text(running.stderr!);
    const place = `127.0.0.1:${port}`;
    while (!world.announced.has(`json-127.0.0.1-${port}`)) {
      if (running.exitCode !== null) return t.fail(await ended);
      await setTimeout(20);
      await world.settle();
    }
    t.like([...world.announced.values()][0], { game: 'mygame', name: "Bob's", addresses: [place] });
    t.like(await json.probe!.ask({ ip: '127.0.0.1', port, timeoutMs: 60_000, monotonic: () => 0 }), {
      players: 3,
      maxPlayers: 16,
    });
    t.true(world.registry.has(at(place)));
    const reader = await start(client!.code);
    const [out, err] = await Promise.all([text(reader.stdout!), text(reader.stderr!)]);
    t.is(err, '');
    t.true(out.startsWith(`${place} Bob's`), out);
  });

  testHere(`the server in ${language} prints why it is refused`, async t => {
    const gateway = await json.open(new GatewayWorld('json', json.timeoutMs).deps);
    t.teardown(gateway.close);
    const { code } = blocks.find(block => block.language === language)!;
    const nameless = code.replace("Bob's", ' ');
    const { stderr } = await run(t, it, inPlace(nameless, gateway.address.split(':')[1]!, await freePort()));
    const [said] = (await once(stderr!, 'data')) as [Buffer];
    t.regex(String(said), /"error":"name /);
  });
}

const inPlace = (code: string, gateway: string, port: number): string =>
  code.replaceAll('node.example.org', '127.0.0.1').replaceAll('8083', gateway).replaceAll('5000', String(port));

async function run(t: ExecutionContext, { file, run }: Language, code: string): Promise<ChildProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-example-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, file), code);
  const [command = '', ...rest] = run(join(folder, file));
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  t.teardown(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'close');
  });
  return child;
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}
