// One node: what it announces, what is thought of it and why, what it did, and what can be done about it.
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { ApiError, get } from '../../api/client.ts';
import type { AnnouncerDetail, KarmaJson, ServersPage } from '../../api/types.ts';
import { isPeerId } from '../../lib/commands.ts';
import { shown as printed, shortId } from '../../lib/format.ts';
import type { NodeRow } from '../../lib/nodes.ts';
import { on } from '../../state/live.ts';
import { formats, text as shared } from '../../state/locale.ts';
import { Copyable } from '../../ui/copy.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Karma } from '../../ui/marks.tsx';
import { Empty, Failed, Loading } from '../../ui/state.tsx';
import { Ago } from '../../ui/time.tsx';
import { Act } from './act.tsx';
import { Changes } from './chart.tsx';
import { rowsByPeer, sources } from './data.ts';
import { KarmaExplained } from './karma.tsx';
import { closeNode } from './moves.ts';
import { NodeServers } from './node-servers.tsx';
import { text } from './text.ts';
import { suspicionWords } from './words.ts';

/** What is asked of one node. `announcer` is null where it has no server on the list. */
export type Known = { karma: KarmaJson; announcer: AnnouncerDetail | null; servers: ServersPage };

/** A screenful; the list itself shows them all. */
const serversShown = 50;

async function ask(peer: string): Promise<Known> {
  const id = encodeURIComponent(peer);
  const filter = encodeURIComponent(`announcer:${peer}`);
  const [karma, announcer, servers] = await Promise.all([
    get<KarmaJson>(`/karma/${id}`),
    get<AnnouncerDetail>(`/announcers/${id}`).catch(error => {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }),
    get<ServersPage>(`/servers?all=true&limit=${serversShown}&filter=${filter}`),
  ]);
  return { karma, announcer, servers };
}

export function Detail({ peer }: { peer: string }) {
  const { detail: words } = text.value;
  const panel = useRef<HTMLElement>(null);
  const known = useSignal<Known | null>(null);
  const error = useSignal<ApiError | null>(null);
  const load = async () => {
    if (!isPeerId(peer)) return;
    error.value = null;
    try {
      known.value = await ask(peer);
    } catch (fault) {
      if (!(fault instanceof ApiError)) throw fault;
      error.value = fault;
    }
  };
  useEffect(() => {
    void load();
    return on('head', () => void load());
  }, [peer]);
  useLayoutEffect(() => {
    panel.current?.focus({ preventScroll: true });
    const closeByKey = ({ key, target }: KeyboardEvent) => {
      if (key !== 'Escape' || (target as Element).closest('input, select')) return;
      // What is open over it is closed first, wherever the focus is.
      if (!document.querySelector('dialog[open]')) closeNode();
    };
    document.addEventListener('keydown', closeByKey);
    return () => document.removeEventListener('keydown', closeByKey);
  }, [peer]);
  const row = rowsByPeer.value.get(peer);
  return (
    <aside ref={panel} class="detail" tabIndex={-1} aria-labelledby="detail-title">
      <header class="detail-head">
        <button type="button" class="quiet detail-back" aria-label={words.back} onClick={closeNode}>
          <Icon name="back" />
        </button>
        <h2 id="detail-title">
          <code>{shortId(printed(peer), 8, 8)}</code>
        </h2>
        <button type="button" class="quiet detail-close" aria-label={shared.value.shell.close} onClick={closeNode}>
          <Icon name="cross" />
        </button>
      </header>
      {!isPeerId(peer) && <Empty title={words.badId} />}
      {error.value && <Failed error={error.value} onAgain={load} />}
      {isPeerId(peer) && !known.value && !error.value && <Loading />}
      {known.value && <More peer={peer} row={row} known={known.value} onChanged={load} />}
    </aside>
  );
}

type MoreProps = { peer: string; row: NodeRow | undefined; known: Known; onChanged: () => void };

function More({ peer, row, known, onChanged }: MoreProps) {
  const { detail: words } = text.value;
  const { karma, announcer, servers } = known;
  const stranger = row === undefined && sources.value !== null && announcer === null && karma.events.length === 0;
  return (
    <>
      <p class="detail-marks">
        <Karma karma={karma} />
        {row?.self && <span class="tag">{text.value.self}</span>}
        {row?.rates && <span class="mark">{text.value.rates}</span>}
      </p>
      <Copyable what={words.id} value={peer} />
      {stranger && <p class="note">{words.unknown}</p>}
      {row && row.suspicions.length > 0 && (
        <section class="odd-box">
          <h3>{words.odd}</h3>
          <ul class="reasons">
            {row.suspicions.map(suspicion => (
              <li key={suspicion.why}>{suspicionWords(suspicion)}</li>
            ))}
          </ul>
        </section>
      )}
      <Facts row={row} announcer={announcer} />
      {sources.value !== null && !row?.self && <Act peer={peer} onChanged={onChanged} />}
      <NodeServers peer={peer} page={servers} />
      {announcer && (
        <section>
          <h3>{words.changes}</h3>
          <Changes days={announcer.days} />
        </section>
      )}
      {announcer && announcer.equivocations.length > 0 && <Equivocations of={announcer.equivocations} />}
      <KarmaExplained karma={karma} />
      <Commands peer={peer} />
    </>
  );
}

const Fact = ({ name, children }: { name: string; children: ComponentChildren }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

function Facts({ row, announcer }: { row: NodeRow | undefined; announcer: AnnouncerDetail | null }) {
  const words = text.value;
  const { detail } = words;
  const { number } = formats.value;
  const connection = row?.connection ?? null;
  return (
    <dl class="facts">
      {row?.rule && (
        <Fact name={detail.rule}>
          {printed(row.rule.reason)}{' '}
          <span class="dim" lang="en">
            ({printed(row.rule.from)})
          </span>
        </Fact>
      )}
      {announcer && (
        <>
          <Fact name={detail.servers}>
            {number(announcer.servers)}, {words.endorsed(number(announcer.endorsed))}
          </Fact>
          <Fact name={detail.players}>{number(announcer.players)}</Fact>
          <Fact name={detail.games}>{announcer.games.map(game => printed(game)).join(', ')}</Fact>
          {announcer.since !== null && (
            <Fact name={detail.since}>
              <Ago atMs={announcer.since} />
            </Fact>
          )}
        </>
      )}
      {!connection && !row?.self && <Fact name={detail.connection}>{detail.notConnected}</Fact>}
      {connection && (
        <>
          <Fact name={detail.connection}>{words.directions[connection.direction]}</Fact>
          <Fact name={detail.connectedSince}>
            <Ago atMs={connection.connectedAt} />
          </Fact>
          {connection.rttMs !== null && (
            <Fact name={detail.roundTrip}>{words.ms(number(Math.round(connection.rttMs)))}</Fact>
          )}
          <Fact name={detail.score}>{number(Math.round(connection.score * 100) / 100)}</Fact>
          {connection.agent !== null && <Fact name={detail.agent}>{printed(connection.agent)}</Fact>}
          <Fact name={detail.addresses}>
            {connection.addresses.map(address => (
              <div key={address}>
                <code>{printed(address)}</code>
              </div>
            ))}
          </Fact>
        </>
      )}
    </dl>
  );
}

function Equivocations({ of }: { of: AnnouncerDetail['equivocations'] }) {
  const { detail } = text.value;
  return (
    <section>
      <h3>{detail.equivocations}</h3>
      <ul class="reasons">
        {of.map(({ atMs, kept, dropped }) => (
          <li key={dropped} title={`${kept} ${dropped}`}>
            <Ago atMs={atMs} />: {detail.equivocation(kept.slice(0, 10), dropped.slice(0, 10))}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Commands({ peer }: { peer: string }) {
  const { commands, command } = text.value.detail;
  const rows = [
    [command.karma, `rollcall karma ${peer}`],
    [command.history, `rollcall history --announcer ${peer}`],
    [command.api, `curl ${location.origin}/api/v1/announcers/${peer}`],
  ] as const;
  return (
    <section>
      <h3>{commands}</h3>
      {rows.map(([what, value]) => (
        <div key={what} class="command">
          <p class="note">{what}</p>
          <Copyable what={what} value={value} />
        </div>
      ))}
    </section>
  );
}
