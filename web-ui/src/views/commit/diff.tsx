// What changed between two states of the list: who joined, who left, what changed field by field, and who announced it.
import { useSignal } from '@preact/signals';
import type { ComponentChild } from 'preact';
import { useMemo } from 'preact/hooks';
import type { ServersDiff } from '../../api/types.ts';
import { byAnnouncer } from '../../lib/diff.ts';
import { shortId, shown } from '../../lib/format.ts';
import { byLook, inspect } from '../../lib/lookalikes.ts';
import { catalogue, loaded } from '../../state/catalogue.ts';
import { formats } from '../../state/locale.ts';
import { address, place } from '../../state/place.ts';
import { words } from '../history/words.ts';
import { Marked, Notes } from './careful.tsx';
import { Fields } from './fields.tsx';

/** Rows at first, and with each further click: a rollback may hold ten thousand. */
const rowsFirst = 100;
const rowsMore = 1_000;
const announcersFirst = 10;
/** Comparing looks takes a second for 100,000 names; then only names within the difference are compared. */
const lookedThroughMax = 10_000;

export function Diff({ diff }: { diff: ServersDiff }) {
  const { diff: says } = words.value;
  const only = place.value.query.get('announcer');
  const wanted = <T extends { readonly announcer: string }>(servers: readonly T[]) =>
    only === null ? servers : servers.filter(({ announcer }) => announcer === only);
  const twinOf = useMemo(() => {
    const known = loaded.peek() <= lookedThroughMax ? [...catalogue.rows()] : [];
    return byLook([...known, ...diff.added, ...diff.removed].map(({ name }) => name));
  }, [diff]);
  const [added, removed, changed] = [wanted(diff.added), wanted(diff.removed), wanted(diff.changed)];
  if (diffSize(diff) === 0) return <p class="note">{says.none}</p>;
  return (
    <>
      <Announcers diff={diff} only={only} />
      <Section kind="added" servers={added}>
        {server => <Server key={server.id} server={server} twin={twinOf(server.name)} />}
      </Section>
      <Section kind="removed" servers={removed}>
        {server => <Server key={server.id} server={server} twin={undefined} />}
      </Section>
      <Section kind="changed" servers={changed}>
        {({ id, name, announcer, fields }) => (
          <li key={id}>
            <ServerName id={id} name={name} />
            <By announcer={announcer} />
            <Notes text={name} twin={twinOf(name)} />
            <Fields fields={fields} />
          </li>
        )}
      </Section>
    </>
  );
}

/** How many servers it tells of. */
export const diffSize = ({ added, removed, changed }: ServersDiff): number =>
  added.length + removed.length + changed.length;

type SectionProps<T> = {
  readonly kind: 'added' | 'removed' | 'changed';
  readonly servers: readonly T[];
  readonly children: (server: T) => ComponentChild;
};

function Section<T>({ kind, servers, children }: SectionProps<T>) {
  const rows = useSignal(rowsFirst);
  const { sections, more } = words.value.diff;
  if (servers.length === 0) return null;
  const rest = servers.length - rows.value;
  return (
    <section class={`diff-section ${kind}`}>
      <h2>
        {sections[kind]} <span class={`count-${kind}`}>{formats.value.number(servers.length)}</span>
      </h2>
      <ul>{servers.slice(0, rows.value).map(children)}</ul>
      {rest > 0 && (
        <button
          type="button"
          onClick={() => {
            rows.value += rowsMore;
          }}
        >
          {more(formats.value.number(Math.min(rest, rowsMore)))}
        </button>
      )}
    </section>
  );
}

type ServerProps = { readonly server: ServersDiff['added'][number]; readonly twin: string | undefined };

const Server = ({ server: { id, name, game, addresses, announcer }, twin }: ServerProps) => (
  <li>
    <ServerName id={id} name={name} />
    <span class="dim">{shown(game)}</span>
    <span class="dim mono">{addresses.map(each => shown(each)).join(' ')}</span>
    <By announcer={announcer} />
    <Notes text={name} twin={twin} />
  </li>
);

const ServerName = ({ id, name }: { id: string; name: string }) => (
  <a class="server-name" href={address(['servers', id])}>
    {name === '' ? words.value.diff.noName : <Marked pieces={inspect(name)} />}
  </a>
);

const By = ({ announcer }: { announcer: string }) => (
  <span class="note" title={shown(announcer)}>
    {words.value.diff.by} <code>{shortId(shown(announcer), 0, 8)}</code>
  </span>
);

/** Who did how much of it: where one node brought a thousand servers, it shows. */
function Announcers({ diff, only }: { diff: ServersDiff; only: string | null }) {
  const all = useSignal(false);
  const { diff: says } = words.value;
  const { number } = formats.value;
  const counts = useMemo(() => byAnnouncer(diff), [diff]);
  if (counts.length < 2 && only === null) return null;
  const inSight = all.value ? counts.slice(0, rowsMore) : counts.slice(0, announcersFirst);
  const { path } = place.value;
  return (
    <section class="announcers">
      <h2>{says.announcers}</h2>
      <ul>
        {inSight.map(({ announcer, added, removed, changed }) => (
          <li key={announcer}>
            <a
              href={address(path, new URLSearchParams({ announcer }))}
              aria-current={announcer === only ? 'true' : undefined}
              aria-label={says.onlyOf(shortId(shown(announcer), 6, 8))}
              title={shown(announcer)}
            >
              <code>{shortId(shown(announcer), 6, 8)}</code>
            </a>
            <span class="number count-added">{added > 0 && `+${number(added)}`}</span>
            <span class="number count-removed">{removed > 0 && `−${number(removed)}`}</span>
            <span class="number count-changed">{changed > 0 && `~${number(changed)}`}</span>
          </li>
        ))}
      </ul>
      <p class="share-buttons">
        {only !== null && (
          <a class="button" href={address(path)}>
            {says.all}
          </a>
        )}
        {!all.value && counts.length > announcersFirst && (
          <button
            type="button"
            onClick={() => {
              all.value = true;
            }}
          >
            {says.more(number(Math.min(counts.length, rowsMore) - announcersFirst))}
          </button>
        )}
      </p>
    </section>
  );
}
