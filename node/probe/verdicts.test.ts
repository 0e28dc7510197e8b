import test from 'ava';
import { karmaOf, peerOf } from '../../test/karma.ts';
import { day, hour, minute } from '../base/time.ts';
import { type Asked, deadForMs, type Finding, foreignNetworksMin, Verdicts } from './verdicts.ts';

const start = Math.ceil(1_763_600_000_000 / (7 * day)) * 7 * day;
const idOf = (number: number): string => number.toString(16).padStart(40, '0');
const asked = (number: number, announcer: string, fields: Partial<Asked> = {}): Asked => ({
  id: idOf(number),
  announcer,
  host: `198.51.${number >> 8}.${number & 255}`,
  networks: [`198.51.${number}.0/24`],
  issuedAt: start,
  ...fields,
});
const names = (findings: readonly Finding[]) => findings.map(({ subject, id }) => `${subject} ${id}`);

/** A node that probes for a while, once a minute, what is up and what is not. */
function setup({ othersUp = 10, othersDown = 0 } = {}) {
  const verdicts = new Verdicts();
  const others = Array.from({ length: othersUp + othersDown }, (_, i) => asked(1_000 + i, `other ${i}`));
  const probe = (servers: readonly Asked[], fromMs: number, ms: number, up = false) => {
    for (let at = fromMs; at <= fromMs + ms; at += minute) {
      for (const [i, other] of others.entries()) verdicts.note(other, { up: i < othersUp, at }, false);
      for (const server of servers) verdicts.note(server, { up, at }, false);
    }
    const bad = new Set(servers.map(({ announcer }) => announcer));
    return verdicts.due(fromMs + ms).filter(({ subject }) => bad.has(subject));
  };
  return { verdicts, probe };
}

test('a claim that one’s own sight contradicts counts once a day', t => {
  const { verdicts } = setup();
  const note = (at: number, lies = true) =>
    verdicts.note(asked(1, 'liar', { issuedAt: at }), { up: true, at: at + minute }, lies);
  t.deepEqual(note(start, false), []);
  const [found, ...more] = note(start);
  t.deepEqual(more, []);
  t.like(found, { subject: 'liar', action: 'false-claim', evidence: idOf(1) });
  t.deepEqual(note(start + hour), []);
  t.is(note(start + day).length, 1);
});

test('a claim that was true some time ago is no lie', t => {
  const { verdicts } = setup();
  t.deepEqual(verdicts.note(asked(1, 'honest'), { up: true, at: start + hour }, true), []);
});

test('who lists only what has been silent for six hours counts as unreachable, once a week', t => {
  const { probe } = setup();
  const dead = [asked(1, 'dead'), asked(2, 'dead')];
  t.deepEqual(probe(dead, start, deadForMs - minute), []);
  const found = probe(dead, start + deadForMs, 0);
  t.deepEqual(names(found), [`dead unreachable@${start / (7 * day)}`]);
  t.is(found[0]!.evidence, `${idOf(1)} ${idOf(2)}`);
  t.deepEqual(probe(dead, start + deadForMs + minute, day), []);
  t.is(probe(dead, start + 7 * day, 0).length, 1);
});

test('an honest host with one dead server of several is not touched', async t => {
  const { verdicts, probe } = setup();
  const [alive, dead] = [asked(1, peerOf(2)), asked(2, peerOf(2), { host: asked(1, '').host })];
  for (let at = start; at < start + 8 * hour; at += minute) verdicts.note(alive, { up: true, at }, false);
  t.deepEqual(probe([dead], start, 8 * hour), []);
});

for (const [title, others] of [
  ['nobody else was asked', { othersUp: 0 }],
  ['two others answer', { othersUp: 2 }],
  ['most others are silent too', { othersUp: 4, othersDown: 5 }],
] as const) {
  test(`silence counts for nothing when ${title}: it may be this node’s own`, t => {
    const { probe } = setup(others);
    const foreign = Array.from({ length: foreignNetworksMin }, (_, i) => asked(i, 'flood'));
    t.deepEqual(probe(foreign, start, 7 * hour), []);
  });
}

test('who lists addresses in eight networks of which none ever answers has announced what is not his', t => {
  const { probe } = setup({ othersUp: 5, othersDown: 5 });
  const foreign = Array.from({ length: 40 }, (_, i) => asked(i, 'flood'));
  t.deepEqual(probe(foreign, start, minute), []);
  const found = probe(foreign, start + 2 * minute, 0);
  t.deepEqual(names(found), [`flood foreign-address@${start / (7 * day)}`]);
  t.true(found[0]!.evidence.endsWith(' and 34 more') && found[0]!.evidence.length < 300);
});

test('a fleet that answered once, or lies in few networks, is not taken for foreign', t => {
  const { probe } = setup();
  const fleet = Array.from({ length: 20 }, (_, i) => asked(i, 'fleet'));
  probe(fleet.slice(0, 1), start, 0, true);
  t.deepEqual(probe(fleet, start + minute, hour), []);
  const few = Array.from({ length: 20 }, (_, i) => asked(100 + i, 'few', { networks: [`net ${i % 7}`] }));
  t.deepEqual(probe(few, start, hour), []);
});

test('what is gone from the list is forgotten', t => {
  const { verdicts, probe } = setup();
  const dead = asked(1, 'dead');
  probe([dead], start, deadForMs - minute);
  verdicts.forget(dead.id);
  t.deepEqual(probe([dead], start + deadForMs, 0), []);
});

for (const [action, tier, weeks] of [
  ['unreachable', 'yellow', 1],
  ['unreachable', 'red', 3],
  ['false-claim', 'red', 1],
  ['foreign-address', 'red', 1],
] as const) {
  test(`${weeks} × ${action} makes a stranger ${tier}`, async t => {
    const time = { now: start };
    const { karma } = karmaOf(1, time);
    for (let week = 0; week < weeks; week++) {
      time.now = start + week * 7 * day;
      await karma.tell({ subject: peerOf(2), action, source: 'probe', id: `${action}@${week}` });
    }
    t.is(karma.tier(peerOf(2)), tier, `${karma.value(peerOf(2))}`);
    t.log(`K ${karma.value(peerOf(2)).toFixed(3)}`);
  });
}
