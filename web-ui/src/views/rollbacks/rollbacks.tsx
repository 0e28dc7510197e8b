// Statements, what each did, and the list as it was at any commit: what one shows to whoever asks what happened.
import './rollbacks.css';
import './machine.css';
import './then.css';
import { useEffect } from 'preact/hooks';
import { place } from '../../state/place.ts';
import { Empty, Failed, Loading } from '../../ui/state.tsx';
import { Effect } from './effect.tsx';
import { ListThen } from './list-then.tsx';
import { Machine } from './machine.tsx';
import { keepPlaying } from './playback.ts';
import { StatementList } from './statement-list.tsx';
import { keepTimeline, reload, statements, timeline, timelineError, timelineState } from './timeline-state.ts';
import { chosen, keepTravelling } from './travel.ts';
import { words } from './words.ts';

export function Rollbacks() {
  const text = words.value;
  useEffect(() => {
    const stops = [keepTimeline(), keepTravelling(), keepPlaying()];
    return () => {
      for (const stop of stops) stop();
    };
  }, []);
  return (
    <div class="rollbacks">
      <h1 class="visually-hidden">{text.title}</h1>
      <StatementList />
      <div class="rollbacks-main">
        <Chosen />
        <Past />
      </div>
    </div>
  );
}

function Chosen() {
  const text = words.value;
  const digest = place.value.path[1];
  // What could not be asked is not missing.
  if (digest === undefined || statements.value === null || timelineState.value === 'loading') return null;
  if (chosen.value) return <Effect key={chosen.value.digest} statement={chosen.value} />;
  return (
    <Empty title={text.notHere}>
      <a href="/rollbacks">{text.all}</a>
    </Empty>
  );
}

function Past() {
  const text = words.value;
  if (timeline.value.moments.length > 0) {
    return (
      <>
        <Machine />
        <ListThen />
      </>
    );
  }
  if (timelineError.value) return <Failed error={timelineError.value} onAgain={reload} />;
  if (timelineState.value === 'loading') return <Loading />;
  return <Empty title={text.noHistory} />;
}
