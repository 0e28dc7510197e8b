// What somebody should know before he believes what a node shows: one line each, good or not. Pure.
import type { Status } from '../api/types.ts';

export type Check = {
  readonly about: 'link' | 'peers' | 'sync' | 'freshness' | 'statement';
  /** `unsure`: nothing is wrong, and nobody vouches for it either. */
  readonly verdict: 'good' | 'unsure' | 'bad';
};

export function trustChecks(link: 'connecting' | 'live' | 'lost', status: Status): Check[] {
  const { peers, sync, freshness, statement } = status;
  return [
    { about: 'link', verdict: link === 'live' ? 'good' : link === 'lost' ? 'bad' : 'unsure' },
    { about: 'peers', verdict: peers > 0 ? 'good' : 'bad' },
    { about: 'sync', verdict: sync.state === 'synced' ? 'good' : 'unsure' },
    { about: 'freshness', verdict: freshness.warning !== null ? 'bad' : freshness.peersAhead > 0 ? 'unsure' : 'good' },
    { about: 'statement', verdict: statement === null ? 'unsure' : 'good' },
  ];
}
