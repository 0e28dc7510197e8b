// All texts in English, by part of the viewer. This is the shape that every other language has.
import { servers } from './en/servers.ts';
import { shell } from './en/shell.ts';

export const en = { shell, servers };

export type Texts = typeof en;
