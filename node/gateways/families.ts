// Every family that there is. A new one is a folder beside these, a line here, and its section in config.default.json.
import { bzflag } from './bzflag/bzflag.ts';
import { cube2, redEclipse } from './cube2/cube2.ts';
import { dpmaster } from './dpmaster/dpmaster.ts';
import type { Family } from './family.ts';
import { json } from './json/json.ts';
import { luanti } from './luanti/luanti.ts';

export const families: readonly Family[] = [dpmaster, cube2, redEclipse, luanti, bzflag, json];
