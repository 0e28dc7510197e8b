// One server: what it is, who is on it, how to join it, why it stands where it stands, what happened to it.
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { ApiError, get } from '../../api/client.ts';
import type { ServerDetail, ServerRow } from '../../api/types.ts';
import { shown as printed, shortId } from '../../lib/format.ts';
import { reasonsIn } from '../../lib/reasons.ts';
import { sinceOf } from '../../lib/rows.ts';
import { formatView, initialView } from '../../lib/view-state.ts';
import { beat, catalogue } from '../../state/catalogue.ts';
import { on } from '../../state/live.ts';
import { formats, text } from '../../state/locale.ts';
import { address } from '../../state/place.ts';
import { favourites, remember, toggleFavourite } from '../../state/settings.ts';
import { Copyable } from '../../ui/copy.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Karma, Standing } from '../../ui/marks.tsx';
import { Failed, Loading } from '../../ui/state.tsx';
import { Ago } from '../../ui/time.tsx';
import { History } from './detail-history.tsx';
import { OverTime } from './detail-series.tsx';
import { closeDetail } from './moves.ts';
import { Share } from './share.tsx';

export function Detail({ id, known }: { id: string; known: ServerRow | undefined }) {
  const { servers, shell } = text.value;
  const panel = useRef<HTMLElement>(null);
  const detail = useSignal<ServerDetail | null>(null);
  const error = useSignal<ApiError | null>(null);
  const load = async () => {
    error.value = null;
    try {
      detail.value = await get<ServerDetail>(`/servers/${encodeURIComponent(id)}`);
      remember(id);
    } catch (fault) {
      if (!(fault instanceof ApiError)) throw fault;
      error.value = fault.status === 404 ? new ApiError(404, fault.code, servers.detail.notListed) : fault;
    }
  };
  useEffect(() => {
    void load();
    // A commit may have brought its history on.
    return on('head', () => void load());
  }, [id]);
  // Before it is painted: whoever sees the panel can close it.
  useLayoutEffect(() => {
    panel.current?.focus({ preventScroll: true });
    const closeByKey = ({ key, target }: KeyboardEvent) => {
      if (key === 'Escape' && !(target as Element).closest('dialog, input, select')) closeDetail();
    };
    document.addEventListener('keydown', closeByKey);
    return () => document.removeEventListener('keydown', closeByKey);
  }, [id]);
  // What was observed changes by the minute, and the row in the list follows it.
  beat.value;
  const row = catalogue.get(id) ?? detail.value ?? known;
  return (
    <aside ref={panel} class="detail" tabIndex={-1} aria-labelledby="detail-title">
      <header class="detail-head">
        <button type="button" class="quiet detail-back" aria-label={servers.detail.back} onClick={closeDetail}>
          <Icon name="back" />
        </button>
        <h2 id="detail-title" dir="auto">
          {row ? printed(row.name) || servers.noName : shortId(id)}
        </h2>
        {row && <FavouriteButton id={id} />}
        <button type="button" class="quiet detail-close" aria-label={shell.close} onClick={closeDetail}>
          <Icon name="cross" />
        </button>
      </header>
      {error.value && <Failed error={error.value} onAgain={load} />}
      {row && <Facts row={row} />}
      {row && <Share row={row} />}
      {!detail.value && !error.value && <Loading />}
      {detail.value && <More detail={detail.value} />}
    </aside>
  );
}

function FavouriteButton({ id }: { id: string }) {
  const { servers } = text.value;
  const favourite = favourites.value.includes(id);
  return (
    <button
      type="button"
      class="quiet star"
      aria-pressed={favourite}
      aria-label={servers.addFavourite}
      onClick={() => toggleFavourite(id)}
    >
      <Icon name="star" filled={favourite} />
    </button>
  );
}

const Fact = ({ name, children }: { name: string; children: ComponentChildren }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

function Facts({ row }: { row: ServerRow }) {
  const { detail, ...servers } = text.value.servers;
  const { number } = formats.value;
  const { observed } = row;
  return (
    <>
      <p class="detail-marks">
        <Standing standing={row.standing} /> <Karma karma={row.karma} />
        {row.hidden !== null && <span class="tag hidden-tag">{servers.hidden(servers.hiding[row.hidden])}</span>}
        {(observed?.flags ?? []).map(flag => (
          <span key={flag} class="mark flagged">
            <Icon name="warning" /> {servers.flags[flag] ?? flag}
          </span>
        ))}
      </p>
      <dl class="facts">
        <Fact name={detail.game}>{printed(row.game)}</Fact>
        <Fact name={detail.players}>
          {observed === null
            ? servers.unknown
            : observed.up
              ? `${observed.players ?? '?'} / ${observed.maxPlayers ?? '?'}`
              : servers.noAnswer}
        </Fact>
        {observed?.map && <Fact name={detail.map}>{printed(observed.map)}</Fact>}
        {observed?.rttMs != null && <Fact name={detail.ping}>{servers.ms(number(Math.round(observed.rttMs)))}</Fact>}
        {observed && (
          <Fact name={detail.seen}>
            <Ago atMs={observed.at} />
            {observed.observers > 1 && `, ${detail.observers(number(observed.observers))}`}
          </Fact>
        )}
        {observed?.downSince != null && (
          <Fact name={detail.silentSince}>
            <Ago atMs={observed.downSince} />
          </Fact>
        )}
        {row.version !== '' && <Fact name={detail.version}>{printed(row.version)}</Fact>}
        <Fact name={detail.since}>
          <Ago atMs={sinceOf(row)} />
        </Fact>
        <Fact name={detail.announced}>
          <Ago atMs={row.issuedAt} />
        </Fact>
        <Fact name={detail.expires}>
          <Ago atMs={row.expiresAt} />
        </Fact>
        <Fact name={detail.announcer}>
          <a href={address(['nodes', row.announcer])} title={row.announcer}>
            <code>{shortId(row.announcer, 8, 8)}</code>
          </a>
          <br />
          <a href={address(['servers'], formatView({ ...initialView, facets: { announcer: [row.announcer] } }))}>
            {detail.moreByAnnouncer}
          </a>
        </Fact>
      </dl>
    </>
  );
}

function More({ detail }: { detail: ServerDetail }) {
  const words = text.value.servers.detail;
  const says = Object.entries(detail.attributes);
  const { id, announcer } = detail;
  const path = `servers/${id[0]}/${id[1]}/${id[2]}/${id}.json`;
  return (
    <>
      <section>
        <h3>{words.why}</h3>
        <ul class="reasons">
          {reasonsIn(detail, words.reasons, formats.value).map(({ words, lang }) => (
            <li key={words} lang={lang}>
              {printed(words)}
            </li>
          ))}
        </ul>
      </section>
      {(says.length > 0 || detail.tags.length > 0) && (
        <section>
          <h3>{words.saysOfItself}</h3>
          <dl class="facts">
            {detail.tags.length > 0 && <Fact name={words.tags}>{detail.tags.map(printed).join(', ')}</Fact>}
            {says.map(([key, value]) => (
              <Fact key={key} name={printed(key)}>
                <span dir="auto">{printed(value)}</span>
              </Fact>
            ))}
          </dl>
        </section>
      )}
      <OverTime id={id} />
      <History id={id} history={detail.history} />
      <section>
        <h3>{words.commands}</h3>
        {(
          [
            [words.command.show, `rollcall show ${id.slice(0, 10)}`],
            [words.command.history, `rollcall history --server ${id}`],
            [words.command.karma, `rollcall karma ${announcer}`],
            [words.command.git, `git log -p -- ${path}`],
            [words.command.api, `curl ${location.origin}/api/v1/servers/${id}`],
          ] as const
        ).map(([what, command]) => (
          <div key={what} class="command">
            <p class="note">{what}</p>
            <Copyable what={what} value={command} />
          </div>
        ))}
        <details>
          <summary>{words.signature}</summary>
          <Copyable what={words.signature} value={detail.signature} />
        </details>
      </section>
    </>
  );
}
