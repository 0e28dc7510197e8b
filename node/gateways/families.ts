// Every family that there is. A new one is a folder beside these, a line here, and its section in config.default.json.
import { bzflag } from './bzflag/bzflag.ts';
import { cube2, redEclipse } from './cube2/cube2.ts';
import { ddnet } from './ddnet/ddnet.ts';
import { dpmaster } from './dpmaster/dpmaster.ts';
import type { Family } from './family.ts';
import { json } from './json/json.ts';
import { luanti } from './luanti/luanti.ts';
import { openttd } from './openttd/openttd.ts';
import { teeworlds, teeworlds06 } from './teeworlds/teeworlds.ts';

export const families: readonly Family[] = [
  dpmaster,
  cube2,
  redEclipse,
  teeworlds,
  teeworlds06,
  ddnet,
  openttd,
  luanti,
  bzflag,
  json,
];
