// Who lost which servers, and which of them are listed again.
import type { EffectServer, StatementEffect } from '../../api/types.ts';
import { shown as printed, shortId } from '../../lib/format.ts';
import { hasView } from '../../lib/view-names.ts';
import { text as common, formats } from '../../state/locale.ts';
import { address } from '../../state/place.ts';
import { Icon } from '../../ui/icon.tsx';
import { words } from './words.ts';

/** Bots are many, and each of them lost much the same. */
const announcersShown = 8;
/** The rest is counted: more than that nobody reads, and each costs a row in the page. */
const announcersMax = 500;
const namesShown = 100;

type LossesProps = { readonly effect: StatementEffect; readonly back: ReadonlySet<string> };

export function Losses({ effect: { lost, counts, lostByAnnouncer }, back }: LossesProps) {
  const text = words.value;
  const { number } = formats.value;
  if (counts.lost === 0) return <p class="note">{text.lostNobody}</p>;
  const byAnnouncer = Map.groupBy(lost, ({ announcer }) => announcer);
  const loser = ({ announcer, count }: (typeof lostByAnnouncer)[number]) => (
    <Loser key={announcer} announcer={announcer} count={count} servers={byAnnouncer.get(announcer) ?? []} back={back} />
  );
  const isBack = lost.filter(({ id }) => back.has(id));
  return (
    <>
      <section>
        <h3>{text.lost}</h3>
        {lostByAnnouncer.slice(0, announcersShown).map(loser)}
        {lostByAnnouncer.length > announcersShown && (
          <details class="losers">
            <summary>{text.moreAnnouncers(number(lostByAnnouncer.length - announcersShown))}</summary>
            {lostByAnnouncer.slice(announcersShown, announcersMax).map(loser)}
          </details>
        )}
      </section>
      <section>
        <h3>{text.back}</h3>
        <p>{isBack.length === 0 ? text.backNobody : text.backSince(number(isBack.length), number(lost.length))}</p>
        {isBack.length > 0 && <ServerNames servers={isBack} total={isBack.length} />}
      </section>
    </>
  );
}

type LoserProps = {
  readonly announcer: string;
  readonly count: number;
  readonly servers: readonly EffectServer[];
  readonly back: ReadonlySet<string>;
};

function Loser({ announcer, count, servers, back }: LoserProps) {
  const text = words.value;
  const { number } = formats.value;
  const returned = servers.filter(({ id }) => back.has(id)).length;
  return (
    <details class="loser">
      <summary>
        <code title={announcer}>{shortId(announcer, 8, 8)}</code>
        <span class="step left">−{text.lostOf(number(count), count)}</span>
        <span class={returned > 0 ? 'step joined' : 'note'}>
          {returned > 0 ? `${number(returned)} ${text.isBack}` : text.isOut}
        </span>
      </summary>
      {hasView('nodes') && (
        <p>
          <a href={address(['nodes', announcer])}>{text.announcerPage}</a>
        </p>
      )}
      <ServerNames servers={servers} total={count} back={back} />
    </details>
  );
}

type NamesProps = { readonly title: string; readonly servers: readonly EffectServer[]; readonly total: number };

export const Names = ({ title, servers, total }: NamesProps) => (
  <section>
    <h3>{title}</h3>
    <ServerNames servers={servers} total={total} />
  </section>
);

type ServerNamesProps = {
  readonly servers: readonly EffectServer[];
  readonly total: number;
  readonly back?: ReadonlySet<string>;
};

function ServerNames({ servers, total, back }: ServerNamesProps) {
  const text = words.value;
  const { number } = formats.value;
  const inSight = servers.slice(0, namesShown);
  return (
    <>
      <ul class="names">
        {inSight.map(({ id, name }) => (
          <li key={id}>
            <a href={address(['servers', id])} dir="auto">
              {printed(name) || common.value.servers.noName}
            </a>
            {back?.has(id) && (
              <span class="mark step joined">
                <Icon name="check" /> {text.isBack}
              </span>
            )}
          </li>
        ))}
      </ul>
      {total > inSight.length && <p class="note">{text.cut(number(inSight.length), number(total))}</p>}
    </>
  );
}
