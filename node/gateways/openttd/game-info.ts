// What an OpenTTD server says of itself, in the seven forms that it has had. Pure. Source: network_game_info.cpp.
import type { Reader, Writer } from './packet.ts';

/**
 * Newer forms put their fields before those of the older ones:
 *
 *     7  ticks, 8 bytes
 *     6  how NewGRFs are told: 0 id and hash, 1 name too, 2 a number of the coordinator's
 *     5  version of the game script (4 bytes), its name
 *     4  number of NewGRFs, each: id (4), MD5 (16), in form 1 its name
 *     3  date, date of the beginning: days since the year 0
 *     2  most companies, companies, unused
 *     1  name, revision, [language before 6,] password?, most clients, clients, spectators, [dates before 3 (2 + 2),]
 *        [name of the map before 6,] width, height (2 + 2), landscape, dedicated?
 */
export type GameInfo = {
  readonly name: string;
  readonly revision: string;
  readonly passworded: boolean;
  readonly clients: number;
  readonly clientsMax: number;
  readonly width: number;
  readonly height: number;
  readonly landscape: Landscape;
  readonly dedicated: boolean;
  /** Days since the year 0. */
  readonly began: number;
};

export const landscapes = ['temperate', 'arctic', 'tropic', 'toyland'] as const;
export type Landscape = (typeof landscapes)[number];

const newest = 7;
/** NETWORK_NAME_LENGTH, NETWORK_REVISION_LENGTH, NETWORK_GRF_NAME_LENGTH, and MAX_PATH-like bounds of what is skipped. */
const [nameBytesMax, revisionBytesMax, skippedBytesMax] = [80, 33, 256];
const grfBytes = 4 + 16;
/** Dates of the first two forms count from 1 January 1920. */
const dayOf1920 = dayOfYear(1920);

/** Undefined when it is cut short, or in a form that is not known. */
export function parseGameInfo(reader: Reader): GameInfo | undefined {
  const form = reader.uint8();
  if (form < 1 || form > newest) return undefined;
  if (form >= 7) reader.skip(8);
  const grfForm = form >= 6 ? reader.uint8() : 0;
  if (grfForm > 2) return undefined;
  if (form >= 5) {
    reader.skip(4);
    reader.text(skippedBytesMax);
  }
  if (form >= 4) skipGrfs(reader, grfForm);
  if (form >= 3) reader.skip(4);
  const began = form >= 3 ? reader.uint32() : undefined;
  if (form >= 2) reader.skip(3);
  const [name, revision] = [reader.text(nameBytesMax), reader.text(revisionBytesMax)];
  if (form < 6) reader.skip(1);
  const [passworded, clientsMax, clients] = [reader.uint8() !== 0, reader.uint8(), reader.uint8()];
  reader.skip(1);
  if (form < 3) reader.skip(2);
  const beganOld = form < 3 ? reader.uint16() + dayOf1920 : 0;
  if (form < 6) reader.text(skippedBytesMax);
  const [width, height] = [reader.uint16(), reader.uint16()];
  const landscape = landscapes[reader.uint8()] ?? 'temperate';
  const dedicated = reader.uint8() !== 0;
  if (reader.failed) return undefined;
  const dates = { began: began ?? beganOld };
  return { name, revision, passworded, clients, clientsMax, width, height, landscape, dedicated, ...dates };
}

function skipGrfs(reader: Reader, form: number): void {
  for (let left = reader.uint8(); left > 0 && !reader.failed; left--) {
    reader.skip(form === 2 ? 4 : grfBytes);
    if (form === 1) reader.text(skippedBytesMax);
  }
}

/**
 * In the newest form that the asker knows. What changes as the game goes on is not known here: the date is that of its
 * beginning, and NewGRFs are told by the server itself to whoever joins.
 */
export function formatGameInfo(writer: Writer, info: GameInfo, asked: number): Writer {
  const form = Math.max(1, Math.min(asked, newest));
  writer.uint8(form);
  if (form >= 7) writer.uint32(0).uint32(0);
  if (form >= 6) writer.uint8(0);
  // As servers without a game script have it.
  if (form >= 5) writer.uint32(0xff_ff_ff_ff).text('');
  if (form >= 4) writer.uint8(0);
  if (form >= 3) writer.uint32(info.began).uint32(info.began);
  if (form >= 2) writer.uint8(0).uint8(0).uint8(info.clientsMax);
  writer.text(info.name).text(info.revision);
  if (form < 6) writer.uint8(0);
  writer.uint8(Number(info.passworded)).uint8(info.clientsMax).uint8(info.clients).uint8(0);
  const old = Math.max(0, Math.min(info.began - dayOf1920, 0xff_ff));
  if (form < 3) writer.uint16(old).uint16(old);
  if (form < 6) writer.text('');
  writer.uint16(info.width).uint16(info.height);
  return writer.uint8(landscapes.indexOf(info.landscape)).uint8(Number(info.dedicated));
}

/** The first day of a year, counted as OpenTTD does. */
export function dayOfYear(year: number): number {
  const before = year - 1;
  return year < 1 ? 0 : year * 365 + 1 + Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
}

/** Servers begin on the first day of one. */
export const yearOfDay = (day: number): number => Math.floor((day + 1) / 365.2425);
