// What stands around every view: navigation, state of the connection, settings, warnings, keys.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { link } from '../state/live.ts';
import { text } from '../state/locale.ts';
import { place } from '../state/place.ts';
import { status } from '../state/status.ts';
import { Banner } from './banner.tsx';
import { Help } from './help.tsx';
import { routeOf, routes } from './routes.ts';
import { Settings } from './settings.tsx';

export function Shell() {
  const helping = useSignal(false);
  const main = useRef<HTMLElement>(null);
  const { shell } = text.value;
  const route = routeOf(place.value.path);
  const title = route ? shell.views[route.name]! : shell.notFound;
  useEffect(() => {
    document.title = `${title} · Rollcall`;
  }, [title]);
  useEffect(() => {
    const keys = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.key === '?') helping.value = true;
      else if (event.key === '/') focusSearch();
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', keys);
    return () => document.removeEventListener('keydown', keys);
  }, []);
  // Going to another view moves the focus there, as loading a page would.
  const firstView = useRef(true);
  useEffect(() => {
    if (!firstView.current) main.current?.focus();
    firstView.current = false;
  }, [route?.name]);
  useEffect(() => {
    // On a phone the views do not fit beside each other.
    const current = document.querySelector('.top nav [aria-current]');
    current?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [route?.name, text.value]);
  const View = route?.view;
  return (
    <div class="shell">
      <a class="skip" href="#main" data-external>
        {shell.skip}
      </a>
      <header class="top">
        <a class="brand" href="/servers">
          <img src="/icon.svg" alt="" width="26" height="26" />
          <span class="brand-name">Rollcall</span>
        </a>
        {status.value && <span class="list-name">{shell.list(status.value.list)}</span>}
        <nav aria-label={shell.navigation}>
          {routes
            .filter(({ name, under }) => name === under)
            .map(({ name }) => (
              <a
                key={name}
                href={`/${name}`}
                aria-current={name === route?.name ? 'page' : name === route?.under ? 'true' : undefined}
              >
                {shell.views[name]}
              </a>
            ))}
        </nav>
        <span class="grow" />
        <span class={`link ${link.value}`} role="status" title={shell.linkTitle[link.value]}>
          <span class="dot" aria-hidden="true" />
          {shell.link[link.value]}
        </span>
        <Settings />
        <button
          type="button"
          class="quiet"
          aria-label={shell.help}
          title={shell.help}
          onClick={() => {
            helping.value = true;
          }}
        >
          <span class="question" aria-hidden="true">
            ?
          </span>
        </button>
      </header>
      <Banner />
      <main id="main" ref={main} tabIndex={-1}>
        {View ? (
          <View />
        ) : (
          <div class="state">
            <h1 class="state-title">{shell.notFound}</h1>
            <a href="/servers">{shell.toServers}</a>
          </div>
        )}
      </main>
      {helping.value && (
        <Help
          onClose={() => {
            helping.value = false;
          }}
        />
      )}
    </div>
  );
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('input, textarea, select, dialog') !== null;

/** Each view marks its own search field. */
const focusSearch = (): void => document.querySelector<HTMLInputElement>('input[type="search"]')?.select();
