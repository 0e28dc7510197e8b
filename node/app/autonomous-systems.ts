// Which autonomous system an address belongs to, by a database on this machine (`list.asDatabase`): an MMDB file, as several
// projects publish them for free. One owner may have many networks; nothing that nodes agree on depends on it.
import { open } from 'node:fs/promises';
import { isIP } from 'node:net';
import { Reader, type Response } from 'mmdb-lib';
import { messageOf, RollcallError } from '../base/errors.ts';

/** The number of an IP address's autonomous system, where the database knows it. */
export type AsOf = (ip: string) => number | undefined;

/** The file is held in memory; open databases of autonomous systems have 10 to 30 MB. */
const databaseBytesMax = 256 * 1024 * 1024;
/** Answers kept, so that one that is asked again costs no walk through the tree: 100 bytes each. */
const answersMax = 10_000;
/** Root name servers, which stay where they are: what knows none of them is no database of autonomous systems. */
const known = ['198.41.0.4', '193.0.14.129', '202.12.27.33', '2001:503:ba3e::2:30'];

/** Undefined without a path. @throws RollcallError BAD_CONFIG when it cannot be read or is something else */
export async function openAutonomousSystems(path: string): Promise<AsOf | undefined> {
  if (path === '') return undefined;
  const bytes = await read(path);
  let reader: Reader<Response>;
  try {
    reader = new Reader(bytes);
  } catch (error) {
    throw bad(path, `is no MMDB file: ${messageOf(error)}`);
  }
  const { nodeCount, searchTreeSize, ipVersion } = reader.metadata;
  if (!Number.isSafeInteger(nodeCount) || searchTreeSize >= bytes.length)
    throw bad(path, 'is no MMDB file, or cut short');
  const look: AsOf = ip => {
    const family = isIP(ip);
    if (family === 0 || (family === 6 && ipVersion !== 6)) return undefined;
    try {
      return numberOf(reader.get(ip));
    } catch {
      // A record that points nowhere: of other addresses the file may tell all the same.
      return undefined;
    }
  };
  if (known.every(ip => look(ip) === undefined))
    throw bad(path, 'does not tell the autonomous systems of addresses, or is damaged');
  return remembering(look);
}

async function read(path: string): Promise<Buffer> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    if (size > databaseBytesMax) throw new Error(`it is larger than ${databaseBytesMax} bytes`);
    return await file.readFile();
  } catch (error) {
    throw new RollcallError('BAD_CONFIG', `list.asDatabase ${path}: ${messageOf(error)}`, { remedy });
  }
}

const remedy = 'name an MMDB file of autonomous systems (ASN), or leave it empty';

const bad = (path: string, what: string) =>
  new RollcallError('BAD_CONFIG', `list.asDatabase ${path} ${what}`, { remedy });

/** `autonomous_system_number: 64500` with most, `asn: "AS64500"` with some. */
function numberOf(record: unknown): number | undefined {
  const { autonomous_system_number, asn } = (record ?? {}) as Record<string, unknown>;
  const value = autonomous_system_number ?? asn;
  const number = typeof value === 'string' ? Number(/^AS([0-9]{1,10})$/.exec(value)?.[1]) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

/** Keeps the last answers; the one given longest ago goes first. */
function remembering(look: AsOf): AsOf {
  const answers = new Map<string, number | undefined>();
  return ip => {
    if (answers.has(ip)) return answers.get(ip);
    if (answers.size >= answersMax) answers.delete(answers.keys().next().value!);
    const answer = look(ip);
    answers.set(ip, answer);
    return answer;
  };
}
