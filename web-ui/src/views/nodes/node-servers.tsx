// What a node announces: a screenful here, the rest in the list.
import type { ServerRow, ServersPage } from '../../api/types.ts';
import { shown as printed } from '../../lib/format.ts';
import { formatView, initialView } from '../../lib/view-state.ts';
import { formats, text as shared } from '../../state/locale.ts';
import { address } from '../../state/place.ts';
import { Standing } from '../../ui/marks.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { text } from './text.ts';

export function NodeServers({ peer, page }: { peer: string; page: ServersPage }) {
  const { detail } = text.value;
  const { number } = formats.value;
  if (page.servers.length === 0) {
    return (
      <section>
        <h3>{detail.servers}</h3>
        <p class="note">{detail.noServers}</p>
      </section>
    );
  }
  const all = formatView({ ...initialView, facets: { announcer: [peer] }, everything: true });
  return (
    <section>
      <h3>{detail.servers}</h3>
      <PlainTable label={detail.servers} columns={Object.values(detail.serverColumns)}>
        <tbody>
          {page.servers.map(row => (
            <tr key={row.id}>
              <td class="plain-name" dir="auto">
                <a href={`/servers/${row.id}`}>{printed(row.name) || shared.value.servers.noName}</a>
              </td>
              <td>{printed(row.game)}</td>
              <td>{playersOf(row)}</td>
              <td>
                <Standing standing={row.standing} />
              </td>
            </tr>
          ))}
        </tbody>
      </PlainTable>
      <p>
        <a href={address(['servers'], all)}>{detail.allServers(number(page.total), page.total)}</a>
      </p>
    </section>
  );
}

function playersOf({ observed }: ServerRow): string {
  const { noAnswer, unknownPlayers } = text.value.detail;
  if (observed === null) return unknownPlayers;
  return observed.up ? `${observed.players ?? '?'} / ${observed.maxPlayers ?? '?'}` : noAnswer;
}
