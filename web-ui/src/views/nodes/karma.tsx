// A score with each term of its formula, each rater and each event: docs/karma.md says what the letters mean.
import type { KarmaGroup, KarmaJson } from '../../api/types.ts';
import { shown as printed, shortId } from '../../lib/format.ts';
import { PlainTable } from '../../ui/plain-table.tsx';
import { Ago } from '../../ui/time.tsx';
import { addressOf } from './moves.ts';
import { text } from './text.ts';
import { hundredths, pointsOf } from './words.ts';

export function KarmaExplained({ karma }: { karma: KarmaJson }) {
  const { detail } = text.value;
  const { own, value, direct, hearsay, events } = karma;
  const { terms } = detail;
  const [c, d, i] = [direct.confidence, direct.value, hearsay.value].map(hundredths);
  return (
    <>
      <section>
        <h3>{detail.karma}</h3>
        <dl class="terms">
          <Term letter="p" value={direct.positive} words={terms.p} />
          <Term letter="n" value={direct.negative} words={terms.n} />
          <Term letter="D" value={direct.value} words={terms.D} />
          <Term letter="c" value={direct.confidence} words={terms.c} />
          <Term letter="I" value={hearsay.value} words={terms.I(hundredths(hearsay.weight))} />
          <Term letter="K" value={value} words={own === null ? terms.K(c!, d!, i!) : detail[own]} />
        </dl>
      </section>
      <section>
        <h3>{detail.raters}</h3>
        {hearsay.groups.length === 0 ? <p class="note">{detail.noRaters}</p> : <Raters groups={hearsay.groups} />}
      </section>
      <section>
        <h3>{detail.events}</h3>
        {events.length === 0 ? <p class="note">{detail.noEvents}</p> : <Events events={events} />}
      </section>
    </>
  );
}

const Term = ({ letter, value, words }: { letter: string; value: number; words: string }) => (
  <div class={letter === 'K' ? 'term-karma' : ''}>
    <dt>{letter}</dt>
    <dd>
      <strong class="number">{hundredths(value)}</strong> <span class="dim">{words}</span>
    </dd>
  </div>
);

/** The group as it counts, and below it each rater: those of one network are one voice. */
function Raters({ groups }: { groups: readonly KarmaGroup[] }) {
  const { detail } = text.value;
  const verdict = (holds: boolean, why: string | null) =>
    holds ? detail.counts : <span class="dim">{detail.countsNot(printed(why ?? ''))}</span>;
  return (
    <PlainTable label={detail.raters} columns={Object.values(detail.raterColumns)}>
      {groups.map(({ group: name, weight, value, counts: holds, why, raters }) => (
        <tbody key={name}>
          <tr class="plain-group">
            <th scope="rowgroup" colSpan={2}>
              {printed(name)}
            </th>
            <td>{hundredths(weight)}</td>
            <td>{hundredths(value)}</td>
            <td>{verdict(holds, why)}</td>
          </tr>
          {raters.map(it => (
            <tr key={it.rater}>
              <th scope="row">
                <a href={addressOf(it.rater)} title={it.rater}>
                  <code>{shortId(it.rater, 0, 8)}</code>
                </a>
              </th>
              <td>{hundredths(it.direct)}</td>
              <td>{hundredths(it.weight)}</td>
              <td>
                {/* A rater that praises many: what is left of this praise. */}
                {it.scaled === it.value
                  ? hundredths(it.value)
                  : detail.scaled(hundredths(it.value), hundredths(it.scaled))}
              </td>
              <td>{verdict(it.why === null, it.why)}</td>
            </tr>
          ))}
        </tbody>
      ))}
    </PlainTable>
  );
}

function Events({ events }: { events: KarmaJson['events'] }) {
  const { detail, act } = text.value;
  return (
    <PlainTable label={detail.events} columns={Object.values(detail.eventColumns)}>
      <tbody>
        {events.map(event => (
          <tr key={event.id}>
            <td>
              <Ago atMs={event.atMs} short />
            </td>
            <td title={act.actions[event.action]}>{printed(event.action)}</td>
            <td class={event.points < 0 ? 'points-bad' : event.points > 0 ? 'points-good' : ''}>
              {pointsOf(event.points)}
            </td>
            <td>{detail.sources[event.source]}</td>
            <td class="plain-note" dir="auto">
              {[event.note, event.evidence]
                .filter(part => part !== null)
                .map(part => printed(part))
                .join(' · ')}
            </td>
          </tr>
        ))}
      </tbody>
    </PlainTable>
  );
}
