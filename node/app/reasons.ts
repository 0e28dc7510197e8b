// Why a server stands where it stands in the default view: what rank.ts and view.ts go by, in words.
import type { Flag, Observed } from '../api/port.ts';
import { duration } from '../base/duration.ts';
import type { Rank } from '../list/rank.ts';
import { type Sight, silentMs, type View } from '../list/view.ts';
import type { Verified } from '../records/verified.ts';
import type { Place } from './rows.ts';

export type ReasonsDeps = {
  readonly placeOf: (rank: Rank) => Place;
  readonly view: Pick<View<Observed>, 'of' | 'rank'>;
  /** What the statement in force says of it. */
  readonly standing: string;
  readonly now: number;
};

/** Where it stands first, then why, key by key in the order of ranks. */
export function reasonsOf(item: Verified, { placeOf, view, standing, now }: ReasonsDeps): string[] {
  const sight = view.of(item);
  const place = sight.hidden ? hidingWords(sight, now) : placeWords(placeOf(view.rank(item, sight)));
  return [place, `${sight.endorsed ? 'endorsed' : 'new'}: ${standing}`, ...sightWords(sight, now)];
}

const placeWords = ({ place, of }: Place): string => `place ${place} of ${of} in the default view`;

function hidingWords({ hidden, observed, network }: Sight<Observed>, now: number): string {
  switch (hidden) {
    case 'karma':
      return 'hidden by default: its announcer’s karma is negative';
    case 'silent':
      return `hidden by default: silent for ${duration(now - observed!.downSince!)}, ${duration(silentMs)} or more`;
    case 'duplicate':
      return 'hidden by default: another announcer has the same address, endorsed or listed here before it';
    default:
      return `hidden by default: too many new servers in ${network?.name ?? 'its network'}, and others there rank before it`;
  }
}

function sightWords({ observed, karma, since, network, endorsed }: Sight<Observed>, now: number): string[] {
  const others = (network?.news ?? 0) - (endorsed ? 0 : 1);
  return [
    observedWords(observed, now),
    ...(observed?.flags ?? []).map(flag => flagWords[flag]),
    ...(since === null ? [] : [`listed here for ${duration(now - since)}`]),
    `its announcer’s karma is ${karma.tier} (${karma.value.toFixed(2)})`,
    ...(network && others > 0 ? [`${others} other new ${servers(others)} in ${network.name}`] : []),
  ];
}

function observedWords(observed: Observed | null, now: number): string {
  if (!observed) return 'nobody has seen it lately, up or down';
  const { up, players, maxPlayers, observers, at, downSince } = observed;
  const who = observers === 1 ? '1 observer' : `${observers} observers`;
  const when = `${duration(now - at)} ago`;
  if (!up) return `${who} got no answer ${when}, and none for ${duration(now - (downSince ?? at))}`;
  if (players === null) return `${who} saw it up ${when}`;
  const room = maxPlayers === null ? '' : ` of ${maxPlayers}`;
  return `${who} saw ${players}${room} players ${when}`;
}

const flagWords: Record<Flag, string> = {
  unconfirmed: 'it claims players, and nobody saw how many there are',
  overstated: 'it claims more players than were seen: those count half',
  implausible: 'more players were seen than there is room for: they count half',
  disputed: 'observers do not agree about it: what they saw counts half',
};

const servers = (n: number): string => (n === 1 ? 'server' : 'servers');
