// Puts the parts of karma together. Everything real is handed in, so that a simulation runs the very same.
import type { Clock } from '../base/time.ts';
import type { Config } from '../config/schema.ts';
import type { Signer } from '../identity/keys.ts';
import { Actions } from './actions.ts';
import { observerWeightOf } from './effects.ts';
import { Karma, type KarmaDeps } from './karma.ts';
import { Ledger } from './ledger.ts';
import { ObservationBook, type Sight } from './observation-book.ts';
import { OpinionBook } from './opinion-book.ts';
import { OwnOpinions } from './opinions.ts';
import type { Remembered } from './remembered.ts';
import { directOf } from './score.ts';
import { Standings } from './standings.ts';

export type KarmaPartsDeps = Pick<KarmaDeps, 'newId' | 'groupOf' | 'save'> & {
  readonly config: Pick<Config, 'karma' | 'role'> & { readonly list: Pick<Config['list'], 'name'> };
  readonly signer: Signer;
  readonly clock: Clock;
  /** What the store kept. */
  readonly kept: Iterable<Remembered>;
  /** Whether a server is on the list. */
  readonly listed: (server: string) => boolean;
  /** Told what others saw. */
  readonly heard?: (sights: readonly Sight[]) => void;
};

export type KarmaParts = {
  readonly actions: Actions;
  readonly ledger: Ledger;
  readonly karma: Karma;
  /** Everybody in order. To be given a step about once a second, and all that the store kept at first. */
  readonly standings: Standings;
  /** The judge of the `opinions` topic. */
  readonly opinions: OpinionBook;
  /** The judge of the `observations` topic. */
  readonly observations: ObservationBook;
  /** Asked about once a second what to gossip. */
  readonly own: OwnOpinions;
  /** About once a minute: what has run out goes. */
  readonly tick: () => void;
};

/** @throws RollcallError BAD_CONFIG when an action is not sound */
export function composeKarma({ config, signer, clock, kept, listed, heard, ...rest }: KarmaPartsDeps): KarmaParts {
  const { green, red, prefer, block, positiveHalfLifeMs, negativeHalfLifeMs, ...limits } = config.karma;
  const decay = { positiveHalfLifeMs, negativeHalfLifeMs };
  const self = signer.peerId;
  const listName = config.list.name;
  const actions = new Actions(config.karma.actions);
  const ledger = new Ledger({ ...limits, decay }, kept);
  const opinions = new OpinionBook({
    ...{ listName, self, clock },
    direct: rater => karma.direct(rater),
    heard: subjects => standings.heard(subjects.filter(subject => subject !== self)),
  });
  const karma = new Karma(
    { self, clock, actions, ledger, opinions, moved: subject => standings.update(subject), ...rest },
    { tiers: { green, red }, decay, prefer, block },
  );
  const standings = new Standings({
    ledger,
    value: subject => karma.value(subject),
    direct: subject => directOf(ledger.sums(subject, clock())).value,
    spoken: subject => opinions.spoken(subject),
  });
  standings.heard([...prefer, ...block]);
  const weight = (observer: string) => observerWeightOf(karma.value(observer), red);
  const observations = new ObservationBook({
    ...{ listName, self, clock, listed, weight },
    ...(heard && { heard }),
  });
  const own = new OwnOpinions({
    role: config.role,
    listName,
    signer,
    clock,
    decay,
    actions,
    remembered: subject => ledger.get(subject),
    strongest: () => standings.strongest(),
    version: () => karma.version,
  });
  const tick = () => {
    opinions.tick();
    observations.tick();
  };
  return { actions, ledger, karma, standings, opinions, observations, own, tick };
}
