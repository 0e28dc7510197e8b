// Whole lists and 304s, from a node and from nginx with the same bytes on disk; wrk asks both in turn.
import { execFile } from 'node:child_process';
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { temporaryFolder } from '../test/processes.ts';
import { cpuMs, type Measured, startNginx, startNode } from './serving-process.ts';

const gzip = { 'accept-encoding': 'gzip' };
type Rate = { readonly perSecond: number; readonly perCpuSecond: number };

export async function measureBodies(servers: number, rounds: number, seconds: number): Promise<void> {
  await using folder = await temporaryFolder();
  await using node = await startNode(servers);
  const list = await get(`${node.http}/api/v1/servers`);
  await mkdir(join(folder.path, 'www'));
  // gzip_static wants both, of one age; the first is served to who takes no gzip.
  for (const [name, bytes] of [
    ['list.json', gunzipSync(list.bytes)],
    ['list.json.gz', list.bytes],
  ] as const) {
    await writeFile(join(folder.path, 'www', name), bytes);
    await utimes(join(folder.path, 'www', name), 1_700_000_000, 1_700_000_000);
  }
  await using nginx = await startNginx(folder.path);
  const file = await get(`${nginx.http}/list.json`);
  if (!file.bytes.equals(list.bytes)) throw new Error('nginx serves something else');
  const asked = [
    { what: 'the whole list', ofNode: [], ofNginx: [] },
    { what: '304', ofNode: [`if-none-match: ${list.etag}`], ofNginx: [`if-none-match: ${file.etag}`] },
  ];
  const rows: Record<string, unknown> = {};
  for (const { what, ofNode, ofNginx } of asked) {
    const [mine, theirs]: [Rate[], Rate[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      mine.push(await wrk(node, '/api/v1/servers', ofNode, seconds));
      theirs.push(await wrk(nginx, '/list.json', ofNginx, seconds));
    }
    for (const unit of ['perSecond', 'perCpuSecond'] as const) {
      const [one, other] = [mine, theirs].map(rates => rates.map(rate => rate[unit]));
      const ratios = one!.map((rate, n) => rate / other![n]!);
      rows[`${what}, ${unit === 'perSecond' ? 'a second' : 'a second of CPU time'}`] = {
        node: spread(one!, 0),
        nginx: spread(other!, 0),
        ratio: spread(ratios, 2),
      };
    }
  }
  console.log(`${servers} servers, ${list.bytes.length} bytes; ${rounds} rounds of ${seconds} s`);
  console.table(rows);
}

async function get(url: string) {
  // `fetch` would unpack it.
  const { stdout } = await promisify(execFile)('curl', ['-s', '-H', 'accept-encoding: gzip', url], {
    encoding: 'buffer',
    maxBuffer: 1e9,
  });
  const response = await fetch(url, { method: 'GET', headers: gzip });
  await response.arrayBuffer();
  return { bytes: stdout, etag: response.headers.get('etag')! };
}

/** 32 connections from one thread. @throws Error when an answer is missing or of another kind */
async function wrk(of: Measured, path: string, headers: readonly string[], seconds: number): Promise<Rate> {
  const given = ['accept-encoding: gzip', ...headers].flatMap(header => ['-H', header]);
  const before = await cpuMs(of.pid);
  const args = ['-t1', '-c32', `-d${seconds}s`, ...given, `${of.http}${path}`];
  const { stdout } = await promisify(execFile)('wrk', args);
  const cpu = (await cpuMs(of.pid)) - before;
  if (/Socket errors|Non-2xx/.test(stdout)) throw new Error(stdout);
  const [, requests, took] = /(\d+) requests in ([\d.]+)s/.exec(stdout)!;
  return { perSecond: Number(requests) / Number(took), perCpuSecond: (Number(requests) / cpu) * 1_000 };
}

function spread(values: readonly number[], digits: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, middle, high] = [0, sorted.length >> 1, sorted.length - 1].map(at => sorted[at]!.toFixed(digits));
  return `${middle} (${low} to ${high})`;
}
