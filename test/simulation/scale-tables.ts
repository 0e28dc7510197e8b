// The tables of docs/scale.md, from the formulas: `npx node bench/scale.ts --tables` prints them, and a test compares the page with them.
import {
  announcementsPerS,
  announcementTraffic,
  constants,
  copies,
  cpuShare,
  type Draw,
  descentBytes,
  draws,
  entriesNeeded,
  growthPerDay,
  loadS,
  memoryMb,
  questionsPerMinute,
  spreadS,
  storeMb,
  syncTraffic,
  traffic,
  treesBytes,
  turnsPerS,
} from './scale-costs.ts';

export const serverCounts = [100, 1_000, 10_000, 100_000, 1_000_000] as const;
export const nodeCounts = [10, 100, 1_000, 10_000, 100_000] as const;

export type Table = { readonly title: string; readonly text: string };

export const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): Table {
  const rule = `|${head.map(() => '---').join('|')}|`;
  return { title, text: `${[row(head), rule, ...rows.map(row)].join('\n')}\n` };
}

/** Two digits that count. */
function figure(value: number): string {
  if (value === 0) return '0';
  if (value >= 100) return Number(value.toPrecision(3)).toLocaleString('en');
  return String(Number(value.toPrecision(2)));
}

const bytes = (value: number): string => {
  const [unit, size] = value >= 1e9 ? ['GB', 1e9] : value >= 1e6 ? ['MB', 1e6] : value >= 1e3 ? ['KB', 1e3] : ['B', 1];
  return `${figure(value / Number(size))} ${unit}`;
};
const percent = (share: number): string => `${figure(share * 100)} %`;
const count = (value: number): string => value.toLocaleString('en');

const perServers = (title: string, columns: readonly (readonly [string, (servers: number) => string])[]): Table =>
  table(
    title,
    ['Servers', ...columns.map(([name]) => name)],
    serverCounts.map(servers => [count(servers), ...columns.map(([, cell]) => cell(servers))]),
  );

const perNodes = (title: string, columns: readonly (readonly [string, (nodes: number) => string])[]): Table =>
  table(
    title,
    ['Nodes', ...columns.map(([name]) => name)],
    nodeCounts.map(nodes => [count(nodes), ...columns.map(([, cell]) => cell(nodes))]),
  );

const grid = (title: string, cell: (servers: number, nodes: number) => string): Table =>
  table(
    title,
    ['Servers', ...nodeCounts.map(nodes => `${count(nodes)} nodes`)],
    serverCounts.map(servers => [count(servers), ...nodeCounts.map(nodes => cell(servers, nodes))]),
  );

/** What depends on servers alone is told of a network of this size. */
const usualNodes = 1_000;

export function tables(): readonly Table[] {
  const by = (servers: number, nodes = usualNodes) => ({ servers, nodes });
  const each = (title: string, of: (scale: { servers: number; nodes: number }, draw: Draw) => string) =>
    (['known', 'circles', 'strangers'] as const).map(draw =>
      grid(`${title} (${draw})`, (servers, nodes) => of({ servers, nodes }, draw)),
    );
  return [
    table(
      'Constants',
      ['Name', 'Value', 'Unit', 'From'],
      Object.entries(constants).map(([name, [value, unit, source]]) => [`\`${name}\``, String(value), unit, source]),
    ),
    perServers('What depends on servers alone', [
      ['Memory', servers => bytes(memoryMb(by(servers)) * 1e6)],
      ['Store, at first', servers => bytes(storeMb(by(servers)) * 1e6)],
      ['… grows a day by', servers => bytes(growthPerDay(by(servers)).objects + growthPerDay(by(servers)).indexes)],
      ['Loads in', servers => `${figure(loadS(by(servers)))} s`],
      ['Announcements a second', servers => figure(announcementsPerS(by(servers)))],
      ['… each way', servers => `${bytes(announcementTraffic(by(servers)))}/s`],
      ['Trees of a commit of 10', servers => bytes(treesBytes(servers, 10))],
      ['10 differences', servers => bytes(descentBytes(servers, 10))],
      ['1,000 differences', servers => bytes(descentBytes(servers, 1_000))],
      ['Comparing, each way', servers => `${bytes(syncTraffic(by(servers)))}/s`],
      ['Places looked at a second', servers => figure(turnsPerS(by(servers)))],
    ]),
    perNodes('What depends on nodes alone', [
      ['On all after', nodes => `${figure(spreadS(by(1_000, nodes)))} s`],
      ['Copies', nodes => figure(copies(by(1_000, nodes)))],
      ['Asked a minute, known', nodes => figure(draws.known(by(1_000, nodes)))],
      ['… circles', nodes => figure(draws.circles(by(1_000, nodes)))],
      ['… strangers', nodes => figure(draws.strangers(by(1_000, nodes)))],
      ['Entry points needed', nodes => count(entriesNeeded(by(1_000, nodes)))],
    ]),
    ...each('Questions a minute that a node asks', (scale, draw) => figure(questionsPerMinute(scale, draw))),
    ...each('Bytes a second each way', (scale, draw) => `${bytes(traffic(scale, draw))}/s`),
    ...each('CPU, of one core', (scale, draw) => percent(cpuShare(scale, draw))),
  ];
}
