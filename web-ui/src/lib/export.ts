// Rows as files. Text of servers is made harmless for spreadsheets, and left as it is for programs.
import { formatCsv } from './csv.ts';
import { type Row, sinceOf } from './rows.ts';

const header = [
  ...['id', 'name', 'game', 'addresses', 'players', 'maxPlayers', 'map', 'rttMs', 'up', 'seenAt', 'version', 'tags'],
  ...['country', 'standing', 'karma', 'since', 'announcer'],
];

const cellsOf = (row: Row) => [
  ...[row.id, row.name, row.game, row.addresses.join(' ')],
  ...[row.observed?.players ?? null, row.observed?.maxPlayers ?? null, row.observed?.map ?? null],
  ...[row.observed?.rttMs ?? null, row.observed === null ? null : String(row.observed.up)],
  ...[row.observed === null ? null : new Date(row.observed.at).toISOString(), row.version, row.tags.join(' ')],
  ...[row.attributes.country ?? null, row.standing, row.karma.value],
  ...[new Date(sinceOf(row)).toISOString(), row.announcer],
];

export const csvOf = (rows: readonly Row[]): string => formatCsv(header, rows.map(cellsOf));

/** One server a line, as the API gives it. */
export const ndjsonOf = (rows: readonly Row[]): string =>
  rows.map(({ rank: _, gone: __, newsAtMs: ___, words: ____, ...row }) => `${JSON.stringify(row)}\n`).join('');
