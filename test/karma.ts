// Karma for tests: peers from small numbers, events and signed batches from few words.
import defaults from '../config.default.json' with { type: 'json' };
import { day } from '../node/base/time.ts';
import type { Config } from '../node/config/schema.ts';
import { composeKarma, type KarmaPartsDeps } from '../node/karma/compose.ts';
import type { KarmaEvent } from '../node/karma/events.ts';
import { type Opinion, opined } from '../node/records/opinion.ts';
import { signerOf, testList, testNow } from './announcements.ts';

export const karmaDefaults = defaults.karma as Config['karma'];
export const { positiveHalfLifeMs, negativeHalfLifeMs } = karmaDefaults;
export const decay = { positiveHalfLifeMs, negativeHalfLifeMs };

export const peerOf = (number: number): string => signerOf(number).peerId;

let ids = 0;
export const eventOf = (points: number, fields: Partial<KarmaEvent> = {}): KarmaEvent => ({
  id: `e${++ids}`,
  subject: peerOf(1),
  action: points > 0 ? 'good-connection' : 'unreachable',
  points,
  atMs: testNow,
  source: 'player',
  note: null,
  evidence: null,
  ...fields,
});

export const opinionOf = (subject: number, value: number, kind: Opinion['kind'] = 'server'): Opinion => ({
  subject: peerOf(subject),
  kind,
  value,
  reasons: {},
});

/** The bytes that a rater gossips. */
export const opinionsBy = (rater: number, entries: readonly Opinion[], issuedAt = testNow, list = testList) =>
  opined({ issuedAt, expiresAt: issuedAt + day, entries }, list, signerOf(rater));

/** Karma on one node whose clock stands where `time.now` says. Raters are groups of their own. */
export function karmaOf(
  number: number,
  time: { now: number },
  { settings = {}, ...changes }: Partial<KarmaPartsDeps> & { settings?: Partial<Config['karma']> } = {},
) {
  const saved = new Map<string, Uint8Array>();
  let id = 0;
  const parts = composeKarma({
    config: { role: 'server', list: { name: testList }, karma: { ...karmaDefaults, ...settings } },
    signer: signerOf(number),
    clock: () => time.now,
    newId: () => `${number}-${++id}`,
    groupOf: peer => peer,
    kept: [],
    listed: () => true,
    save: async writes => {
      for (const { subject, value } of writes) {
        if (value) saved.set(subject, value);
        else saved.delete(subject);
      }
    },
    ...changes,
  });
  const tell = async (action: string, subject: number, times = 1) => {
    for (let i = 0; i < times; i++) await parts.karma.tell({ subject: peerOf(subject), action, source: 'game' });
  };
  return { ...parts, saved, tell };
}
