// All texts in German: the types say that none is missing.
import { servers } from './de/servers.ts';
import { shell } from './de/shell.ts';
import type { Texts } from './en.ts';

export const de: Texts = { shell, servers };
