// Loads the list from the store named on the command line, as a node does at its start, and says what that weighs.
import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import config from '../config.default.json' with { type: 'json' };
import { keepHeapSmall } from '../node/app/heap.ts';
import { Live } from '../node/app/live.ts';
import { loadList } from '../node/app/load.ts';
import { pause } from '../node/app/timers.ts';
import { History } from '../node/history/history.ts';
import { openStore } from '../node/history/store.ts';
import { ServerList } from '../node/list/server-list.ts';
import { signerOf, testNow } from '../test/announcements.ts';

keepHeapSmall();
await using store = await openStore(process.argv[2]!);
const history = await History.open({ store, author: signerOf(1).peerId, pause });
const live = new Live(new ServerList({ ...config.list, countPrivateNetworks: true }));
const start = performance.now();
await loadList(live, history, store, testNow + 1_000_000);
const tookS = ((performance.now() - start) / 1_000).toFixed(1);
// Whatever is only garbage has a moment to go, as in a node that runs.
await setTimeout(1_000);
const { rss, heapUsed, external } = process.memoryUsage();
const mb = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
// Linux tells which part of it are files, here the store's and the program's: the system may drop those at any time.
const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
const files = /^RssFile:\s+(\d+) kB$/m.exec(status);
process.stdout.write(
  `${live.list.listed.size} listed, loaded in ${tookS} s, RSS ${mb(rss)}` +
    (files ? ` (${mb(Number(files[1]) * 1_024)} of it mapped files)` : '') +
    `, heap ${mb(heapUsed)}, external ${mb(external)}, RSS at most ${mb(process.resourceUsage().maxRSS * 1_024)}\n`,
);
