// What a person chose, kept in the browser: theme, language, favourites, recent servers. Never sent anywhere.
import { effect, signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';
export type Language = 'en' | 'de';

/** A favourite costs an id; who has more than this many has a list of his own. */
const favouritesMax = 1_000;
/** What somebody may want to find again today. */
const recentMax = 50;

const kept = <T>(name: string, usual: T, valid: (value: unknown) => value is T) => {
  const key = `rollcall.${name}`;
  const value = signal(read(key, usual, valid));
  effect(() => write(key, value.value));
  return value;
};

const isTheme = (value: unknown): value is Theme => value === 'system' || value === 'light' || value === 'dark';
const isLanguage = (value: unknown): value is Language => value === 'en' || value === 'de';
const isIds = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every(id => typeof id === 'string' && /^[0-9a-f]{40}$/.test(id));

export const theme = kept<Theme>('theme', 'system', isTheme);
export const language = kept<Language>('language', navigator.language.startsWith('de') ? 'de' : 'en', isLanguage);
/** Ids, the newest first. */
export const favourites = kept<string[]>('favourites', [], isIds);
export const recent = kept<string[]>('recent', [], isIds);

export function toggleFavourite(id: string): void {
  const others = favourites.value.filter(other => other !== id);
  favourites.value = others.length < favourites.value.length ? others : [id, ...others].slice(0, favouritesMax);
}

export function remember(id: string): void {
  recent.value = [id, ...recent.value.filter(other => other !== id)].slice(0, recentMax);
}

effect(() => {
  const root = document.documentElement;
  if (theme.value === 'system') delete root.dataset.theme;
  else root.dataset.theme = theme.value;
  // The browser's own bar has a colour for each theme, and asks the system which one it is.
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    const its = meta.dataset.theme;
    if (theme.value === 'system') meta.media = `(prefers-color-scheme: ${its})`;
    else meta.media = its === theme.value ? 'all' : 'not all';
  }
});

effect(() => {
  document.documentElement.lang = language.value;
});

/** Storage may be forbidden, full, or hold what another version wrote. */
function read<T>(key: string, usual: T, valid: (value: unknown) => value is T): T {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? 'null');
    return valid(value) ? value : usual;
  } catch {
    return usual;
  }
}

function write(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // The choice then holds until the page is closed.
  }
}
