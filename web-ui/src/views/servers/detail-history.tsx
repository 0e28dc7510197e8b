// What happened to one server, newest first.
import type { ServerDetail } from '../../api/types.ts';
import { hasView } from '../../lib/view-names.ts';
import { text } from '../../state/locale.ts';
import { address } from '../../state/place.ts';
import { Ago } from '../../ui/time.tsx';

export function History({ id, history }: { id: string; history: ServerDetail['history'] }) {
  const words = text.value.servers.detail;
  return (
    <section>
      <h3>{words.history}</h3>
      {history.length === 0 && <p class="note">{words.noHistory}</p>}
      <ol class="timeline">
        {history.map(({ oid, atMs, change }) => (
          <li key={oid} class={change}>
            <span>{words.changes[change] ?? change}</span> <Ago atMs={atMs} />{' '}
            {hasView('commit') ? (
              <a href={`/commit/${oid}`}>
                <code>{oid.slice(0, 10)}</code>
              </a>
            ) : (
              <code title={oid}>{oid.slice(0, 10)}</code>
            )}
          </li>
        ))}
      </ol>
      <p>
        <a href={address(['history'], new URLSearchParams({ server: id }))}>{words.inHistory}</a>
      </p>
    </section>
  );
}
