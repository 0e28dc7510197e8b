import test from 'ava';
import type { Observed } from '../api/port.ts';
import { minute } from '../base/time.ts';
import type { Sight } from '../karma/observation-book.ts';
import type { Observation } from '../probe/observation.ts';
import { Sights } from './sights.ts';

const server = '0'.repeat(40);
const answer = { players: 5, maxPlayers: 16, map: 'oa_dm1', rttMs: 30 };
const silence = { players: null, maxPlayers: null, map: null, rttMs: null };

function setup() {
  const time = { now: 1_763_600_000_000 };
  const it = { own: null as Observation | null, heard: [] as Sight[], claim: null as number | null };
  const told: Observed[] = [];
  const sights = new Sights({
    self: 'me',
    clock: () => time.now,
    intervalMs: minute,
    own: () => it.own,
    heard: () => it.heard,
    weight: () => 0.5,
    groupOf: peer => peer,
    claim: () => ({ players: it.claim }),
    changed: (_, observed) => void told.push(observed),
  });
  const own = (up: boolean): Observation => ({
    ...(up ? answer : silence),
    ...{ up, at: time.now, observers: 1, flags: [], downSince: up ? null : time.now },
  });
  const by = (observer: string, up: boolean, rttMs = 90): Sight => ({
    ...(up ? { ...answer, rttMs } : silence),
    ...{ observer, server, up, version: null, at: time.now },
  });
  return { time, it, told, sights, own, by };
}

test('what others saw is shown where this node did not look, its own round trip where it did', t => {
  const { it, sights, own, by } = setup();
  t.is(sights.get(server), null);
  it.heard = [by('a', true), by('b', true)];
  sights.touch(server);
  t.like(sights.get(server), { up: true, players: 5, rttMs: 90, observers: 2, flags: [], downSince: null });
  it.own = own(true);
  sights.touch(server);
  t.like(sights.get(server), { rttMs: 30, observers: 3 });
});

test('a claim that was not seen is marked', t => {
  const { it, sights, by } = setup();
  it.claim = 200;
  it.heard = [by('a', true)];
  t.deepEqual(sights.get(server)?.flags, ['overstated']);
});

test('a change is told, and the same again only when it is a minute newer', t => {
  const { time, it, told, sights, by } = setup();
  for (const [passMs, up] of [
    [0, true],
    [1_000, true],
    [1_000, false],
    [1_000, false],
    [minute, false],
  ] as const) {
    time.now += passMs;
    it.heard = [by('a', up)];
    sights.touch(server);
  }
  t.deepEqual(
    told.map(({ up }) => up),
    [true, false, false],
  );
});

test('a server has been down since the first silence that no answer ended, and stays down while it is asked ever less', t => {
  const { time, it, sights, own, by } = setup();
  it.own = own(false);
  sights.touch(server);
  const since = time.now;
  time.now += 5 * minute;
  it.own = null;
  it.heard = [by('a', false)];
  sights.touch(server);
  t.is(sights.get(server)?.downSince, since);
  it.heard = [];
  time.now += 16 * minute;
  t.like(sights.get(server), { up: false, downSince: since, at: since + 5 * minute });
  it.heard = [by('a', true)];
  sights.touch(server);
  t.is(sights.get(server)?.downSince, null);
  it.heard = [];
  time.now += 5 * minute;
  t.is(sights.get(server), null, 'what was up and is not seen any more is unknown');
});

test('an old sight gives way to a new one', t => {
  const { time, it, sights, by } = setup();
  const old = [by('a', true), by('b', true), by('c', true)];
  time.now += 2 * minute;
  it.heard = [...old, by('d', false)];
  t.false(sights.get(server)!.up);
});

test('what is gone from the list is forgotten', t => {
  const { it, sights, by } = setup();
  it.heard = [by('a', false)];
  sights.touch(server);
  it.heard = [];
  sights.forget(server);
  t.is(sights.get(server), null);
});

test('a clock that is set back keeps no picture, and what is the same is told again', t => {
  const { time, it, told, sights, by } = setup();
  it.heard = [by('a', true)];
  sights.touch(server);
  time.now -= 60 * minute;
  it.heard = [by('a', false)];
  t.false(sights.get(server)!.up);
  it.heard = [by('a', true)];
  sights.touch(server);
  t.is(told.length, 2);
});
