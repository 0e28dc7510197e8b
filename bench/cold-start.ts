// How long a node that knows nothing takes to have a large list that it may show, against `git clone --depth 1` of the same
// list by stock git over loopback, and to check every signature behind it, against these checks alone.
import { type ChildProcess, fork } from 'node:child_process';
import { createPrivateKey, createPublicKey, verify } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { ServersPage, Status } from '../node/api/port.ts';
import { StatementBook } from '../node/app/statement-book.ts';
import { second } from '../node/base/time.ts';
import { exportRepository } from '../node/history/export.ts';
import { readCuts, readRefs } from '../node/history/refs.ts';
import { openStore } from '../node/history/store.ts';
import { signedBytes } from '../node/records/announcement.ts';
import { makeKey } from '../node/trust/make-key.ts';
import { openPrivateKey, signPayload } from '../node/trust/sign.ts';
import { withSignature } from '../node/trust/statement.ts';
import { signerOf, testList, testNow } from '../test/announcements.ts';
import { git } from '../test/stock-git.ts';
import type { ColdEvent, ColdStarted } from './cold-node.ts';
import { serveRepositories } from './http-backend.ts';
import { openNode } from './rollback-node.ts';
import { serverOf } from './servers.ts';

const { values } = parseArgs({
  options: {
    servers: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '3' },
    /** Where the peer's folder is kept from one run to the next: to make it takes longer than to measure. */
    kept: { type: 'string' },
    stranger: { type: 'boolean', default: false },
  },
});
const [servers, rounds] = [Number(values.servers), Number(values.rounds)];
const now = testNow + 20 * second;
const folder = await mkdtemp(join(tmpdir(), 'rollcall-bench-'));
const children: ChildProcess[] = [];
/** What a node logs. */
const pageTaken = /first page from .* in (\d+) ms/;
/** DER head of an Ed25519 private key. Source: RFC 8410. */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');
try {
  const home = values.kept ?? join(folder, 'prepared');
  const publicKey = await readFile(join(home, 'key.asc')).catch(prepare);
  await cp(join(home, 'list.git'), join(folder, 'list.git'), { recursive: true });
  const peer = await start(join(home, 'peer'), undefined);
  await using backend = await serveRepositories(folder);
  say(`${servers} servers, seconds; of the whole process until the list is shown, of the node alone for the checks\n`);
  say(row('', 'shown, statement', 'CPU', 'git clone', '… --bare', 'all checked', 'CPU', 'checks alone', 'CPU'));
  for (let round = 1; round <= rounds; round++) {
    const clone = (...flags: string[]) =>
      timed(() =>
        git(folder, 'clone', '--quiet', '--depth', '1', ...flags, `${backend.url}/list.git`, `clone${flags}${round}`),
      );
    const cloned = await clone();
    const bare = await clone('--bare');
    const trusting = await cold(`trusting${round}`, peer.address, publicKey);
    const alone = await checksAlone();
    const { shownMs, shownCpuMs, checkedMs, checkedCpuMs } = trusting;
    const figures = [shownMs, shownCpuMs, cloned, bare];
    const checks = [checkedMs, checkedCpuMs, alone.tookMs, alone.cpuMs];
    say(row(String(round), ...[...figures, ...checks].map(time => (time / 1_000).toFixed(2))));
    const { pageMs, askedMs, answeredMs, stalledMs } = trusting;
    say(
      `first page of 200: asked for ${ms(askedMs)} after the start, here ${ms(answeredMs)} later, shown ${ms(pageMs - askedMs)} after asking`,
    );
    say(`until the statement was adopted the event loop stood still for ${ms(stalledMs)} at most`);
    const ratios = [shownMs / cloned, shownMs / bare, checkedMs / alone.tookMs, checkedCpuMs / alone.cpuMs];
    say(
      `shown to clone, shown to clone --bare, checked to checks alone, the same by CPU: ${ratios.map(it => it.toFixed(2)).join(', ')}`,
    );
  }
  if (values.stranger) {
    const stranger = await cold('stranger', peer.address, undefined);
    say(`without a statement: all checked and shown after ${(stranger.shownMs / 1_000).toFixed(2)} s`);
  }
  peer.child.disconnect();

  /** A node that has the list and a statement, and the same as a bare repository; gives the maintainer's key. */
  async function prepare(): Promise<Buffer> {
    const key = await makeKey({ name: 'Ada Quist', email: 'ada@example.org' }, testNow);
    const publicKey = Buffer.from(key.publicArmored);
    await mkdir(join(home, 'peer'), { recursive: true });
    await using node = await openNode(join(home, 'peer'), publicKey, now);
    await node.add(Array.from({ length: servers }, (_, n) => serverOf(n, 0)));
    const author = { name: 'Ada Quist', email: 'ada@example.org' };
    const { payload } = await node.draft({ kind: 'checkpoint', author, message: 'as it stands' }, node.history.head!);
    const bytes = Buffer.from(payload, 'base64');
    const statement = withSignature(bytes, await signPayload(bytes, await openPrivateKey(key.privateArmored), now));
    if (!statement.ok) throw new Error(statement.message);
    await trust(node.store, publicKey);
    await node.adopt(statement.value.bytes);
    const { store } = node;
    await exportRepository({ store, refs: () => readRefs(store), cuts: () => readCuts(store) }, join(home, 'list.git'));
    await writeFile(join(home, 'key.asc'), publicKey);
    return publicKey;
  }
} finally {
  for (const child of children) child.kill();
  await rm(folder, { recursive: true, force: true });
}

async function trust(store: Awaited<ReturnType<typeof openStore>>, publicKey: Uint8Array): Promise<void> {
  const deps = { store, shipped: [], listName: testList, clock: () => now, changed: () => {}, log: () => {} };
  const book = await StatementBook.open(deps);
  await book.addKeys(Buffer.from(publicKey).toString());
}

async function start(home: string, entry: string | undefined) {
  const script = new URL('./cold-node.ts', import.meta.url);
  const forkedAtMs = performance.timeOrigin + performance.now();
  const child = fork(script, [home, String(now), ...(entry ? [entry] : [])], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // Kept between runs, as bin/rollcall.js does it: whoever trusts a key has run the program before.
    env: { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compiled') },
  });
  children.push(child);
  const events: ColdEvent[] = [];
  child.on('message', event => events.push(event as ColdEvent));
  child.on('exit', code => code && events.push({ what: 'failed', atMs: 0, cpuMs: 0, stalledMs: 0 }));
  const seen = async (pattern: RegExp): Promise<ColdEvent> => {
    for (;;) {
      const event = events.find(({ what }) => pattern.test(what));
      if (event) return event;
      if (events.some(({ what }) => what === 'failed')) throw new Error('the node failed');
      await wait(5);
    }
  };
  const started = (await seen(/^started$/)) as ColdStarted;
  return { forkedAtMs, child, seen, started, address: started.addresses[0]! };
}

/** A new node with one entry point. Without a key it has to check each signature before it shows anything. */
async function cold(name: string, entry: string, publicKey: Uint8Array | undefined) {
  const home = join(folder, name);
  await mkdir(home);
  if (publicKey) {
    await using store = await openStore(join(home, 'store'));
    await trust(store, publicKey);
  }
  const node = await start(home, entry);
  const sinceForked = () => performance.timeOrigin + performance.now() - node.forkedAtMs;
  const ask = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${node.started.http}/api/v1/${path}`);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  const page = await ask<ServersPage>('servers?limit=200');
  const pageMs = sinceForked();
  // The cheapest question that tells: asking for the list again and again would take half of the time that is measured.
  while ((await ask<Status>('status')).servers < servers) await wait(50);
  const shownMs = sinceForked();
  const result = {
    shownMs,
    shownCpuMs: 0,
    checkedMs: 0,
    checkedCpuMs: 0,
    pageMs,
    askedMs: 0,
    answeredMs: 0,
    stalledMs: 0,
  };
  const first = await node.seen(pageTaken);
  result.answeredMs = Number(pageTaken.exec(first.what)![1]);
  result.askedMs = first.atMs - node.forkedAtMs - result.answeredMs;
  if (page.servers.length < Math.min(servers, 200)) throw new Error('the first page was not whole');
  if (publicKey) {
    const [from, to] = [
      await node.seen(/adopt checkpoint/),
      await node.seen(/signatures that a statement vouched for are good/),
    ];
    result.shownCpuMs = from.cpuMs;
    result.checkedMs = to.atMs - from.atMs;
    result.checkedCpuMs = to.cpuMs - from.cpuMs;
    result.stalledMs = from.stalledMs;
  }
  if ((await ask<ServersPage>('servers?all=true&limit=1')).total !== servers) throw new Error('not all are shown');
  node.child.disconnect();
  await once(node.child, 'exit');
  return result;
}

/** Nothing but the checks: messages, signatures and keys are ready. */
async function checksAlone() {
  const keys = Array.from({ length: Math.ceil(servers / 100) }, (_, i) => {
    const { seed } = signerOf(1 + i);
    return createPublicKey(createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: 'der', type: 'pkcs8' }));
  });
  const checks = Array.from({ length: servers }, (_, n) => {
    const { announcement } = serverOf(n, 0);
    return [
      signedBytes(announcement, testList),
      keys[Math.floor(n / 100)]!,
      Buffer.from(announcement.signature, 'base64url'),
    ] as const;
  });
  const cpu = process.cpuUsage();
  const tookMs = await timed(async () => {
    for (const [bytes, key, signature] of checks) if (!verify(null, bytes, key, signature)) throw new Error('forged');
  });
  const { user, system } = process.cpuUsage(cpu);
  return { tookMs, cpuMs: (user + system) / 1_000 };
}

async function timed(task: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await task();
  return performance.now() - start;
}

function row(first: string, ...cells: readonly string[]): string {
  return `| ${first.padEnd(6)} | ${cells.map(cell => cell.padEnd(16)).join(' | ')} |`;
}

function ms(time: number): string {
  return `${time.toFixed(0)} ms`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
