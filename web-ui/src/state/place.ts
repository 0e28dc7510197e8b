// Addresses and views: the address bar is the one place that says what is shown. Links are plain links.
import { signal } from '@preact/signals';

export type Place = { readonly path: readonly string[]; readonly query: URLSearchParams };

export const place = signal<Place>(read());

/** `replace` for what changes with each key, so that going back leaves it in one step. */
export function go(href: string, { replace = false } = {}): void {
  if (href === location.pathname + location.search) return;
  if (replace) history.replaceState(null, '', href);
  else history.pushState(null, '', href);
  place.value = read();
}

/** The address of a view with parameters; empty parts of the path are left out. */
export function address(path: readonly string[], query?: URLSearchParams): string {
  const search = query?.toString() ?? '';
  return `/${path.map(encodeURIComponent).join('/')}${search === '' ? '' : `?${search}`}`;
}

/** Links within the viewer change the place without loading the page; all other clicks are the browser's. */
export function followLinks(): void {
  addEventListener('popstate', () => {
    place.value = read();
  });
  document.addEventListener('click', event => {
    const link = (event.target as Element).closest?.('a');
    if (!link || event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (link.target !== '' || link.hasAttribute('download') || link.dataset.external !== undefined) return;
    if (link.origin !== location.origin || link.hash !== '') return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}

function read(): Place {
  const parts = location.pathname.split('/').filter(part => part !== '');
  return { path: parts.map(decoded), query: new URLSearchParams(location.search) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
