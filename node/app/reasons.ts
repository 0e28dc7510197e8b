// Why a server stands where it stands in the default view: what rank.ts and view.ts go by, as a code with its values, and in words.
import type { Flag, Observed, Why } from '../api/port.ts';
import { duration } from '../base/duration.ts';
import type { Rank } from '../list/rank.ts';
import { type Sight, silentMs, type View } from '../list/view.ts';
import type { Verified } from '../records/verified.ts';
import type { Place } from './rows.ts';

export type ReasonsDeps = {
  readonly placeOf: (rank: Rank) => Promise<Place>;
  readonly view: Pick<View<Observed>, 'of' | 'rank'>;
  /** What the statement in force says of it. */
  readonly standing: Reason;
  readonly now: number;
};

/** For programs, which say it in a language of their own, and in English. */
export type Reason = Why & { readonly words: string };

export const reason = (code: string, words: string, values: Why['values'] = {}): Reason => ({ code, values, words });

/** As the API tells them. */
export const toldOf = (reasons: readonly Reason[]): { reasons: string[]; why: Why[] } => ({
  reasons: reasons.map(({ words }) => words),
  why: reasons.map(({ code, values }) => ({ code, values })),
});

/** Where it stands first, then why, key by key in the order of ranks. */
export async function reasonsOf(item: Verified, { placeOf, view, standing, now }: ReasonsDeps): Promise<Reason[]> {
  const sight = view.of(item);
  const place = sight.hidden ? hidingReason(sight, now) : placeReason(await placeOf(view.rank(item, sight)));
  const words = `${sight.endorsed ? 'endorsed' : 'new'}: ${standing.words}`;
  return [place, { ...standing, words }, ...sightReasons(sight, now)];
}

const placeReason = ({ place, of }: Place): Reason =>
  reason('place', `place ${place} of ${of} in the default view`, { place, of });

function hidingReason({ hidden, observed, network }: Sight<Observed>, now: number): Reason {
  const hiding = (code: string, why: string, values?: Why['values']) =>
    reason(code, `hidden by default: ${why}`, values);
  switch (hidden) {
    case 'karma':
      return hiding('hidden-karma', 'its announcer’s karma is negative');
    case 'silent': {
      const ms = now - observed!.downSince!;
      return hiding('hidden-silent', `silent for ${duration(ms)}, ${duration(silentMs)} or more`, { ms });
    }
    case 'duplicate':
      return hiding('hidden-duplicate', 'another announcer has the same address, endorsed or listed here before it');
    default: {
      const name = network?.name ?? 'its network';
      const values = { network: network?.name ?? '' };
      return hiding('hidden-crowd', `too many new servers in ${name}, and others there rank before it`, values);
    }
  }
}

function sightReasons({ observed, karma, since, network, endorsed }: Sight<Observed>, now: number): Reason[] {
  const others = (network?.news ?? 0) - (endorsed ? 0 : 1);
  const { tier, value } = karma;
  return [
    observedReason(observed, now),
    ...(observed?.flags ?? []).map(flag => reason(flag, flagWords[flag])),
    ...(since === null ? [] : [reason('listed', `listed here for ${duration(now - since)}`, { ms: now - since })]),
    reason('karma', `its announcer’s karma is ${tier} (${value.toFixed(2)})`, { tier, value }),
    ...(network && others > 0 ? [neighboursReason(others, network.name)] : []),
  ];
}

const neighboursReason = (count: number, network: string): Reason =>
  reason('neighbours', `${count} other new ${count === 1 ? 'server' : 'servers'} in ${network}`, { count, network });

function observedReason(observed: Observed | null, now: number): Reason {
  if (!observed) return reason('unseen', 'nobody has seen it lately, up or down');
  const { up, players, maxPlayers, observers, at, downSince } = observed;
  const who = observers === 1 ? '1 observer' : `${observers} observers`;
  const ms = now - at;
  const when = `${duration(ms)} ago`;
  if (!up) {
    const silent = now - (downSince ?? at);
    const words = `${who} got no answer ${when}, and none for ${duration(silent)}`;
    return reason('seen-down', words, { observers, ms, silentMs: silent });
  }
  if (players === null) return reason('seen-up', `${who} saw it up ${when}`, { observers, ms });
  const room = maxPlayers === null ? '' : ` of ${maxPlayers}`;
  const values = { observers, ms, players, ...(maxPlayers === null ? {} : { maxPlayers }) };
  return reason('seen-players', `${who} saw ${players}${room} players ${when}`, values);
}

const flagWords: Record<Flag, string> = {
  unconfirmed: 'it claims players, and nobody saw how many there are',
  overstated: 'it claims more players than were seen: those count half',
  implausible: 'more players were seen than there is room for: they count half',
  disputed: 'observers do not agree about it: what they saw counts half',
};
