// The few things that say whether a list is the list, each with what it means.
import type { Status } from '../../api/types.ts';
import { shown as printed } from '../../lib/format.ts';
import { type Check, trustChecks } from '../../lib/trust.ts';
import { now } from '../../state/clock.ts';
import { link, lostAtMs } from '../../state/live.ts';
import { formats } from '../../state/locale.ts';
import { statusAtMs } from '../../state/status.ts';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { text } from './text.ts';

const icons: Readonly<Record<Check['verdict'], IconName>> = { good: 'check', unsure: 'ring', bad: 'warning' };

export const Trust = ({ status }: { status: Status }) => (
  <section class="card">
    <h2>{text.value.trust.title}</h2>
    <ul class="checks">
      {trustChecks(link.value, status).map(({ about, verdict }) => {
        const [title, hint] = words[about](status);
        return (
          <li key={about} class={`check-${verdict}`} data-about={about}>
            <Icon name={icons[verdict]} />
            <div>
              <p class="check-title">{title}</p>
              <p class="note">{hint}</p>
            </div>
          </li>
        );
      })}
    </ul>
  </section>
);

type Words = (status: Status) => readonly [title: string, hint: string];

/** The clock ticks seldom: what has just come is not from the future. */
const ago = (atMs: number): string => formats.value.ago(atMs, Math.max(now.value, atMs));

const words: Readonly<Record<Check['about'], Words>> = {
  link: () => {
    const { trust } = text.value;
    const state = link.value;
    if (state === 'lost') return [trust.link.lost, trust.linkLost(ago(lostAtMs.value ?? now.value))];
    return [trust.link[state], state === 'live' ? trust.linkLive : trust.linkConnecting];
  },
  peers: ({ peers }) => {
    const { trust } = text.value;
    if (peers === 0) return [trust.peersNone, trust.peersNoneHint];
    return [trust.peers(formats.value.number(peers), peers), trust.peersHint];
  },
  sync: ({ sync }) => {
    const { trust } = text.value;
    const { number } = formats.value;
    if (sync.lastAt === null) return [trust.sync[sync.state], trust.syncNever];
    const same = trust.syncHint(number(sync.inSyncWith), ago(sync.lastAt));
    const unlike = sync.nothingToTake === 0 ? '' : trust.syncUnlike(number(sync.nothingToTake), sync.nothingToTake);
    return [trust.sync[sync.state], same + unlike];
  },
  freshness: ({ freshness }) => {
    const { trust } = text.value;
    const { number } = formats.value;
    const { peersAhead, highestClaimed, warning } = freshness;
    const ahead =
      highestClaimed === null
        ? trust.aheadHint(number(peersAhead))
        : trust.staleHint(number(peersAhead), number(highestClaimed));
    if (warning !== null) return [trust.stale, peersAhead > 0 ? ahead : printed(warning)];
    return [trust.fresh, peersAhead > 0 ? trust.aheadHint(number(peersAhead)) : trust.freshHint];
  },
  statement: ({ statement }) => {
    const { trust, kinds } = text.value;
    if (statement === null) return [trust.statementNone, trust.statementNoneHint];
    const { sequence, kind, signer, ageMs } = statement;
    return [
      trust.statement(formats.value.number(sequence), kinds[kind]),
      trust.statementHint(printed(signer), ago(statusAtMs.value - ageMs)),
    ];
  },
};
