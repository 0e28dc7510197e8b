// Where the nodes of the soak live: each in a network namespace of its own, joined by bridges that can be parted, or, where
// there are none to be had, all on loopback. The soak itself runs in a namespace too, so that nothing outside is touched, and
// all of it is gone when the processes are.
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readlink } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';

/** A place for one node at a time. */
export type Place = AsyncDisposable & {
  /** Runs a program there. */
  readonly through: readonly string[];
  readonly listen: string;
  readonly http: string;
};

export type Lab = AsyncDisposable & {
  /** Whether there are partitions. */
  readonly parts: boolean;
  /** Address of this process, for nodes that reach only it. */
  readonly own: string;
  /** `walled`: it reaches this process, and no other node. */
  place(number: number, walled?: boolean): Promise<Place>;
  /** These on one side, the rest and this process on the other: nothing passes, and nobody is told. */
  split(numbers: readonly number[]): Promise<void>;
  heal(): Promise<void>;
};

export const loopbackLab: Lab = {
  parts: false,
  own: '127.0.0.1',
  place: async () => ({
    through: [],
    listen: '/ip4/127.0.0.1/tcp/0',
    http: '127.0.0.1:0',
    [Symbol.asyncDispose]: async () => {},
  }),
  split: async () => {},
  heal: async () => {},
  [Symbol.asyncDispose]: async () => {},
};

/** What runs a program in new namespaces here; undefined where that is not allowed, or `ip` is missing. */
export function enterLab(): readonly string[] | undefined {
  const ways = [
    ['unshare', '--net'],
    ['unshare', '--user', '--map-root-user', '--net'],
  ];
  return ways.find(([command, ...args]) => {
    const trial = ['ip', 'link', 'add', 'trial', 'type', 'bridge'];
    return spawnSync(command!, [...args, ...trial], { stdio: 'ignore' }).status === 0;
  });
}

const run = promisify(execFile);
const ip = (...args: string[]) => run('ip', args);
/** Where nodes meet, both sides of a partition; where this process asks them; where walled nodes meet this process. */
const [oneSide, otherSide, control, wall] = ['rc-a', 'rc-b', 'rc-http', 'rc-wall'];
const [meeting, asking, walling] = ['10.98.0', '10.99.0', '10.97.0'];
const ownNumber = 254;
const enterMs = 10;

/** @throws Error when this process is in no namespace of its own */
export async function namespaceLab(): Promise<Lab> {
  await ip('link', 'set', 'lo', 'up');
  for (const bridge of [oneSide, otherSide, control, wall]) {
    await ip('link', 'add', bridge, 'type', 'bridge');
    await ip('link', 'set', bridge, 'up');
  }
  for (const [bridge, net] of [
    [oneSide, meeting],
    [control, asking],
    [wall, walling],
  ] as const) {
    await ip('addr', 'add', `${net}.${ownNumber}/24`, 'dev', bridge);
  }
  let away: readonly number[] = [];
  const onBridge = async (numbers: readonly number[], bridge: string) => {
    // Its place may be gone meanwhile.
    for (const number of numbers) await ip('link', 'set', `d${number}`, 'master', bridge).catch(() => {});
  };
  return {
    parts: true,
    own: `${walling}.${ownNumber}`,
    place: async (number, walled = false) => {
      const net = walled ? walling : meeting;
      const { pid, end } = await holdNamespace();
      const inside = ['nsenter', `--net=/proc/${pid}/ns/net`];
      const within = (...args: string[]) => run(inside[0]!, [...inside.slice(1), 'ip', ...args]);
      await within('link', 'set', 'lo', 'up');
      for (const [link, device, bridge, address] of [
        [`d${number}`, 'data', walled ? wall : oneSide, `${net}.${number + 1}`],
        [`c${number}`, 'http', control, `${asking}.${number + 1}`],
      ] as const) {
        await ip('link', 'add', link, 'type', 'veth', 'peer', 'name', device, 'netns', String(pid));
        await ip('link', 'set', link, 'master', bridge, 'up');
        await within('addr', 'add', `${address}/24`, 'dev', device);
        await within('link', 'set', device, 'up');
      }
      return {
        through: inside,
        listen: `/ip4/${net}.${number + 1}/tcp/7481`,
        http: `${asking}.${number + 1}:7480`,
        [Symbol.asyncDispose]: async () => {
          await end();
          // Its devices go with the namespace, which is a moment later.
          await ip('link', 'del', `d${number}`).catch(() => {});
          await ip('link', 'del', `c${number}`).catch(() => {});
        },
      };
    },
    split: async numbers => {
      away = numbers;
      await onBridge(numbers, otherSide);
    },
    heal: async () => onBridge(away, oneSide),
    [Symbol.asyncDispose]: async () => {},
  };
}

/** A namespace lives as long as a process in it; this one ends with ours, however that goes, for then its input ends. */
async function holdNamespace(): Promise<{ pid: number; end(): Promise<void> }> {
  const holder = spawn('unshare', ['--net', 'cat'], { stdio: ['pipe', 'ignore', 'inherit'] });
  const ours = await readlink('/proc/self/ns/net');
  while ((await readlink(`/proc/${holder.pid}/ns/net`).catch(() => ours)) === ours) {
    if (holder.exitCode !== null) throw new Error('a network namespace could not be made');
    await wait(enterMs);
  }
  return {
    pid: holder.pid!,
    end: async () => {
      const ended = once(holder, 'exit');
      holder.stdin!.end();
      await ended;
    },
  };
}
