// A page of the list as JSON; a large one piece by piece, since that of 100,000 rows takes a third of a second and 45 MB.
import { setImmediate as pause } from 'node:timers/promises';
import type { ServersPage } from './port.ts';

/** Rows that are written in one go: 3 ms. */
const sliceRows = 1_000;
/** Some of these are longer than the first. */
const roomFactor = 1.25;

export const isLarge = ({ servers }: ServersPage): boolean => servers.length > sliceRows;

export const jsonOf = (page: ServersPage): Buffer => Buffer.from(JSON.stringify(page));

/** The same in pieces, each written over by the next: what is thrown away outside the heap stays until that is collected. */
export async function* piecesOf(page: ServersPage): AsyncGenerator<Buffer> {
  let room = Buffer.alloc(0);
  const bytesOf = (text: string): Buffer => {
    const bytes = Buffer.byteLength(text);
    if (bytes > room.length) room = Buffer.allocUnsafeSlow(Math.ceil(bytes * roomFactor));
    return room.subarray(0, room.write(text));
  };
  const { servers, ...others } = page;
  yield bytesOf(`${JSON.stringify(others).slice(0, -1)},"servers":[`);
  for (let from = 0; from < servers.length; from += sliceRows) {
    const rows = JSON.stringify(servers.slice(from, from + sliceRows)).slice(1, -1);
    yield bytesOf(from === 0 ? rows : `,${rows}`);
    await pause();
  }
  yield bytesOf(']}');
}
