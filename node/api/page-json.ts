// A page of the list as JSON; a large one piece by piece, since that of 100,000 rows takes a third of a second and 45 MB.
import { setImmediate as pause } from 'node:timers/promises';
import type { ServersPage } from './port.ts';

/** Rows that are written in one go: 3 ms. */
const sliceRows = 1_000;

export const isLarge = ({ servers }: ServersPage): boolean => servers.length > sliceRows;

export const jsonOf = (page: ServersPage): Buffer => Buffer.from(JSON.stringify(page));

/** The same in pieces. */
export async function* piecesOf(page: ServersPage): AsyncGenerator<Buffer> {
  const { servers, ...others } = page;
  yield Buffer.from(`${JSON.stringify(others).slice(0, -1)},"servers":[`);
  for (let from = 0; from < servers.length; from += sliceRows) {
    const rows = JSON.stringify(servers.slice(from, from + sliceRows)).slice(1, -1);
    yield Buffer.from(from === 0 ? rows : `,${rows}`);
    await pause();
  }
  yield Buffer.from(']}');
}
