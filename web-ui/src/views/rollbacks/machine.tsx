// Through time: a picture of it, a slider along it, playback, and what happened at the point where one stands.

import { shown as printed, shortId } from '../../lib/format.ts';
import { formatRollbacksView, initialRollbacksView } from '../../lib/rollbacks-view.ts';
import type { Moment } from '../../lib/timeline.ts';
import { hasView } from '../../lib/view-names.ts';
import { formats } from '../../state/locale.ts';
import { address, place } from '../../state/place.ts';
import { Copy } from '../../ui/copy.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Chart } from './chart.tsx';
import { play, speed, speeds, stepTo } from './playback.ts';
import { timeline, timelineState } from './timeline-state.ts';
import { chosen, moment, playing, position, span, view } from './travel.ts';
import { words } from './words.ts';

export function Machine() {
  const { from, to } = span.value;
  const { utc, date, number } = formats.value;
  const here = moment.value;
  const { moments, places } = timeline.value;
  const first = moments[from];
  const last = moments[to];
  const text = words.value;
  const { at } = view.value;
  const unknown = at !== null && timelineState.value !== 'loading' && !places.has(at);
  return (
    <section class="machine" aria-labelledby="machine-title">
      <header>
        <h2 id="machine-title">{text.timeline}</h2>
        {chosen.value !== null && (
          <a href={address(['rollbacks'], formatRollbacksView({ ...initialRollbacksView, at: here?.oid ?? null }))}>
            {text.whole}
          </a>
        )}
        <span class="grow" />
        {here && (
          <Copy
            what={text.copyLink}
            value={location.origin + address(place.value.path, formatRollbacksView({ ...view.value, at: here.oid }))}
          />
        )}
      </header>
      {unknown && <p class="note">{text.unknownMoment(printed(at).slice(0, 10))}</p>}
      <Chart />
      <input
        type="range"
        class="machine-slider"
        aria-label={text.slider}
        aria-valuetext={here ? text.at(utc(here.atMs), number(here.servers)) : undefined}
        min={from}
        max={to}
        step={1}
        value={position.value}
        onInput={({ currentTarget }) => stepTo(currentTarget.valueAsNumber)}
      />
      {first && last && (
        <p class="machine-ends note" aria-hidden="true">
          <span>{date(first.atMs)}</span>
          <span>{date(last.atMs)}</span>
        </p>
      )}
      <Controls />
      {here && <Here moment={here} />}
      {timelineState.value === 'older' && <p class="note">{text.loadingOlder(number(moments.length))}</p>}
      {timelineState.value === 'cut' && <p class="note">{text.wholeCut(number(moments.length))}</p>}
    </section>
  );
}

function Controls() {
  const text = words.value;
  const { number } = formats.value;
  const { from, to } = span.value;
  return (
    <div class="controls">
      <button
        type="button"
        aria-label={text.stepBack}
        title={text.stepBack}
        disabled={position.value <= from}
        onClick={() => stepTo(position.peek() - 1)}
      >
        <Icon name="stepBack" />
      </button>
      {/* One button with two words: whoever has the focus on it keeps it. */}
      <button
        type="button"
        class="primary"
        disabled={to === from}
        onClick={() => {
          if (playing.peek()) playing.value = false;
          else play();
        }}
      >
        <Icon name={playing.value ? 'pause' : 'play'} filled={!playing.value} />
        {playing.value ? text.pause : text.play}
      </button>
      <button
        type="button"
        aria-label={text.stepOn}
        title={text.stepOn}
        disabled={position.value >= to}
        onClick={() => stepTo(position.peek() + 1)}
      >
        <Icon name="stepOn" />
      </button>
      <select
        aria-label={text.speed}
        value={speed.value}
        onChange={({ currentTarget }) => {
          speed.value = Number(currentTarget.value);
        }}
      >
        {speeds.map(count => (
          <option key={count} value={count}>
            {text.perSecond(number(count), count)}
          </option>
        ))}
      </select>
      <span class="grow" />
      <span class="note number">{text.moment(number(position.value - from + 1), number(to - from + 1))}</span>
    </div>
  );
}

/** Spoken when it rests: nobody wants to hear each step of what plays. */
function Here({ moment: { oid, atMs, author, servers, joined, left, changed, statement } }: { moment: Moment }) {
  const text = words.value;
  const { date, utc, number } = formats.value;
  return (
    <div class="here" aria-live={playing.value ? 'off' : 'polite'}>
      <p class="here-when">
        <time dateTime={new Date(atMs).toISOString()} title={date(atMs)}>
          {utc(atMs)}
        </time>
        <strong class="number">{text.listed(number(servers), servers)}</strong>
      </p>
      {/* Anew with each commit, so that it flashes with each. */}
      <p class="here-what" key={oid}>
        {statement && (
          <span class={`mark statement-${statement.kind}`}>
            <Icon name={statement.kind === 'rollback' ? 'undo' : 'shield'} />
            {text.broughtIn(text.named(text.kinds[statement.kind]!, number(statement.sequence ?? 0)))}
          </span>
        )}
        {joined > 0 && <span class="step joined">{text.steps.joined(number(joined))}</span>}
        {left > 0 && <span class="step left">{text.steps.left(number(left))}</span>}
        {changed > 0 && <span class="step">{text.steps.changed(number(changed))}</span>}
        {joined + left + changed === 0 && <span class="note">{text.quiet}</span>}
      </p>
      <p class="here-links">
        <code title={oid}>{oid.slice(0, 10)}</code>
        <span class="note" title={author}>
          {shortId(printed(author), 8, 6)}
        </span>
        {hasView('history') && <a href={`/history?at=${oid}`}>{text.openHistory}</a>}
        {hasView('commit') && <a href={`/commit/${oid}`}>{text.openCommit}</a>}
      </p>
    </div>
  );
}
